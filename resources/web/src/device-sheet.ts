/** Everything that one device can do: what people use daily, its settings, and the technical details. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';

import './control-row';
import './modal-sheet';
import { controlsOf, groupOf } from './controls';
import type { Ask } from './device-tile';
import { numeral, sayPhrase } from './format';
import { icon } from './icon';
import { type Asked, isPending, shownState } from './store';
import { shared } from './style';
import type { Capability, Command, Device } from './wire';
import { say } from './words';

@customElement('device-sheet')
export class DeviceSheet extends LitElement {
  @property({ attribute: false }) device!: Device;
  @property({ attribute: false }) asked: readonly Asked[] = [];
  @property({ attribute: false }) fetchPicture!: (device: string, capability: string) => Promise<Blob>;

  override render() {
    const { name, tile } = this.device;
    const words = [tile.number ?? '', ...tile.words.map(sayPhrase)].filter((part) => part !== '').join(' · ');
    return html`<modal-sheet .label=${name} @close=${() => this.dispatchEvent(new CustomEvent('close'))}>
      <div slot="head" class="head" data-tone=${tile.tone} ?data-on=${tile.on} data-testid="sheet-head">
        <span class="circle">${icon(tile.icon)}</span>
        <div>
          <h2>${name}</h2>
          <p>${words}</p>
        </div>
      </div>
      ${this.group('primary')} ${this.group('settings')} ${this.group('details')} ${this.facts()}
      <slot name="toasts" slot="toasts"></slot>
    </modal-sheet>`;
  }

  private group(which: 'primary' | 'settings' | 'details') {
    const capabilities = this.device.capabilities.filter((capability) => groupOf(capability) === which);
    if (capabilities.length === 0) return nothing;
    const rows = repeat(
      capabilities,
      (capability) => capability.id,
      (capability) => this.rows(capability),
    );
    if (which === 'primary') return html`<section>${rows}</section>`;
    return html`<details data-testid="sheet-${which}">
      <summary>${which === 'settings' ? say('Settings') : say('Details')}${icon('chevron-down', 20)}</summary>
      ${rows}
    </details>`;
  }

  private rows(capability: Capability) {
    const { id } = this.device;
    const shown = shownState(capability, id, this.asked);
    const pending = isPending(capability, id, this.asked);
    return repeat(
      controlsOf(capability, shown),
      (control) => control.key,
      (control, index) => html`<control-row
        .control=${control}
        .capability=${capability}
        .fetchPicture=${() => this.fetchPicture(id, capability.id)}
        ?main=${index === 0}
        ?pending=${pending && index === 0}
        @command=${(event: CustomEvent<Command>) => this.ask(capability.id, event.detail)}
      ></control-row>`,
    );
  }

  private facts() {
    const { maker, model, firmware, battery_pct: battery, url } = this.device;
    const parts = [maker, model, firmware].filter((part) => part !== null);
    if (battery !== null) parts.push(say('Battery %1 %', numeral(battery, 0)));
    const page = url !== null && /^https?:\/\//.test(url) ? url : null;
    if (parts.length === 0 && page === null) return nothing;
    return html`<footer data-testid="sheet-facts">
      ${parts.join(' · ')}
      ${page === null
        ? nothing
        : html`<a href=${page} target="_blank" rel="noopener noreferrer">${say("The device's own page")}</a>`}
    </footer>`;
  }

  private ask(capability: string, command: Command): void {
    const detail: Ask = { device: this.device.id, capability, command };
    this.dispatchEvent(new CustomEvent('ask', { detail, bubbles: true, composed: true }));
  }

  static override styles = [
    shared,
    css`
      .head {
        --accent: var(--dim-ink);
        --accent-fill: var(--inset);
        display: flex;
        align-items: center;
        gap: 14px;
      }
      .head > div {
        min-width: 0;
      }
      .head[data-tone='amber'] {
        --accent: var(--amber);
        --accent-fill: var(--amber-fill);
      }
      .head[data-tone='blue'] {
        --accent: var(--blue);
        --accent-fill: var(--blue-fill);
      }
      .head[data-tone='green'] {
        --accent: var(--green);
        --accent-fill: var(--green-fill);
      }
      .head[data-tone='red'] {
        --accent: var(--red);
        --accent-fill: var(--red-fill);
      }
      .circle {
        display: grid;
        place-items: center;
        flex: none;
        width: 52px;
        height: 52px;
        border-radius: 50%;
        background: var(--accent-fill);
        color: var(--accent);
      }
      [data-on] .circle {
        background: var(--accent);
        color: var(--on-accent);
      }
      [data-on][data-tone='plain'] .circle {
        background: var(--ink);
        color: var(--background);
      }
      h2 {
        font-size: 1.25rem;
        font-weight: 600;
        line-height: 1.25;
        overflow-wrap: anywhere;
      }
      .head p {
        color: var(--dim-ink);
        font-size: var(--text-second);
        overflow-wrap: anywhere;
      }
      details {
        margin-top: 8px;
        border-top: 1px solid var(--line);
      }
      summary {
        display: flex;
        align-items: center;
        justify-content: space-between;
        min-height: var(--touch);
        font-weight: 600;
        color: var(--dim-ink);
        cursor: pointer;
        list-style: none;
        border-radius: 8px;
      }
      summary::-webkit-details-marker {
        display: none;
      }
      details[open] > summary svg {
        transform: rotate(180deg);
      }
      footer {
        display: flex;
        flex-wrap: wrap;
        justify-content: space-between;
        gap: 4px 16px;
        margin-top: 8px;
        padding-top: 14px;
        border-top: 1px solid var(--line);
        font-size: var(--text-small);
        color: var(--dim-ink);
        overflow-wrap: anywhere;
      }
      a {
        color: var(--teal);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'device-sheet': DeviceSheet;
  }
}
