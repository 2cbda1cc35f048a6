/** One account, for owners: a new one, or what it may do, its password and its removal. Says `done` afterwards. */

import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';

import './role-choice';
import './sure-button';
import './terms-editor';
import { ACCOUNT_ROLES } from './role-choice';
import { Attempt } from './attempt';
import { fields, passwordField, problemLine } from './fields';
import type { People } from './people';
import { passwordRule, refusalWords, SHORTEST_PASSWORD } from './people-words';
import type { RelayError } from './relay';
import type { Home } from './store';
import { shared } from './style';
import type { Account, AccountRole, Terms } from './wire';
import { apart, say } from './words';

const NAME_LENGTH = 64;

@customElement('account-page')
export class AccountPage extends LitElement {
  @property({ attribute: false }) people!: People;
  @property({ attribute: false }) home!: Home;
  /** Null for one that is to be made. */
  @property({ attribute: false }) account: Account | null = null;

  @state() private name = '';
  @state() private password = '';
  @state() private isShown = false;
  @state() private chosenRole: AccountRole = 'resident';
  @state() private terms: Terms = {};

  private readonly saving = new Attempt(this, (error) => this.problemWords(error));
  private readonly renewing = new Attempt(this, (error) => this.problemWords(error));
  private readonly removing = new Attempt(this, (error) => this.problemWords(error));

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('account');
    if (!changed.has('account') || this.account === null || before?.id === this.account.id) return;
    this.chosenRole = this.account.role;
    this.terms = this.account.terms ?? {};
  }

  override render() {
    return this.account === null ? this.adding() : this.changing(this.account);
  }

  private adding() {
    return html`<form data-testid="account-form" @submit=${this.onAdd}>
      <label class="field">
        <span>${say('Name')}</span>
        <input
          id="username"
          name="username"
          data-testid="account-name"
          dir="auto"
          autocomplete="off"
          maxlength=${NAME_LENGTH}
          required
          .value=${live(this.name)}
          @input=${(event: Event) => (this.name = (event.target as HTMLInputElement).value)}
        />
      </label>
      ${this.passwordField(say('Password'))} ${this.choices()} ${problemLine(this.saving.problem)}
      <button class="pill main big" data-testid="save" ?disabled=${this.saving.isBusy}>
        ${say('Add the account')}
      </button>
    </form>`;
  }

  private changing(account: Account) {
    return html`<div class="stack">
      <form data-testid="account-form" @submit=${this.onSave}>
        ${this.choices()} ${problemLine(this.saving.problem)}
        <button class="pill main big" data-testid="save" ?disabled=${this.saving.isBusy}>${say('Save')}</button>
      </form>
      <form data-testid="account-password-form" @submit=${this.onPassword}>
        <h3>${say('A new password')}</h3>
        <p class="hint">${say('Who is logged in with the old one has to log in again.')}</p>
        ${this.passwordField(say('Password'))} ${problemLine(this.renewing.problem)}
        <button class="pill big" data-testid="account-password-save" ?disabled=${this.renewing.isBusy}>
          ${say('Set the password')}
        </button>
      </form>
      <sure-button
        data-testid="remove"
        .label=${say('Remove the account')}
        .question=${say('Remove the account %1? Its logins end.', apart(account.name))}
        .yes=${say('Remove')}
        @sure=${this.onRemove}
      ></sure-button>
      ${problemLine(this.removing.problem)}
    </div>`;
  }

  private choices() {
    return html`<role-choice
        .roles=${ACCOUNT_ROLES}
        .chosen=${this.chosenRole}
        @role=${(event: CustomEvent<AccountRole>) => (this.chosenRole = event.detail)}
      ></role-choice>
      ${this.chosenRole === 'guest'
        ? html`<terms-editor
            .terms=${this.terms}
            .home=${this.home}
            @terms=${(event: CustomEvent<Terms>) => (this.terms = event.detail)}
          ></terms-editor>`
        : nothing}`;
  }

  private passwordField(label: string) {
    return passwordField({
      id: 'new-password',
      label,
      hint: passwordRule(),
      value: this.password,
      autocomplete: 'new-password',
      isShown: this.isShown,
      onInput: (value) => (this.password = value),
      onShow: () => (this.isShown = !this.isShown),
    });
  }

  private async onAdd(event: Event): Promise<void> {
    event.preventDefault();
    if (this.isTooShort(this.saving)) return;
    const { password, chosenRole: role } = this;
    const made = { name: this.name.trim(), password, role, terms: role === 'guest' ? this.terms : {} };
    await this.try(this.saving, () => this.people.addAccount(made));
  }

  private async onSave(event: Event): Promise<void> {
    event.preventDefault();
    const { account, chosenRole: role, terms } = this;
    if (account === null) return;
    const patch = { role, ...(role === 'guest' ? { terms } : {}) };
    await this.try(this.saving, () => this.people.changeAccount(account.id, patch));
  }

  private async onPassword(event: Event): Promise<void> {
    event.preventDefault();
    const { account, password } = this;
    if (account === null || this.isTooShort(this.renewing)) return;
    await this.try(this.renewing, () => this.people.changeAccount(account.id, { password }));
  }

  private async onRemove(): Promise<void> {
    const { account } = this;
    if (account !== null) await this.try(this.removing, () => this.people.removeAccount(account.id));
  }

  private isTooShort(attempt: Attempt): boolean {
    const isTooShort = this.password.length < SHORTEST_PASSWORD;
    if (isTooShort) attempt.tell(passwordRule());
    return isTooShort;
  }

  private async try(attempt: Attempt, work: () => Promise<unknown>): Promise<void> {
    if (await attempt.run(work)) this.dispatchEvent(new CustomEvent('done'));
  }

  private problemWords(error: RelayError): string {
    if (error.code !== 'conflict') return refusalWords(error);
    if (this.account !== null) return say('This is the last owner. Make another owner first.');
    return error.message.includes('accounts already')
      ? say('There are too many accounts already.')
      : say('There is an account of this name already.');
  }

  static override styles = [
    shared,
    fields,
    css`
      :host {
        display: block;
      }
      .stack {
        gap: 28px;
      }
      h3 {
        margin: 0;
        font-size: var(--text-name);
        font-weight: 600;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'account-page': AccountPage;
  }
}
