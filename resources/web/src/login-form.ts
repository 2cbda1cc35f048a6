/** The second way in: the name and password of an account. */

import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';

import { Attempt } from './attempt';
import { clientName } from './client-name';
import { fields, passwordField, problemLine } from './fields';
import { refusalWords } from './people-words';
import type { Relay, RelayError } from './relay';
import type { Strangeness } from './store';
import { shared } from './style';
import { say } from './words';

const NAME_LENGTH = 64;

@customElement('login-form')
export class LoginForm extends LitElement {
  @property({ attribute: false }) relay!: Relay;
  @property() why: Strangeness = 'new';

  @state() private name = '';
  @state() private password = '';
  @state() private isShown = false;

  private readonly attempt = new Attempt(this, problemWords);

  override render() {
    return html`<form data-testid="login" @submit=${this.onSubmit}>
      <h1>${say('Log in')}</h1>
      <p class="why">
        ${this.why === 'ended'
          ? say('Your login has ended. Log in again to come back.')
          : this.why === 'left'
            ? say('You are logged out.')
            : say('With the name and password that an owner of the home gave you.')}
      </p>
      <label class="field">
        <span>${say('Name')}</span>
        <input
          id="username"
          name="username"
          data-testid="login-name"
          autocomplete="username"
          autocapitalize="none"
          spellcheck="false"
          maxlength=${NAME_LENGTH}
          required
          .value=${live(this.name)}
          @input=${(event: Event) => (this.name = (event.target as HTMLInputElement).value)}
        />
      </label>
      ${passwordField({
        id: 'login-password',
        label: say('Password'),
        value: this.password,
        autocomplete: 'current-password',
        isShown: this.isShown,
        onInput: (value) => (this.password = value),
        onShow: () => (this.isShown = !this.isShown),
      })}
      ${problemLine(this.attempt.problem)}
      <button class="pill main big" data-testid="login-submit" ?disabled=${this.attempt.isBusy}>
        ${say('Log in')}
      </button>
    </form>`;
  }

  protected override firstUpdated(): void {
    this.renderRoot.querySelector('input')?.focus();
  }

  private async onSubmit(event: Event): Promise<void> {
    event.preventDefault();
    const { name, password } = this;
    const isIn = await this.attempt.run(() => this.relay.logIn(name.trim(), password, clientName(navigator)));
    if (isIn) return;
    this.password = '';
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLInputElement>('#login-password')?.focus();
  }

  static override styles = [
    shared,
    fields,
    css`
      :host {
        display: block;
        width: 100%;
      }
      h1 {
        font-size: var(--text-title);
        font-weight: 600;
        line-height: 1.2;
      }
      .why {
        color: var(--dim-ink);
        text-wrap: balance;
      }
    `,
  ];
}

function problemWords(error: RelayError): string {
  if (error.code === 'wrong_password') return say('No account has this name and password.');
  return refusalWords(error);
}

declare global {
  interface HTMLElementTagNameMap {
    'login-form': LoginForm;
  }
}
