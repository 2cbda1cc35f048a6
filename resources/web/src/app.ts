/** The whole client: decides whether to show the way in, the home, or that the home is out of reach. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { keyed } from 'lit/directives/keyed.js';

import './home-screen';
import type { Ask } from './device-tile';
import { icon } from './icon';
import type { Ports, Relay } from './relay';
import type { Store } from './store';
import { shared } from './style';
import { type Language, language, say, speak } from './words';

@customElement('intercom-app')
export class IntercomApp extends LitElement {
  @property({ attribute: false }) relay!: Relay;
  @property({ attribute: false }) store!: Store;
  @property({ attribute: false }) memory!: Ports['memory'];

  @state() private spoken: Language = language();

  private unwatch: (() => void) | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.unwatch = this.store.watch(() => this.requestUpdate());
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.unwatch?.();
  }

  override render() {
    return html`${keyed(this.spoken, this.screen())}`;
  }

  private screen() {
    const { state } = this.store;
    if (state.standing?.is === 'stranger') {
      void import('./pairing-screen');
      return html`<pairing-screen
        .relay=${this.relay}
        .why=${state.standing.why}
        ?wasLogin=${state.standing.wasLogin}
        @language=${this.onLanguage}
      ></pairing-screen>`;
    }
    if (state.link.is === 'paused') {
      void import('./paused-screen');
      return html`<paused-screen
        .hours=${state.link.hours ?? state.standing?.session.terms?.hours ?? null}
        .leave=${this.relay.isLogin ? () => this.relay.leave() : null}
        @try=${() => this.relay.check()}
        @language=${this.onLanguage}
      ></paused-screen>`;
    }
    if (state.home !== null && state.standing !== null) {
      return html`<home-screen
        .relay=${this.relay}
        .home=${state.home}
        .link=${state.link}
        .asked=${state.asked}
        .notices=${state.notices}
        .session=${state.standing.session}
        .release=${state.release}
        @ask=${(event: CustomEvent<Ask>) => this.onAsk(event.detail)}
        @dismiss=${(event: CustomEvent<number>) => this.store.send({ is: 'dismissed', id: event.detail })}
        @language=${this.onLanguage}
      ></home-screen>`;
    }
    return html`<main class="waiting" data-testid="waiting">
      <span class="circle">${icon('house', 32)}</span>
      <p role="status">
        ${state.link.is === 'down' ? say('The home cannot be reached. Trying again…') : say('Connecting…')}
      </p>
      ${state.link.is === 'down'
        ? html`<button class="pill" @click=${() => this.relay.check()}>${say('Try now')}</button>`
        : nothing}
    </main>`;
  }

  private onAsk({ device, capability, command }: Ask): void {
    this.relay.command(device, capability, command);
  }

  private async onLanguage(event: CustomEvent<Language>): Promise<void> {
    await speak(event.detail, this.memory);
    document.documentElement.lang = event.detail;
    this.spoken = event.detail;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      .waiting {
        display: grid;
        place-content: center;
        justify-items: center;
        gap: 20px;
        min-height: 100dvh;
        padding: 24px;
        text-align: center;
        color: var(--dim-ink);
        animation: appear 300ms 400ms ease-out backwards;
      }
      .circle {
        display: grid;
        place-items: center;
        width: 72px;
        height: 72px;
        border-radius: 50%;
        background: var(--teal-fill);
        color: var(--teal);
      }
      @keyframes appear {
        from {
          opacity: 0;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'intercom-app': IntercomApp;
  }
}
