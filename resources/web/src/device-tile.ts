/**
 * One device at a glance, and the one thing that a touch does.
 *
 * The relay decides what it shows. A touch, a drag along the fill, a long press and the keyboard become `ask` and
 * `open` events; nothing is sent from here. What needs a hold is asked for after a second's press; a short touch on it
 * opens the sheet, where the same can be done without a steady hand.
 */

import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';

import { waits } from '../../theme.json';
import { sayPhrase } from './format';
import { icon } from './icon';
import { shared } from './style';
import type { Capability, Command, Device, TileButton } from './wire';
import { say } from './words';

/** A command that a person asks for. */
export interface Ask {
  readonly device: string;
  readonly capability: string;
  readonly command: Command;
}

const LONG_PRESS_MS = 500;
const DRAG_STARTS_PX = 10;
const SHORT_NUMBER = 5;
const MIDDLE_NUMBER = 8;

interface Press {
  readonly x: number;
  readonly y: number;
  readonly timer: ReturnType<typeof setTimeout>;
}

@customElement('device-tile')
export class DeviceTile extends LitElement {
  @property({ attribute: false }) device!: Device;
  /** Something is on its way to this device. */
  @property({ type: Boolean }) asked = false;
  /** The link to the home is down: what is shown may be old. */
  @property({ type: Boolean }) stale = false;

  /** Where a drag has got to, from 0 to 100. */
  @state() private dragged: number | null = null;
  @state() private holding = false;

  private press: Press | null = null;
  private isClickSpent = false;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.release();
  }

  protected override updated(changed: PropertyValues<this>): void {
    const { tile } = this.device;
    this.style.setProperty('--level', `${this.level ?? 0}%`);
    if (!changed.has('device') && !changed.has('stale')) return;
    this.dataset.tone = tile.tone;
    this.toggleAttribute('data-on', tile.on === true);
    this.toggleAttribute('data-stale', this.isStale);
  }

  override render() {
    const { tile, name } = this.device;
    const isGang = tile.buttons !== undefined && tile.buttons.length > 0;
    const words = this.words();
    const isToggle = tile.touch?.command.do === 'turn';
    return html`
      <div class="tile" data-testid="tile" data-device=${this.device.id}>
        <div class="fill" ?hidden=${this.level === null}></div>
        ${isGang
          ? html`<div class="gang" data-count=${tile.buttons?.length ?? 0}>
              ${tile.buttons?.map((one) => this.gangButton(one))}
            </div>`
          : nothing}
        <button
          class="main"
          data-testid="tile-touch"
          aria-pressed=${isToggle ? String(tile.on === true) : nothing}
          aria-describedby="words"
          aria-labelledby="name number"
          @click=${this.onClick}
          @contextmenu=${this.onMenu}
          @pointerdown=${this.onDown}
          @pointermove=${this.onMove}
          @pointerup=${this.release}
          @pointercancel=${this.release}
        >
          ${isGang
            ? nothing
            : html`<span class="top">
                <span class="circle">${icon(tile.icon)}</span>
                <span class="number ${numberSize(tile.number)}" id="number" data-testid="tile-number"
                  >${tile.number ?? nothing}</span
                >
              </span>`}
          <span class="name" id="name" data-testid="tile-name">${name}</span>
          <span class="words" id="words" data-testid="tile-words">${words}</span>
        </button>
        <button
          class="more"
          data-testid="tile-more"
          aria-label=${say('%1: details', name)}
          aria-haspopup="dialog"
          @click=${this.open}
        >
          ${icon('ellipsis', 20)}
        </button>
        <div class="hold" ?hidden=${!this.holding}></div>
        <div class="pending" ?hidden=${!this.isPending} data-testid="tile-pending"></div>
        ${this.isPending ? html`<span class="unseen" role="status">${say('%1: asked', name)}</span>` : nothing}
      </div>
    `;
  }

  private gangButton(button: TileButton) {
    const isOn = button.on === true;
    return html`
      <button
        class="switch"
        data-testid="tile-button"
        data-capability=${button.capability}
        aria-pressed=${String(isOn)}
        aria-label=${button.name === '' ? this.device.name : `${this.device.name}, ${button.name}`}
        ?data-pending=${button.pending}
        @click=${() => this.ask(button.touch.capability, button.touch.command)}
        @contextmenu=${this.onMenu}
      >
        ${icon('power')}
      </button>
    `;
  }

  /** What a finger is doing comes before what the device says. */
  private words(): string {
    if (this.dragged !== null) return `${this.dragged} %`;
    if (this.holding) return say('keep holding…');
    return this.device.tile.words.map(sayPhrase).join(' · ');
  }

  private get isStale(): boolean {
    return this.stale || this.device.tile.stale === true;
  }

  private get isPending(): boolean {
    return this.asked || this.device.tile.pending === true;
  }

  private get level(): number | null {
    return this.dragged ?? (this.isStale ? null : (this.device.tile.level ?? null));
  }

  private ask(capability: string, command: Command): void {
    const detail: Ask = { device: this.device.id, capability, command };
    this.dispatchEvent(new CustomEvent('ask', { detail, bubbles: true, composed: true }));
  }

  private readonly open = (): void => {
    this.dispatchEvent(new CustomEvent('open', { detail: this.device.id, bubbles: true, composed: true }));
  };

  private onClick(event: MouseEvent): void {
    // A press that was held or dragged has had its effect; a click of the keyboard (no detail) follows no press.
    if (this.isClickSpent && event.detail > 0) {
      this.isClickSpent = false;
      return;
    }
    const { touch } = this.device.tile;
    if (touch === undefined || touch.hold === true) this.open();
    else this.ask(touch.capability, touch.command);
  }

  private onMenu(event: Event): void {
    event.preventDefault();
    // A finger's long press also says so on some systems; then the press decides what it means.
    if (this.press === null) this.open();
  }

  private onDown(event: PointerEvent): void {
    this.release();
    this.isClickSpent = false;
    if (event.button !== 0) return;
    const { touch } = this.device.tile;
    const isHeld = touch?.hold === true;
    this.holding = isHeld;
    const timer = setTimeout(
      () => {
        this.release();
        this.isClickSpent = true;
        if (isHeld) this.ask(touch.capability, touch.command);
        else this.open();
      },
      isHeld ? waits.hold : LONG_PRESS_MS,
    );
    this.press = { x: event.clientX, y: event.clientY, timer };
  }

  private onMove(event: PointerEvent): void {
    if (this.press === null) return;
    const x = event.clientX - this.press.x;
    const y = event.clientY - this.press.y;
    if (this.dragged === null) {
      if (Math.hypot(x, y) < DRAG_STARTS_PX) return;
      clearTimeout(this.press.timer);
      this.holding = false;
      if (this.device.tile.slide === undefined || Math.abs(x) < Math.abs(y)) return;
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
    }
    const start = this.device.tile.level ?? 0;
    this.dragged = Math.round(Math.min(100, Math.max(0, start + (x / this.clientWidth) * 100)));
  }

  private readonly release = (event?: Event): void => {
    const level = this.dragged;
    clearTimeout(this.press?.timer);
    this.press = null;
    this.holding = false;
    this.dragged = null;
    if (level === null || event?.type !== 'pointerup') return;
    this.isClickSpent = true;
    const { slide } = this.device.tile;
    const capability = this.device.capabilities.find((one) => one.id === slide);
    const command = capability === undefined ? null : slideCommand(capability, level);
    if (capability !== undefined && command !== null) this.ask(capability.id, command);
  };

  static override styles = [
    shared,
    css`
      :host {
        --accent: var(--dim-ink);
        --accent-fill: var(--inset);
        display: block;
        content-visibility: auto;
        contain-intrinsic-size: auto 128px;
        container-type: inline-size;
        border-radius: var(--radius-tile);
      }
      :host([data-tone='amber']) {
        --accent: var(--amber);
        --accent-fill: var(--amber-fill);
      }
      :host([data-tone='blue']) {
        --accent: var(--blue);
        --accent-fill: var(--blue-fill);
      }
      :host([data-tone='green']) {
        --accent: var(--green);
        --accent-fill: var(--green-fill);
      }
      :host([data-tone='red']) {
        --accent: var(--red);
        --accent-fill: var(--red-fill);
      }
      .tile {
        position: relative;
        display: flex;
        flex-direction: column;
        height: 100%;
        overflow: hidden;
        border-radius: inherit;
        background: var(--tile);
      }
      .fill {
        position: absolute;
        inset: 0 auto 0 0;
        width: var(--level);
        background: var(--accent-fill);
        transition: width var(--calm) ease-out;
        pointer-events: none;
      }
      .main {
        position: relative;
        display: grid;
        grid-template-rows: auto 1fr auto;
        flex: 1;
        width: 100%;
        padding: 16px 16px 14px;
        text-align: start;
        border-radius: inherit;
        touch-action: pan-y;
      }
      .main:focus-visible,
      .more:focus-visible {
        outline-offset: -4px;
      }
      .top {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 8px;
        min-height: 46px;
      }
      .circle {
        display: grid;
        place-items: center;
        flex: none;
        width: var(--icon-circle);
        height: var(--icon-circle);
        border-radius: 50%;
        background: var(--accent-fill);
        color: var(--accent);
        transition: background-color var(--calm) ease-out;
      }
      :host([data-on]) .circle {
        background: var(--accent);
        color: var(--on-accent);
      }
      :host([data-on][data-tone='plain']) .circle {
        background: var(--ink);
        color: var(--background);
      }
      .number {
        margin-inline-start: auto;
        font-size: var(--text-number);
        font-weight: 300;
        line-height: 1;
        letter-spacing: -0.02em;
        white-space: nowrap;
      }
      .number.middle {
        font-size: 1.625rem;
      }
      .number.small {
        font-size: 1.25rem;
      }
      @container (max-width: 168px) {
        .number {
          font-size: 1.625rem;
        }
        .number.middle {
          font-size: 1.25rem;
        }
        .number.small {
          font-size: 1rem;
        }
      }
      .name {
        align-self: end;
        margin-top: 6px;
        font-size: var(--text-name);
        font-weight: 600;
        line-height: 1.25;
      }
      .words {
        margin-top: 2px;
        font-size: var(--text-second);
        color: var(--dim-ink);
        min-height: 1.35em;
      }
      :host([data-on]) .words {
        color: color-mix(in srgb, var(--dim-ink) 70%, var(--ink));
      }
      .name,
      .words {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
        line-clamp: 2;
        overflow: hidden;
        overflow-wrap: anywhere;
      }
      .gang {
        position: relative;
        display: grid;
        grid-template-columns: repeat(2, minmax(var(--touch), 1fr));
        gap: 8px;
        padding: 16px 16px 0;
      }
      @container (min-width: 200px) {
        .gang[data-count='3'] {
          grid-template-columns: repeat(3, 1fr);
        }
      }
      @container (min-width: 228px) {
        .gang[data-count='4'] {
          grid-template-columns: repeat(4, 1fr);
          gap: 4px;
          padding-inline: 12px;
        }
      }
      .gang + .main {
        grid-template-rows: 1fr auto;
        padding-top: 4px;
      }
      .switch {
        display: grid;
        place-items: center;
        min-width: var(--touch);
        height: var(--touch);
        border-radius: var(--radius-inset);
        background: var(--inset);
        color: var(--dim-ink);
        transition: background-color var(--calm) ease-out;
      }
      .switch[aria-pressed='true'] {
        background: var(--amber);
        color: var(--on-accent);
      }
      .switch[data-pending] {
        box-shadow: inset 0 -4px 0 var(--teal);
      }
      .more {
        position: absolute;
        inset: auto 4px 4px auto;
        display: grid;
        place-items: center;
        width: 40px;
        height: 40px;
        border-radius: 20px;
        background: var(--inset);
        color: var(--dim-ink);
        opacity: 0;
        pointer-events: none;
      }
      .more:focus-visible {
        opacity: 1;
      }
      @media (hover: hover) {
        :host(:hover) .more {
          opacity: 1;
          pointer-events: auto;
        }
      }
      .pending,
      .hold {
        position: absolute;
        inset: auto 0 0 0;
        height: 4px;
        background: var(--teal);
        pointer-events: none;
      }
      .pending {
        width: 45%;
        border-radius: 0 4px 4px 0;
        animation: run var(--pending-round) ease-in-out infinite;
      }
      .hold {
        height: 6px;
        transform-origin: left;
        animation: hold var(--hold) linear forwards;
      }
      @keyframes run {
        from {
          transform: translateX(-100%);
        }
        to {
          transform: translateX(225%);
        }
      }
      @keyframes hold {
        from {
          transform: scaleX(0);
        }
      }
      :host([data-stale]) .tile {
        background: none;
        outline: 2px dashed var(--line);
        outline-offset: -2px;
      }
      :host([data-stale]) .fill {
        display: none;
      }
      :host([data-stale]) .circle {
        background: var(--inset);
        color: var(--dim-ink);
      }
      :host([data-stale]) .circle,
      :host([data-stale]) .number,
      :host([data-stale]) .name,
      :host([data-stale]) .switch {
        opacity: 0.55;
      }
      @media (prefers-reduced-motion: reduce) {
        .pending {
          width: 100%;
        }
      }
      @media (forced-colors: active) {
        .tile {
          border: 1px solid;
        }
        .pending,
        .hold {
          background: Highlight;
        }
      }
    `,
  ];
}

/** Return the command for a level that was dragged on a tile, from 0 to 100; null for what has no level. */
export function slideCommand(capability: Capability, level: number): Command | null {
  switch (capability.kind) {
    case 'light':
      return level > 0 ? { do: 'set_light', brightness_pct: level } : { do: 'turn', on: false };
    case 'cover':
      return { do: 'move_cover', position_pct: level };
    case 'valve':
      return { do: 'move_valve', position_pct: level };
    case 'fan':
      return { do: 'set_fan', speed_pct: level };
    default:
      return null;
  }
}

function numberSize(number: string | undefined): string {
  if (number === undefined || number.length <= SHORT_NUMBER) return '';
  return number.length <= MIDDLE_NUMBER ? 'middle' : 'small';
}

declare global {
  interface HTMLElementTagNameMap {
    'device-tile': DeviceTile;
  }
}
