/** The pages on which a secret is set: one's own password, and the owner's PIN. Each says `done` when that is done. */

import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';

import { Attempt } from './attempt';
import { fields, passwordField, problemLine } from './fields';
import type { People } from './people';
import { passwordRule, refusalWords, SHORTEST_PASSWORD } from './people-words';
import { shared } from './style';
import { say } from './words';

const PIN = /^[0-9]{4,8}$/;

const page = css`
  :host {
    display: block;
  }
`;

@customElement('own-password-page')
export class OwnPasswordPage extends LitElement {
  @property({ attribute: false }) change!: (old: string, fresh: string) => Promise<void>;
  /** The name that keepers of passwords shall file it under. */
  @property() name = '';

  @state() private old = '';
  @state() private fresh = '';
  @state() private isShown = false;

  private readonly attempt = new Attempt(this, refusalWords);

  override render() {
    const onShow = () => (this.isShown = !this.isShown);
    return html`<form data-testid="own-password-form" @submit=${this.onSubmit}>
      <p class="hint">${say('Your other devices that are logged in have to log in again.')}</p>
      <input type="text" autocomplete="username" hidden .value=${this.name} />
      ${passwordField({
        id: 'old-password',
        label: say('Present password'),
        value: this.old,
        autocomplete: 'current-password',
        isShown: this.isShown,
        onInput: (value) => (this.old = value),
        onShow,
      })}
      ${passwordField({
        id: 'new-password',
        label: say('New password'),
        hint: passwordRule(),
        value: this.fresh,
        autocomplete: 'new-password',
        isShown: this.isShown,
        onInput: (value) => (this.fresh = value),
        onShow,
      })}
      ${problemLine(this.attempt.problem)}
      <button class="pill main big" data-testid="save" ?disabled=${this.attempt.isBusy}>
        ${say('Set the password')}
      </button>
    </form>`;
  }

  private async onSubmit(event: Event): Promise<void> {
    event.preventDefault();
    const { old, fresh } = this;
    if (fresh.length < SHORTEST_PASSWORD) {
      this.attempt.tell(passwordRule());
      return;
    }
    if (await this.attempt.run(() => this.change(old, fresh))) this.dispatchEvent(new CustomEvent('done'));
  }

  static override styles = [shared, fields, page];
}

@customElement('pin-page')
export class PinPage extends LitElement {
  @property({ attribute: false }) people!: People;

  @state() private pin = '';
  @state() private isShown = false;

  private readonly attempt = new Attempt(this, refusalWords);

  override render() {
    return html`<form data-testid="pin-form" @submit=${this.onSubmit}>
      <p class="hint">
        ${say('The panel on the wall asks for it before its settings.')}
        ${say('A PIN that was set before no longer works.')}
      </p>
      ${passwordField({
        id: 'new-pin',
        label: say('New PIN'),
        hint: say('Four to eight digits'),
        value: this.pin,
        autocomplete: 'off',
        isShown: this.isShown,
        isPin: true,
        onInput: (value) => (this.pin = value),
        onShow: () => (this.isShown = !this.isShown),
      })}
      ${problemLine(this.attempt.problem)}
      <button class="pill main big" data-testid="save" ?disabled=${this.attempt.isBusy}>${say('Set the PIN')}</button>
    </form>`;
  }

  private async onSubmit(event: Event): Promise<void> {
    event.preventDefault();
    const { pin } = this;
    if (!PIN.test(pin)) {
      this.attempt.tell(say('A PIN has four to eight digits.'));
      return;
    }
    if (await this.attempt.run(() => this.people.choosePin(pin))) this.dispatchEvent(new CustomEvent('done'));
  }

  static override styles = [shared, fields, page];
}

declare global {
  interface HTMLElementTagNameMap {
    'own-password-page': OwnPasswordPage;
    'pin-page': PinPage;
  }
}
