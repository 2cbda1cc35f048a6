/**
 * Who may come into the home, for owners: the list of everybody, and the pages that it leads to.
 *
 * What is listed is fetched when the sheet opens and after everything that was done here. Says `settings` on the way
 * back, and `close`.
 */

import { css, html, LitElement, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';

import './account-page';
import './client-page';
import './modal-sheet';
import './people-list';
import './secret-pages';
import { Attempt } from './attempt';
import { problemLine } from './fields';
import { isolated } from './isolated';
import type { ModalSheet } from './modal-sheet';
import type { People } from './people';
import type { Way } from './people-list';
import { refusalWords } from './people-words';
import type { Home } from './store';
import { shared } from './style';
import type { Account, Client } from './wire';
import { apart, say } from './words';

@customElement('people-sheet')
export class PeopleSheet extends LitElement {
  @property({ attribute: false }) people!: People;
  @property({ attribute: false }) home!: Home;

  @state() private clients: readonly Client[] | null = null;
  @state() private accounts: readonly Account[] = [];
  /** Where we are; null at the list. */
  @state() private way: Way | null = null;
  /** What was done last, in words. */
  @state() private news = '';

  @query('modal-sheet') private readonly sheet!: ModalSheet;
  @query('h2') private readonly heading!: HTMLElement;

  private readonly attempt = new Attempt(this, refusalWords);

  override connectedCallback(): void {
    super.connectedCallback();
    void this.fetch();
  }

  override render() {
    const title = this.titleWords();
    return html`<modal-sheet
      .label=${title}
      back
      @back=${this.onBack}
      @close=${() => this.dispatchEvent(new CustomEvent('close'))}
    >
      <h2 slot="head" tabindex="-1" data-testid="people-title">${isolated(title)}</h2>
      ${this.page()}
      <slot name="toasts" slot="toasts"></slot>
    </modal-sheet>`;
  }

  protected override updated(changed: PropertyValues): void {
    if (!changed.has('way') || changed.get('way') === undefined) return;
    this.sheet.toTop();
    this.heading.focus();
  }

  private titleWords(): string {
    switch (this.way?.is) {
      case 'client':
        return apart(this.chosenClient?.name ?? '');
      case 'account':
        return apart(this.chosenAccount?.name ?? '');
      case 'new-account':
        return say('Add an account');
      case 'pin':
        return say("The owner's PIN");
      case undefined:
        return say('People');
    }
  }

  private page() {
    const { people, home, chosenClient, chosenAccount } = this;
    if (this.way?.is === 'client' && chosenClient !== null) {
      return html`<client-page
        .people=${people}
        .home=${home}
        .client=${chosenClient}
        @done=${this.onDone}
      ></client-page>`;
    }
    if (this.way?.is === 'account' && chosenAccount !== null) {
      return html`<account-page
        .people=${people}
        .home=${home}
        .account=${chosenAccount}
        @done=${this.onDone}
      ></account-page>`;
    }
    if (this.way?.is === 'new-account') {
      return html`<account-page .people=${people} .home=${home} @done=${this.onDone}></account-page>`;
    }
    if (this.way?.is === 'pin') return html`<pin-page .people=${people} @done=${this.onDone}></pin-page>`;
    return html`${problemLine(this.attempt.problem)}
      <p class="news" role="status" data-testid="people-news">${isolated(this.news)}</p>
      ${this.clients === null
        ? html`<div class="waiting">
            ${this.attempt.problem === ''
              ? say('Loading…')
              : html`<button class="pill" @click=${() => void this.fetch()}>${say('Try now')}</button>`}
          </div>`
        : html`<people-list
            .clients=${this.clients}
            .accounts=${this.accounts}
            @go=${(event: CustomEvent<Way>) => this.go(event.detail)}
            @remove=${(event: CustomEvent<Client>) => this.onRemove(event.detail)}
          ></people-list>`}`;
  }

  private get chosenClient(): Client | null {
    const { way } = this;
    return way?.is === 'client' ? (this.clients?.find((client) => client.id === way.id) ?? null) : null;
  }

  private get chosenAccount(): Account | null {
    const { way } = this;
    return way?.is === 'account' ? (this.accounts.find((account) => account.id === way.id) ?? null) : null;
  }

  private go(way: Way | null): void {
    this.way = way;
    this.news = '';
  }

  private readonly onBack = (): void => {
    if (this.way === null) this.dispatchEvent(new CustomEvent('settings'));
    else this.go(null);
  };

  private readonly onDone = async (): Promise<void> => {
    this.go(null);
    this.news = say('Done');
    await this.fetch();
  };

  private async onRemove(client: Client): Promise<void> {
    const isDone = await this.attempt.run(() => this.people.removeClient(client.id));
    if (isDone) this.news = say('%1 was removed', apart(client.name));
    const { problem } = this.attempt;
    await this.fetch();
    if (problem !== '') this.attempt.tell(problem);
  }

  private async fetch(): Promise<void> {
    await this.attempt.run(async () => {
      const [clients, accounts] = await Promise.all([this.people.clients(), this.people.accounts()]);
      this.clients = clients;
      this.accounts = accounts;
    });
  }

  static override styles = [
    shared,
    css`
      h2 {
        padding-top: 10px;
        font-size: 1.25rem;
        font-weight: 600;
        overflow-wrap: anywhere;
      }
      h2:focus-visible {
        outline: none;
      }
      .problem,
      .news {
        margin-bottom: 12px;
      }
      .problem {
        color: var(--red);
        font-weight: 600;
      }
      .news {
        color: var(--green);
      }
      .problem:empty,
      .news:empty {
        display: none;
      }
      .waiting {
        min-height: 12rem;
        color: var(--dim-ink);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'people-sheet': PeopleSheet;
  }
}
