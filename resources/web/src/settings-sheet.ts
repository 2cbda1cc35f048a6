/** Who this client is to the home, the language that it speaks, and the way out. */

import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';

import './hold-button';
import './language-choice';
import './modal-sheet';
import { icon } from './icon';
import { isLogin, roleName } from './people-words';
import { RelayError } from './relay';
import { shared } from './style';
import type { Release, Session } from './wire';
import { language, say } from './words';

/** The other sheets that this one leads to. */
export type FurtherSheet = 'people' | 'audit' | 'password';

@customElement('settings-sheet')
export class SettingsSheet extends LitElement {
  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) release: Release | null = null;
  @property() home = '';
  @property({ attribute: false }) leave!: () => Promise<void>;

  @state() private hasFailed = false;

  override render() {
    return html`<modal-sheet .label=${say('This device')} @close=${() => this.dispatchEvent(new CustomEvent('close'))}>
      <h2 slot="head">${say('This device')}</h2>
      <dl>
        <dt>${say('Name')}</dt>
        <dd data-testid="session-name"><bdi>${this.session.name}</bdi></dd>
        <dt>${say('Home')}</dt>
        <dd>${this.home === '' ? say('Our home') : this.home}</dd>
        <dt>${say('May act as')}</dt>
        <dd data-testid="session-role">${roleName(this.session.role)}</dd>
      </dl>
      ${this.newVersion()}
      ${this.ways()}
      ${isSecureContext ? nothing : this.plainly()}
      <language-choice></language-choice>
      ${this.wayOut()}
      ${this.hasFailed ? html`<p class="error" role="alert">${say('The home cannot be reached')}</p>` : nothing}
      <slot name="toasts" slot="toasts"></slot>
    </modal-sheet>`;
  }

  /** Which newer version of the program there is, and how it comes to the home; nothing is installed from here. */
  private newVersion() {
    const { release } = this;
    if (release === null) return nothing;
    const notes = release.notes[language()] ?? release.notes.en ?? '';
    return html`<section class="new" data-testid="new-version">
      <h3>${icon('sparkles', 20)}${say('Newer version')}</h3>
      <p>${releaseWords(release)}</p>
      ${notes === '' ? nothing : html`<p class="notes">${notes}</p>`}
      ${release.file === null
        ? nothing
        : html`<a class="pill" href=${release.file.url} rel="noreferrer" target="_blank">${say('Download')}</a>
            <p class="digest">SHA-256 <code>${release.file.sha256}</code></p>`}
    </section>`;
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

  private ways() {
    const isOwner = this.session.role === 'owner';
    if (!isOwner && !isLogin(this.session)) return nothing;
    return html`<nav aria-label=${say('Settings')}>
      ${isOwner ? this.way('people', icon('users', 22), say('People')) : nothing}
      ${isOwner ? this.way('audit', icon('history', 22), say('What happened')) : nothing}
      ${isLogin(this.session) ? this.way('password', icon('key-round', 22), say('Change the password')) : nothing}
    </nav>`;
  }

  private way(sheet: FurtherSheet, picture: TemplateResult, words: string) {
    return html`<button
      class="way"
      data-testid="open-${sheet}"
      @click=${() => this.dispatchEvent(new CustomEvent<FurtherSheet>('go', { detail: sheet }))}
    >
      ${picture}<span>${words}</span>${icon('chevron-right', 20)}
    </button>`;
  }

  private wayOut() {
    if (isLogin(this.session)) {
      return html`<button class="pill danger out" data-testid="leave" @click=${this.onLeave}>
        ${say('Log out')}
      </button>`;
    }
    return html`<hold-button
        data-testid="leave"
        .label=${say('Disconnect from the home')}
        @held=${this.onLeave}
      ></hold-button>
      <p class="hint">${say('To come back, this device has to be paired again.')}</p>`;
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
      .new {
        display: grid;
        gap: 10px;
        margin: 0 0 20px;
        padding: 16px 18px;
        border-radius: var(--radius-inset);
        background: var(--blue-fill);
      }
      .new h3 {
        display: flex;
        align-items: center;
        gap: 10px;
        margin: 0;
        font-size: var(--text-body);
        font-weight: 600;
        color: var(--blue);
      }
      .new .notes {
        font-size: var(--text-second);
        white-space: pre-line;
        overflow-wrap: anywhere;
      }
      .new a {
        justify-self: start;
        background: var(--tile);
        color: var(--ink);
        text-decoration: none;
      }
      .digest {
        font-size: var(--text-small);
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
      nav {
        display: grid;
        gap: 8px;
        margin-bottom: 20px;
      }
      .way {
        display: flex;
        align-items: center;
        gap: 14px;
        min-height: 56px;
        padding: 8px 16px;
        border-radius: var(--radius-inset);
        background: var(--inset);
        text-align: start;
        font-weight: 600;
      }
      .way span {
        flex: 1;
        min-width: 0;
      }
      .way svg {
        flex: none;
        color: var(--dim-ink);
      }
      .out {
        width: 100%;
        min-height: 56px;
        margin-top: 20px;
        border-radius: 28px;
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

function releaseWords({ version, way, file }: Release): string {
  switch (way) {
    case 'apt':
      return say('Version %1 is available. Install it with apt.', version);
    case 'pip':
      return say('Version %1 is available. Install it with pip.', version);
    case 'download':
      return say('Version %1 is available. Download it from %2.', version, new URL(file?.url ?? 'https://-').host);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'settings-sheet': SettingsSheet;
  }
}
