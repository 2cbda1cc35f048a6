/** The languages that this client speaks; says `language` when another one is chosen. */

import { css, html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';

import { shared } from './style';
import { type Language, LANGUAGES, language } from './words';

@customElement('language-choice')
export class LanguageChoice extends LitElement {
  override render() {
    return html`<div role="group" aria-label="Language · 언어">
      ${Object.entries(LANGUAGES).map(
        ([code, name]) => html`<button
          lang=${code}
          data-testid="language-${code}"
          aria-pressed=${String(code === language())}
          @click=${() => this.choose(code as Language)}
        >
          ${name}
        </button>`,
      )}
    </div>`;
  }

  private choose(detail: Language): void {
    if (detail === language()) return;
    this.dispatchEvent(new CustomEvent('language', { detail, bubbles: true, composed: true }));
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      div {
        display: flex;
        gap: 4px;
        padding: 4px;
        border-radius: 28px;
        background: var(--inset);
      }
      button {
        flex: 1;
        min-height: var(--touch);
        padding: 0 20px;
        border-radius: 24px;
        font-weight: 600;
        font-size: var(--text-second);
      }
      [aria-pressed='true'] {
        background: var(--teal);
        color: var(--on-accent);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'language-choice': LanguageChoice;
  }
}
