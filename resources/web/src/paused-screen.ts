/** What a guest sees outside the hours that an owner chose: when the home is open, and that it will be. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';

import './language-choice';
import { icon } from './icon';
import { areNow, hoursWords } from './people-words';
import { RelayError } from './relay';
import { shared } from './style';
import type { Hours } from './wire';
import { say } from './words';

@customElement('paused-screen')
export class PausedScreen extends LitElement {
  /** When it is open, as far as is known. */
  @property({ attribute: false }) hours: Hours | null = null;
  /** How a guest with an account logs out; null for a paired one. */
  @property({ attribute: false }) leave: (() => Promise<void>) | null = null;

  @state() private hasFailed = false;

  override render() {
    // Hours that hold now were changed since we were told of them.
    const hours = this.hours === null || areNow(this.hours, new Date()) ? null : this.hours;
    return html`<main data-testid="paused">
      <span class="circle">${icon('moon', 32)}</span>
      <div role="status">
        <h1>${say('This is outside the hours that were chosen for you.')}</h1>
        ${hours === null ? nothing : html`<p class="hours" data-testid="paused-hours">${hoursWords(hours)}</p>`}
        <p>${say('The home opens here by itself when it is time.')}</p>
      </div>
      <button class="pill" @click=${() => this.dispatchEvent(new CustomEvent('try'))}>${say('Try now')}</button>
      ${this.leave === null
        ? nothing
        : html`<button class="pill" data-testid="leave" @click=${this.onLeave}>${say('Log out')}</button>`}
      ${this.hasFailed ? html`<p class="error" role="alert">${say('The home cannot be reached')}</p>` : nothing}
      <language-choice></language-choice>
    </main>`;
  }

  private async onLeave(): Promise<void> {
    this.hasFailed = false;
    try {
      await this.leave?.();
    } catch (error) {
      if (!(error instanceof RelayError)) throw error;
      this.hasFailed = true;
    }
  }

  static override styles = [
    shared,
    css`
      main {
        display: grid;
        grid-template-columns: minmax(0, 27.5rem);
        place-content: center;
        justify-items: center;
        gap: 20px;
        min-height: 100dvh;
        padding: 24px;
        text-align: center;
        color: var(--dim-ink);
      }
      .circle {
        display: grid;
        place-items: center;
        width: 72px;
        height: 72px;
        border-radius: 50%;
        background: var(--blue-fill);
        color: var(--blue);
      }
      h1 {
        font-size: 1.25rem;
        font-weight: 600;
        color: var(--ink);
      }
      .hours {
        margin: 10px 0;
        color: var(--ink);
      }
      .pill {
        background: var(--tile);
      }
      .error {
        color: var(--red);
      }
      language-choice {
        width: min(15rem, 100%);
        margin-top: 20px;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'paused-screen': PausedScreen;
  }
}
