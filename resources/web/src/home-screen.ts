/** The home: its areas, the tiles of the one that is looked at, how the link is, and the sheet that is open. */

import { css, html, LitElement, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';

import './clock-face';
import './device-tile';
import './toast-list';
import type { Ask } from './device-tile';
import { clockTime, sayPhrase } from './format';
import { icon } from './icon';
import type { Relay } from './relay';
import type { FurtherSheet } from './settings-sheet';
import type { Asked, Home, Link, Notice, Place } from './store';
import { shared } from './style';
import { type Summary, summaryOf, summaryWords } from './summary';
import type { Release, Session } from './wire';
import { say } from './words';

const WHOLE_HOME = '';
const ELSEWHERE = '-';

/** One entry of the list of areas. */
interface Entry {
  readonly id: string;
  readonly name: string;
  readonly icon: string;
  readonly places: readonly Place[];
  readonly summary: Summary;
}

@customElement('home-screen')
export class HomeScreen extends LitElement {
  @property({ attribute: false }) relay!: Relay;
  @property({ attribute: false }) home!: Home;
  @property({ attribute: false }) link!: Link;
  @property({ attribute: false }) session!: Session;
  @property({ attribute: false }) asked: readonly Asked[] = [];
  @property({ attribute: false }) notices: readonly Notice[] = [];
  @property({ attribute: false }) release: Release | null = null;

  @state() private areaId = namedArea();
  @state() private openDevice: string | null = null;
  /** The sheet of settings that is open. */
  @state() private settings: 'settings' | FurtherSheet | null = null;

  private readonly onHash = () => {
    this.areaId = namedArea();
  };

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('hashchange', this.onHash);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('hashchange', this.onHash);
  }

  protected override firstUpdated(): void {
    // Not needed for the first look, but soon, and perhaps while the link is down.
    void import('./sheets');
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('home')) document.title = this.homeName;
  }

  override render() {
    const entries = this.entries();
    const current = entries.find((entry) => entry.id === this.areaId) ?? entries[0];
    if (current === undefined) return nothing;
    return html`
      <div class="page" @open=${(event: CustomEvent<string>) => (this.openDevice = event.detail)}>
        <header class="top">
          <h1>${this.homeName}</h1>
          ${this.linkDot(false)}
          <button
            class="round gear"
            data-testid="settings"
            aria-label=${this.settingsWords()}
            aria-haspopup="dialog"
            @click=${() => (this.settings = 'settings')}
          >
            ${icon('settings')}${this.newsDot()}
          </button>
        </header>
        <div class="rail">
          <clock-face></clock-face>
          ${this.areas(entries, current)}
          <div class="rail-foot">
            ${this.linkDot(true)}
            <button
              class="round"
              data-testid="settings-rail"
              aria-label=${this.settingsWords()}
              aria-haspopup="dialog"
              @click=${() => (this.settings = 'settings')}
            >
              ${icon('settings')}${this.newsDot()}
            </button>
          </div>
        </div>
        <main>
          ${this.linkBar()} ${this.troubleBars()} ${this.heading(current)}
          ${current.places.map((place) => this.place(place, current.id === WHOLE_HOME && entries.length > 1))}
          ${current.places.some((place) => place.devices.length > 0) ? nothing : this.emptiness(current)}
        </main>
      </div>
      ${this.sheets()}
    `;
  }

  private areas(entries: readonly Entry[], current: Entry) {
    if (entries.length < 2) return nothing;
    return html`<nav aria-label=${say('Areas')} data-testid="areas">
      ${repeat(
        entries,
        (entry) => entry.id,
        (entry) => html`<a
          href="#${encodeURIComponent(entry.id)}"
          class="area"
          data-testid="area"
          data-area=${entry.id}
          aria-current=${entry === current ? 'page' : nothing}
          @click=${this.onArea}
        >
          <span class="area-icon">${icon(entry.icon, 22)}</span>
          <span class="area-name">${entry.name}</span>
          ${entry.summary.on > 0
            ? html`<span class="count"
                ><span aria-hidden="true">${entry.summary.on}</span
                ><span class="unseen">${say('%1 on', entry.summary.on)}</span></span
              >`
            : nothing}
        </a>`,
      )}
    </nav>`;
  }

  private heading(current: Entry) {
    const isOneArea = current.id !== WHOLE_HOME && current.id !== ELSEWHERE;
    const words = summaryWords(current.summary, isOneArea);
    return html`<div class="heading">
      <h2 data-testid="area-title">${current.name}</h2>
      <p data-testid="area-summary">${words}</p>
      ${current.summary.lights.length > 0
        ? html`<button class="pill" data-testid="lights-off" @click=${() => this.turnOff(current)}>
            ${icon('moon', 20)}${say('Lights off')}
          </button>`
        : nothing}
    </div>`;
  }

  private place(place: Place, isTitled: boolean) {
    if (place.devices.length === 0) return nothing;
    const name = place.area?.name ?? say('Elsewhere');
    const isDown = this.link.is !== 'up';
    return html`<section aria-label=${name}>
      ${isTitled ? html`<h3>${name}</h3>` : nothing}
      <div class="grid" data-testid="grid">
        ${repeat(
          place.devices,
          (id) => id,
          (id) => {
            const device = this.home.devices.get(id);
            if (device === undefined) return nothing;
            return html`<device-tile
              .device=${device}
              ?asked=${this.asked.some((one) => one.device === id)}
              ?stale=${isDown}
            ></device-tile>`;
          },
        )}
      </div>
    </section>`;
  }

  private emptiness(current: Entry) {
    return html`<div class="empty" data-testid="empty">
      <span class="circle">${icon('plug', 32)}</span>
      <p>
        ${current.id !== WHOLE_HOME
          ? say('Nothing is in this area yet.')
          : this.session.role === 'guest'
            ? say('Nothing is open to you as a guest yet.')
            : say('No devices yet. What the home finds appears here by itself.')}
      </p>
    </div>`;
  }

  private linkBar() {
    if (this.link.is !== 'down') return nothing;
    return html`<div class="bar" role="status" data-testid="stale-bar">
      ${icon('wifi-off', 22)}
      <p>${say('Stale since %1. Reconnecting…', clockTime(this.link.since / 1000))}</p>
      <button class="pill" data-testid="try-now" @click=${() => this.relay.check()}>${say('Try now')}</button>
    </div>`;
  }

  private troubleBars() {
    if (this.session.role === 'guest') return nothing;
    return this.home.troubles.map(
      ({ kind, words }) => html`<div class="bar still" role="status" data-testid="trouble" data-kind=${kind}>
        ${icon('triangle-alert', 22)}
        <p>${sayPhrase(words)}</p>
      </div>`,
    );
  }

  private settingsWords(): string {
    return this.release === null ? say('Settings') : `${say('Settings')}, ${say('Newer version')}`;
  }

  /** Hints at what the settings tell. */
  private newsDot() {
    return this.release === null ? nothing : html`<span class="news" data-testid="new-version-dot"></span>`;
  }

  private linkDot(isTold: boolean) {
    const isUp = this.link.is === 'up';
    const words = isUp ? say('Connected') : say('Not connected');
    const count = this.home.devices.size;
    return html`<span class="link" data-testid=${isTold ? 'link-rail' : 'link'} data-link=${this.link.is}>
      <span class="dot ${isUp ? 'up' : 'down'}"></span>
      ${isTold
        ? html`<span>${words} · ${count === 1 ? say('1 device') : say('%1 devices', count)}</span>`
        : html`<span class="unseen">${words}</span>`}
    </span>`;
  }

  /** A modal sheet hides all else from touch and screen readers, so what has to be told is told within it. */
  private sheets() {
    const toasts = html`<toast-list slot="toasts" .notices=${this.notices} .devices=${this.home.devices}></toast-list>`;
    const device = this.openDevice === null ? undefined : this.home.devices.get(this.openDevice);
    if (device !== undefined) {
      return html`<device-sheet
        .device=${device}
        .asked=${this.asked}
        .fetchPicture=${this.fetchPicture}
        @close=${() => (this.openDevice = null)}
        >${toasts}</device-sheet
      >`;
    }
    return this.settingsSheet(toasts) ?? toasts;
  }

  private settingsSheet(toasts: TemplateResult): TemplateResult | null {
    const { relay, session, home } = this;
    const isOwner = session.role === 'owner';
    if (this.settings === 'people' && isOwner) {
      return html`<people-sheet
        .people=${relay.people}
        .home=${home}
        @settings=${() => (this.settings = 'settings')}
        @close=${this.onSettingsClosed}
        >${toasts}</people-sheet
      >`;
    }
    if (this.settings === 'audit' && isOwner) {
      return html`<audit-sheet
        .people=${relay.people}
        @settings=${() => (this.settings = 'settings')}
        @close=${this.onSettingsClosed}
        >${toasts}</audit-sheet
      >`;
    }
    if (this.settings === 'password') {
      return html`<password-sheet
        .name=${session.name}
        .change=${(old: string, fresh: string) => relay.changePassword(old, fresh)}
        @settings=${() => (this.settings = 'settings')}
        @close=${this.onSettingsClosed}
        >${toasts}</password-sheet
      >`;
    }
    if (this.settings === null) return null;
    return html`<settings-sheet
      .session=${session}
      .release=${this.release}
      .home=${home.name}
      .leave=${() => relay.leave()}
      @go=${(event: CustomEvent<FurtherSheet>) => (this.settings = event.detail)}
      @close=${this.onSettingsClosed}
      >${toasts}</settings-sheet
    >`;
  }

  /** The button that opened the first sheet is where people go on, whichever sheet was the last. */
  private readonly onSettingsClosed = async (): Promise<void> => {
    this.settings = null;
    await this.updateComplete;
    for (const gear of this.renderRoot.querySelectorAll<HTMLElement>('[data-testid^=settings]')) gear.focus();
  };

  private entries(): Entry[] {
    const { places, devices } = this.home;
    const whole = { id: WHOLE_HOME, name: say('Whole home'), icon: 'house', places, summary: summaryOf(places, devices) };
    if (places.every((place) => place.area === null)) return [whole];
    const parts = places.map((place) => ({
      id: place.area?.id ?? ELSEWHERE,
      name: place.area?.name ?? say('Elsewhere'),
      icon: place.area?.icon ?? 'layout-grid',
      places: [place],
      summary: summaryOf([place], devices),
    }));
    return [whole, ...parts];
  }

  private get homeName(): string {
    return this.home.name === '' ? say('Our home') : this.home.name;
  }

  private readonly onArea = (event: Event): void => {
    (event.currentTarget as Element).scrollIntoView({ block: 'nearest', inline: 'center', behavior: 'smooth' });
    scrollTo({ top: 0 });
  };

  private readonly fetchPicture = (device: string, capability: string): Promise<Blob> =>
    this.relay.picture(device, capability);

  private turnOff(current: Entry): void {
    for (const { device, capability } of current.summary.lights) {
      const detail: Ask = { device, capability, command: { do: 'turn', on: false } };
      this.dispatchEvent(new CustomEvent('ask', { detail, bubbles: true, composed: true }));
    }
  }

  static override styles = [
    shared,
    css`
      :host {
        --side: 16px;
        display: block;
      }
      .page {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        min-height: 100dvh;
        align-content: start;
      }
      .top {
        display: flex;
        align-items: center;
        gap: 12px;
        padding: max(8px, env(safe-area-inset-top)) var(--side) 0;
      }
      h1 {
        font-size: 1.5625rem;
        font-weight: 600;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
        line-height: 52px;
      }
      .gear {
        margin-inline: auto -12px;
      }
      .link {
        display: flex;
        align-items: center;
        gap: 10px;
        font-size: var(--text-small);
        color: var(--dim-ink);
      }
      .round:has(.news) {
        position: relative;
      }
      .news {
        position: absolute;
        right: 5px;
        bottom: 6px;
        width: 9px;
        height: 9px;
        border-radius: 50%;
        background: var(--blue);
      }
      .dot {
        flex: none;
        width: 9px;
        height: 9px;
        border-radius: 50%;
      }
      .up {
        background: var(--green);
      }
      .down {
        border: 2px solid var(--red);
      }
      .rail {
        position: sticky;
        top: 0;
        z-index: 2;
        background: var(--background);
      }
      clock-face,
      .rail-foot {
        display: none;
      }
      nav {
        display: flex;
        gap: 8px;
        padding: 6px var(--side) 10px;
        overflow-x: auto;
        scrollbar-width: none;
      }
      .area {
        display: flex;
        align-items: center;
        gap: 8px;
        flex: none;
        min-height: var(--touch);
        padding: 0 18px;
        border-radius: calc(var(--touch) / 2);
        background: var(--tile);
        color: var(--ink);
        font-size: var(--text-second);
        text-decoration: none;
        white-space: nowrap;
        -webkit-user-drag: none;
      }
      .area[aria-current] {
        background: var(--teal);
        color: var(--on-accent);
        font-weight: 600;
      }
      .area:focus-visible {
        outline-offset: -3px;
      }
      .area[aria-current]:focus-visible {
        outline-color: var(--on-accent);
      }
      .area-icon,
      .count {
        display: none;
      }
      main {
        min-width: 0;
        padding: 4px var(--side) max(32px, env(safe-area-inset-bottom));
      }
      .heading {
        display: none;
      }
      section + section {
        margin-top: 20px;
      }
      h3 {
        margin: 0 0 8px;
        font-size: var(--text-second);
        font-weight: 600;
        color: var(--dim-ink);
      }
      .grid {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(max(136px, 8.5rem), 1fr));
        grid-auto-rows: minmax(128px, auto);
        gap: var(--gap-small);
      }
      .bar {
        position: sticky;
        top: calc(var(--touch) + 22px);
        z-index: 1;
        display: flex;
        align-items: center;
        gap: 12px;
        margin-bottom: 12px;
        padding: 6px 6px 6px 18px;
        border-radius: 28px;
        background: var(--red-fill);
        color: var(--red);
        font-size: var(--text-second);
      }
      .still {
        position: static;
        padding: 12px 18px;
      }
      .bar svg {
        flex: none;
      }
      .bar p {
        flex: 1;
        color: var(--ink);
      }
      .bar .pill {
        background: var(--tile);
        color: var(--ink);
        padding-inline: 18px;
        flex: none;
      }
      .empty {
        display: grid;
        justify-items: center;
        gap: 16px;
        padding: 15vh 16px;
        text-align: center;
        color: var(--dim-ink);
      }
      .empty .circle {
        display: grid;
        place-items: center;
        width: 72px;
        height: 72px;
        border-radius: 50%;
        background: var(--tile);
      }
      @media (min-width: 37.5rem) {
        .grid {
          grid-template-columns: repeat(auto-fill, minmax(200px, 1fr));
          grid-auto-rows: minmax(150px, auto);
          gap: var(--gap);
        }
        .page {
          --side: 20px;
        }
      }
      @media (min-width: 62.5rem) {
        .page {
          --side: 28px;
          grid-template-columns: 16.5rem minmax(0, 1fr);
        }
        .top {
          display: none;
        }
        .rail {
          display: flex;
          flex-direction: column;
          height: 100dvh;
          background: var(--rail);
        }
        clock-face {
          display: block;
          padding: 24px 20px 12px;
        }
        .rail-foot {
          display: flex;
          align-items: center;
          justify-content: space-between;
          margin-top: auto;
          padding: 8px 8px 12px 20px;
        }
        nav {
          flex-direction: column;
          gap: 4px;
          padding: 8px 12px;
          overflow-y: auto;
        }
        .area {
          gap: 14px;
          min-height: 52px;
          padding: 0 14px;
          border-radius: var(--radius-inset);
          background: none;
          color: var(--dim-ink);
          font-size: 1.0625rem;
        }
        .area[aria-current] {
          background: var(--teal-fill);
          color: var(--ink);
        }
        .area[aria-current]:focus-visible {
          outline-color: var(--teal);
        }
        .area[aria-current] .area-icon {
          color: var(--teal);
        }
        .area-icon,
        .count {
          display: grid;
        }
        .area-name {
          flex: 1;
          overflow: hidden;
          text-overflow: ellipsis;
        }
        .count {
          color: var(--amber);
          font-size: var(--text-small);
          font-weight: 600;
        }
        main {
          padding-top: 24px;
        }
        .bar {
          top: 12px;
        }
        .heading {
          display: flex;
          align-items: center;
          gap: 16px;
          min-height: var(--touch);
          margin-bottom: 18px;
        }
        .heading h2 {
          font-size: var(--text-title);
          font-weight: 600;
          overflow: hidden;
          text-overflow: ellipsis;
        }
        .heading p {
          flex: 1;
          color: var(--dim-ink);
          font-size: 1rem;
        }
        .heading .pill {
          background: var(--tile);
        }
        .grid {
          grid-template-columns: repeat(auto-fill, minmax(214px, 1fr));
          grid-auto-rows: minmax(172px, auto);
        }
      }
    `,
  ];
}

/** Return the area that the page's address names; one that cannot be read names the whole home. */
function namedArea(): string {
  try {
    return decodeURIComponent(location.hash.slice(1));
  } catch {
    return WHOLE_HOME;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'home-screen': HomeScreen;
  }
}
