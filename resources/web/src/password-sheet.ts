/** One's own password, for people who log in. Says `settings` on the way back, and `close`. */

import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';

import './modal-sheet';
import './secret-pages';
import { shared } from './style';
import { say } from './words';

@customElement('password-sheet')
export class PasswordSheet extends LitElement {
  @property() name = '';
  @property({ attribute: false }) change!: (old: string, fresh: string) => Promise<void>;

  @state() private isDone = false;

  override render() {
    return html`<modal-sheet
      .label=${say('Change the password')}
      back
      @back=${() => this.dispatchEvent(new CustomEvent('settings'))}
      @close=${() => this.dispatchEvent(new CustomEvent('close'))}
    >
      <h2 slot="head">${say('Change the password')}</h2>
      <p role="status" data-testid="password-news">${this.isDone ? say('The new password is set.') : ''}</p>
      ${this.isDone
        ? ''
        : html`<own-password-page
            .name=${this.name}
            .change=${this.change}
            @done=${() => (this.isDone = true)}
          ></own-password-page>`}
      <slot name="toasts" slot="toasts"></slot>
    </modal-sheet>`;
  }

  static override styles = [
    shared,
    css`
      h2 {
        padding-top: 10px;
        font-size: 1.25rem;
        font-weight: 600;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'password-sheet': PasswordSheet;
  }
}
