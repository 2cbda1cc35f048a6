/** Who this client is to the home, the language that it speaks, and the way out. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';

import './hold-button';
import './language-choice';
import './modal-sheet';
import { RelayError } from './relay';
import { shared } from './style';
import type { Role, Session } from './wire';
import { say } from './words';

@customElement('settings-sheet')
export class SettingsSheet extends LitElement {
  @property({ attribute: false }) session!: Session;
  @property() home = '';
  @property({ attribute: false }) leave!: () => Promise<void>;

  @state() private hasFailed = false;

  override render() {
    return html`<modal-sheet .label=${say('This device')} @close=${() => this.dispatchEvent(new CustomEvent('close'))}>
      <h2 slot="head">${say('This device')}</h2>
      <dl>
        <dt>${say('Name')}</dt>
        <dd data-testid="session-name">${this.session.name}</dd>
        <dt>${say('Home')}</dt>
        <dd>${this.home === '' ? say('Our home') : this.home}</dd>
        <dt>${say('May act as')}</dt>
        <dd>${roleName(this.session.role)}</dd>
      </dl>
      ${isSecureContext ? nothing : this.plainly()}
      <language-choice></language-choice>
      <hold-button data-testid="leave" .label=${say('Disconnect from the home')} @held=${this.onLeave}></hold-button>
      <p class="hint">${say('To come back, this device has to be paired again.')}</p>
      ${this.hasFailed ? html`<p class="error" role="alert">${say('The home cannot be reached')}</p>` : nothing}
      <slot name="toasts" slot="toasts"></slot>
    </modal-sheet>`;
  }

  /** What plain HTTP keeps from this client, and the way out of it. */
  private plainly() {
    return html`<section class="plain" data-testid="plain-http">
      <h3>${say('Not the secure address')}</h3>
      <p>
        ${say('Here the browser allows neither the microphone for calls nor the installation as an app.')}
        ${say('Tiles and everything else work.')}
      </p>
      <a class="pill" href="/trust">${say('Use the secure address')}</a>
    </section>`;
  }

  private async onLeave(): Promise<void> {
    this.hasFailed = false;
    try {
      await this.leave();
    } catch (error) {
      if (!(error instanceof RelayError)) throw error;
      this.hasFailed = true;
    }
  }

  static override styles = [
    shared,
    css`
      h2 {
        font-size: 1.25rem;
        font-weight: 600;
        padding-top: 10px;
      }
      dl {
        display: grid;
        grid-template-columns: auto 1fr;
        gap: 10px 24px;
        margin: 0 0 20px;
      }
      dt {
        color: var(--dim-ink);
      }
      dd {
        margin: 0;
        text-align: end;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      .plain {
        display: grid;
        gap: 10px;
        margin: 0 0 20px;
        padding: 16px 18px;
        border-radius: var(--radius-inset);
        background: var(--amber-fill);
      }
      .plain h3 {
        margin: 0;
        font-size: var(--text-body);
        font-weight: 600;
        color: var(--amber);
      }
      .plain p {
        font-size: var(--text-second);
      }
      .plain a {
        justify-self: start;
        background: var(--tile);
        color: var(--ink);
        text-decoration: none;
      }
      hold-button {
        display: flex;
        margin-top: 20px;
        color: var(--red);
      }
      .hint {
        margin-top: 8px;
        text-align: center;
        font-size: var(--text-small);
        color: var(--dim-ink);
      }
      .error {
        margin-top: 8px;
        text-align: center;
        color: var(--red);
      }
    `,
  ];
}

function roleName(role: Role): string {
  switch (role) {
    case 'owner':
      return say('owner');
    case 'resident':
      return say('family');
    case 'guest':
      return say('guest');
    case 'screen':
      return say('screen');
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'settings-sheet': SettingsSheet;
  }
}
