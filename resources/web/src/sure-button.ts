/** A button for what cannot be taken back: it asks before it says `sure`. With an icon it is round until it asks. */

import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';

import { icon } from './icon';
import { isolated } from './isolated';
import { shared } from './style';
import { say } from './words';

@customElement('sure-button')
export class SureButton extends LitElement {
  @property() label = '';
  @property() question = '';
  /** What the answer that does it is called. */
  @property() yes = '';
  @property() icon = '';
  @property({ type: Boolean, reflect: true }) asking = false;

  override render() {
    if (this.asking) {
      return html`<div role="group" aria-label=${this.question} @keydown=${this.onKey}>
        <p>${isolated(this.question)}</p>
        <div class="answers">
          <button class="pill danger" data-testid="sure" @click=${this.confirm}>${this.yes}</button>
          <button class="pill no" @click=${this.cancel}>${say('Cancel')}</button>
        </div>
      </div>`;
    }
    return this.icon === ''
      ? html`<button class="pill danger ask" data-testid="ask" @click=${this.ask}>${this.label}</button>`
      : html`<button class="round ask" data-testid="ask" aria-label=${this.label} @click=${this.ask}>
          ${icon(this.icon, 22)}
        </button>`;
  }

  private ask(): void {
    this.asking = true;
    void this.focusOn('.no');
  }

  private cancel(): void {
    this.asking = false;
    void this.focusOn('.ask');
  }

  private confirm(): void {
    this.asking = false;
    this.dispatchEvent(new CustomEvent('sure'));
  }

  /** Escape takes back the question, not the sheet that it is asked in. */
  private onKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return;
    event.preventDefault();
    this.cancel();
  }

  private async focusOn(selector: string): Promise<void> {
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(selector)?.focus();
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      div[role='group'] {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: 8px 16px;
        padding: 12px 12px 12px 18px;
        border-radius: var(--radius-inset);
        background: var(--red-fill);
      }
      p {
        flex: 1 1 8rem;
        min-width: 0;
        overflow-wrap: anywhere;
      }
      bdi {
        font-weight: 600;
      }
      .answers {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .answers .pill {
        background: var(--tile);
      }
      .pill.ask {
        width: 100%;
        min-height: 56px;
        border-radius: 28px;
      }
      .round.ask:hover {
        color: var(--red);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'sure-button': SureButton;
  }
}
