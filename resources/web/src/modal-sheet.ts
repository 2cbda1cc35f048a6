/**
 * A sheet over the page: from the lower edge on a phone, in the middle elsewhere.
 *
 * Says `close` once it is shut, and `back` where there is a way back.
 */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, query } from 'lit/decorators.js';

import { icon } from './icon';
import { shared } from './style';
import { say } from './words';

@customElement('modal-sheet')
export class ModalSheet extends LitElement {
  @property() label = '';
  @property({ type: Boolean }) back = false;

  @query('dialog') private readonly dialog!: HTMLDialogElement;

  override firstUpdated(): void {
    this.dialog.showModal();
  }

  override render() {
    return html`<dialog
      aria-label=${this.label}
      data-testid="sheet"
      @close=${() => this.dispatchEvent(new CustomEvent('close'))}
      @click=${this.onClick}
    >
      <div class="frame">
        <header>
          ${this.back
            ? html`<button class="round way-back" data-testid="sheet-back" aria-label=${say('Back')} @click=${this.goBack}>
                ${icon('arrow-left')}
              </button>`
            : nothing}
          <slot name="head"></slot>
          <button class="round" data-testid="sheet-close" aria-label=${say('Close the sheet')} @click=${this.shut}>
            ${icon('x')}
          </button>
        </header>
        <div class="body"><slot></slot></div>
      </div>
      <slot name="toasts"></slot>
    </dialog>`;
  }

  /** Show the beginning of what is in the sheet, after it was replaced. */
  toTop(): void {
    this.renderRoot.querySelector('.body')?.scrollTo({ top: 0 });
  }

  private onClick(event: Event): void {
    if (event.target === this.dialog) this.shut();
  }

  private readonly goBack = (): void => {
    this.dispatchEvent(new CustomEvent('back'));
  };

  private readonly shut = (): void => {
    this.dialog.close();
  };

  static override styles = [
    shared,
    css`
      dialog {
        width: 100%;
        max-width: 35rem;
        max-height: min(88dvh, 900px);
        padding: 0;
        border: 0;
        border-radius: var(--radius-sheet);
        background: var(--tile);
        color: var(--ink);
        overflow: hidden;
      }
      dialog[open] {
        display: flex;
        animation: rise var(--calm) ease-out;
      }
      dialog::backdrop {
        background: var(--scrim);
      }
      .frame {
        display: flex;
        flex-direction: column;
        flex: 1;
        min-width: 0;
      }
      header {
        display: flex;
        align-items: flex-start;
        gap: 12px;
        padding: 20px 16px 12px 24px;
      }
      header:has(.way-back) {
        padding-inline-start: 12px;
      }
      header ::slotted(*) {
        flex: 1;
        min-width: 0;
      }
      .body {
        flex: 1;
        min-height: 0;
        padding: 0 24px 24px;
        overflow-y: auto;
        overscroll-behavior: contain;
      }
      @keyframes rise {
        from {
          opacity: 0;
          transform: translateY(24px);
        }
      }
      @media (max-width: 37.49rem) {
        dialog {
          max-width: none;
          margin: auto 0 0;
          border-radius: var(--radius-sheet) var(--radius-sheet) 0 0;
        }
        header:not(:has(.way-back)) {
          padding-inline-start: 20px;
        }
        .body {
          padding: 0 20px max(24px, env(safe-area-inset-bottom));
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'modal-sheet': ModalSheet;
  }
}
