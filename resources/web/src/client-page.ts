/** One paired client, for owners: its name, what it may do, and its removal. Says `done` when something was done. */

import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';

import './role-choice';
import './sure-button';
import './terms-editor';
import { Attempt } from './attempt';
import { fields, problemLine } from './fields';
import type { ClientPatch, People } from './people';
import { clientWords, refusalWords, removalQuestion } from './people-words';
import type { Home } from './store';
import { shared } from './style';
import type { Client, Role, Terms } from './wire';
import { say } from './words';

const NAME_LENGTH = 64;

@customElement('client-page')
export class ClientPage extends LitElement {
  @property({ attribute: false }) people!: People;
  @property({ attribute: false }) home!: Home;
  @property({ attribute: false }) client!: Client;

  @state() private name = '';
  @state() private chosenRole: Role = 'guest';
  @state() private terms: Terms = {};

  private readonly attempt = new Attempt(this, refusalWords);

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('client');
    if (!changed.has('client') || before?.id === this.client.id) return;
    this.name = this.client.name;
    this.chosenRole = this.client.role;
    this.terms = this.client.terms ?? {};
  }

  override render() {
    const { client, attempt } = this;
    return html`<div class="stack">
      <p class="hint">${clientWords(client)}</p>
      <form data-testid="client-form" @submit=${this.onSave}>
        <label class="field">
          <span>${say('Name')}</span>
          <input
            data-testid="client-name"
            dir="auto"
            autocomplete="off"
            maxlength=${NAME_LENGTH}
            required
            .value=${live(this.name)}
            @input=${(event: Event) => (this.name = (event.target as HTMLInputElement).value)}
          />
        </label>
        ${client.is_you
          ? html`<p class="hint">
              ${say('This is the device in your hand. Another owner can change what it may do.')}
            </p>`
          : html`<role-choice
              .chosen=${this.chosenRole}
              @role=${(event: CustomEvent<Role>) => (this.chosenRole = event.detail)}
            ></role-choice>`}
        ${this.chosenRole === 'guest'
          ? html`<terms-editor
              .terms=${this.terms}
              .home=${this.home}
              @terms=${(event: CustomEvent<Terms>) => (this.terms = event.detail)}
            ></terms-editor>`
          : nothing}
        ${problemLine(attempt.problem)}
        <button class="pill main big" data-testid="save" ?disabled=${attempt.isBusy}>${say('Save')}</button>
      </form>
      ${client.is_you
        ? nothing
        : html`<sure-button
            data-testid="remove"
            .label=${say('Remove this device')}
            .question=${removalQuestion(client.name)}
            .yes=${say('Remove')}
            @sure=${this.onRemove}
          ></sure-button>`}
    </div>`;
  }

  private async onSave(event: Event): Promise<void> {
    event.preventDefault();
    const { client, chosenRole: role, terms } = this;
    const name = this.name.trim();
    const patch: ClientPatch = {
      ...(name === client.name ? {} : { name }),
      ...(role === client.role ? {} : { role }),
      ...(role === 'guest' ? { terms } : {}),
    };
    await this.try(() => this.people.changeClient(client.id, patch));
  }

  private async onRemove(): Promise<void> {
    await this.try(() => this.people.removeClient(this.client.id));
  }

  private async try(work: () => Promise<unknown>): Promise<void> {
    if (await this.attempt.run(work)) this.dispatchEvent(new CustomEvent('done'));
  }

  static override styles = [
    shared,
    fields,
    css`
      :host {
        display: block;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'client-page': ClientPage;
  }
}
