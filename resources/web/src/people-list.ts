/** Everybody who has a standing in the home, and the accounts by which people log in. Says `go` and `remove`. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';

import './sure-button';
import { icon } from './icon';
import { clientWords, isLogin, removalQuestion, roleName, termsWords } from './people-words';
import { shared } from './style';
import type { Account, Client } from './wire';
import { apart, say } from './words';

/** Where somebody wants to go from here. */
export type Way =
  | { readonly is: 'client'; readonly id: string }
  | { readonly is: 'account'; readonly id: string }
  | { readonly is: 'new-account' }
  | { readonly is: 'pin' };

@customElement('people-list')
export class PeopleList extends LitElement {
  @property({ attribute: false }) clients: readonly Client[] = [];
  @property({ attribute: false }) accounts: readonly Account[] = [];

  override render() {
    const clients = [...this.clients].sort((a, b) => Number(b.is_you) - Number(a.is_you) || b.seen_at - a.seen_at);
    return html`<section aria-labelledby="clients">
        <h3 id="clients">${say('Who is in')}</h3>
        <ul>
          ${repeat(
            clients,
            (client) => client.id,
            (client) => this.client(client),
          )}
        </ul>
      </section>
      <section aria-labelledby="accounts">
        <h3 id="accounts">${say('Accounts')}</h3>
        <p class="hint">${say('Who has an account comes in from any browser, by name and password.')}</p>
        <ul>
          ${repeat(
            this.accounts,
            (account) => account.id,
            (account) => this.account(account),
          )}
        </ul>
        <button class="pill" data-testid="add-account" @click=${() => this.go({ is: 'new-account' })}>
          ${icon('plus', 20)}${say('Add an account')}
        </button>
      </section>
      <section aria-labelledby="panel">
        <h3 id="panel">${say('The panel on the wall')}</h3>
        <ul>
          <li>
            <button class="row" data-testid="pin" @click=${() => this.go({ is: 'pin' })}>
              <span class="circle">${icon('lock-keyhole', 22)}</span>
              <span class="words"><strong>${say("The owner's PIN")}</strong></span>
              ${icon('chevron-right', 20)}
            </button>
          </li>
        </ul>
      </section>`;
  }

  private client(client: Client) {
    const kind = client.role === 'screen' ? icon('monitor', 22) : icon(isLogin(client) ? 'user' : 'smartphone', 22);
    const way: Way = isLogin(client) ? { is: 'account', id: client.account ?? '' } : { is: 'client', id: client.id };
    return html`<li data-testid="client">
      <button class="row" data-testid="client-open" @click=${() => this.go(way)}>
        <span class="circle">${kind}</span>
        <span class="words">
          <strong><bdi data-testid="client-title">${client.name}</bdi></strong>
          <span>${clientWords(client)}</span>
          ${client.role === 'guest' ? html`<span>${termsWords(client.terms)}</span>` : nothing}
        </span>
      </button>
      ${client.is_you
        ? html`<span class="you">${say('This device')}</span>`
        : html`<sure-button
            data-testid="client-remove"
            icon="x"
            .label=${removalLabel(client.name)}
            .question=${removalQuestion(client.name)}
            .yes=${say('Remove')}
            @sure=${() => this.dispatchEvent(new CustomEvent('remove', { detail: client }))}
          ></sure-button>`}
    </li>`;
  }

  private account(account: Account) {
    return html`<li data-testid="account">
      <button class="row" data-testid="account-open" @click=${() => this.go({ is: 'account', id: account.id })}>
        <span class="circle">${icon('user', 22)}</span>
        <span class="words">
          <strong><bdi>${account.name}</bdi></strong>
          <span>${roleName(account.role)}</span>
          ${account.role === 'guest' ? html`<span>${termsWords(account.terms)}</span>` : nothing}
        </span>
        ${icon('chevron-right', 20)}
      </button>
    </li>`;
  }

  private go(detail: Way): void {
    this.dispatchEvent(new CustomEvent('go', { detail }));
  }

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 28px;
      }
      h3 {
        margin: 0 0 4px;
        font-size: var(--text-second);
        font-weight: 600;
        color: var(--dim-ink);
      }
      .hint {
        font-size: var(--text-small);
        color: var(--dim-ink);
      }
      ul {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: 2px;
        margin: 0 -8px;
        padding: 0;
        list-style: none;
      }
      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
      }
      .row {
        display: flex;
        flex: 1 1 11rem;
        align-items: center;
        gap: 14px;
        min-width: 0;
        min-height: 64px;
        padding: 8px;
        border-radius: var(--radius-inset);
        text-align: start;
      }
      .row > svg {
        flex: none;
        color: var(--dim-ink);
      }
      .circle {
        display: grid;
        place-items: center;
        flex: none;
        width: 44px;
        height: 44px;
        border-radius: 50%;
        background: var(--inset);
        color: var(--dim-ink);
      }
      .words {
        display: grid;
        flex: 1;
        min-width: 0;
        line-height: 1.3;
        overflow-wrap: anywhere;
      }
      strong {
        font-weight: 600;
      }
      .words span {
        font-size: var(--text-small);
        color: var(--dim-ink);
      }
      .you {
        flex: none;
        margin-inline: auto 8px;
        padding: 4px 12px;
        border-radius: 14px;
        background: var(--teal-fill);
        color: var(--teal);
        font-size: var(--text-small);
        font-weight: 600;
      }
      sure-button {
        margin-inline-start: auto;
      }
      sure-button[asking] {
        flex: 1 0 100%;
      }
      .pill {
        width: 100%;
        margin-top: 8px;
      }
      @media (hover: hover) {
        .row:hover {
          background: var(--inset);
        }
        .row:hover .circle {
          background: var(--tile);
        }
      }
    `,
  ];
}

/** What the button says to who cannot see beside which name it stands. */
function removalLabel(name: string): string {
  return say('Remove %1', apart(name));
}

declare global {
  interface HTMLElementTagNameMap {
    'people-list': PeopleList;
  }
}
