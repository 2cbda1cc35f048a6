/** Draws one control of a sheet, and says `command` when it was used. */

import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';

import './hold-button';
import './level-slider';
import './relay-picture';
import './value-stepper';
import {
  type ColorLook,
  type Control,
  controlNumber,
  type Look,
  type Option,
  type OptionsLook,
  type SwitchLook,
  type TextLook,
} from './controls';
import { icon } from './icon';
import { shared } from './style';
import type { Capability, Color, Command } from './wire';
import { say, sayOfHome } from './words';

const SEGMENTS = 4;
const SEGMENT_LETTERS = 26;

@customElement('control-row')
export class ControlRow extends LitElement {
  @property({ attribute: false }) control!: Control;
  @property({ attribute: false }) capability!: Capability;
  /** The capability's first control, which its name alone describes. */
  @property({ type: Boolean }) main = false;
  @property({ type: Boolean }) pending = false;
  @property({ attribute: false }) fetchPicture!: () => Promise<Blob>;

  /** What a finger is just setting. */
  @state() private dragged: number | null = null;
  @state() private draggedHue: number | null = null;
  /** The action that waits for its code. */
  @state() private coded: Option | null = null;

  @query('[name=code]') private readonly codeField!: HTMLInputElement | null;

  protected override updated(changed: PropertyValues<this>): void {
    const { look } = this.control;
    if ((changed as Map<PropertyKey, unknown>).has('coded')) this.codeField?.focus();
    if (look.kind === 'color') this.style.setProperty('--hue', String(this.draggedHue ?? look.color?.hue_deg ?? 0));
  }

  override render() {
    const { look, note, key } = this.control;
    const isAway = this.capability.available === false;
    const words = [
      isAway ? sayOfHome('Cannot be reached') : note || this.numberWords(look),
      ...(this.capability.trust === 'assumed' ? [sayOfHome('assumed')] : []),
    ].filter((part) => part !== '');
    return html`
      <div
        class="row"
        data-testid="control"
        data-capability=${this.capability.id}
        data-key=${key}
        data-look=${look.kind}
        data-kind=${this.capability.kind}
      >
        <div class="head">
          ${look.kind === 'value' ? html`<span class="icon">${icon(look.icon, 22)}</span>` : nothing}
          <span class="label" id="label">${this.label}</span>
          <span class="note" data-testid="control-note">${words.join(' · ')}</span>
          ${look.kind === 'switch' ? this.drawSwitch(look, isAway) : nothing}
          ${this.pending ? html`<span class="dot" role="status" aria-label=${say('asked')}></span>` : nothing}
        </div>
        ${this.draw(look, isAway)}
      </div>
    `;
  }

  private draw(look: Look, isAway: boolean) {
    switch (look.kind) {
      case 'slider':
      case 'kelvin':
        return html`<level-slider
          .label=${this.label}
          .value=${look.number}
          .low=${look.low}
          .high=${look.high}
          .step=${look.step}
          .words=${(value: number) => controlNumber(value, look.step, look.unit)}
          ?disabled=${isAway}
          @drag=${(event: CustomEvent<number>) => (this.dragged = event.detail)}
          @set=${(event: CustomEvent<number>) => {
            this.dragged = null;
            this.ask(look.set(event.detail));
          }}
        ></level-slider>`;
      case 'stepper':
        return html`<value-stepper
          .label=${this.label}
          .value=${look.number}
          .low=${look.low}
          .high=${look.high}
          .step=${look.step}
          .words=${(value: number) => controlNumber(value, look.step, look.unit)}
          ?disabled=${isAway}
          @set=${(event: CustomEvent<number>) => this.ask(look.set(event.detail))}
        ></value-stepper>`;
      case 'color':
        return this.drawColor(look, isAway);
      case 'choice':
        return this.drawChoice(look, isAway);
      case 'actions':
        return this.drawActions(look, isAway);
      case 'text':
        return this.drawText(look, isAway);
      case 'image':
        return html`<relay-picture
          .label=${this.label}
          .takenAt=${look.takenAt}
          .fetchPicture=${this.fetchPicture}
        ></relay-picture>`;
      case 'switch':
      case 'value':
        return nothing;
    }
  }

  private drawSwitch(look: SwitchLook, isAway: boolean) {
    const isOn = look.on === true;
    return html`<button
      class="switch"
      role="switch"
      data-testid="switch"
      aria-checked=${String(isOn)}
      aria-labelledby="label"
      ?disabled=${isAway}
      @click=${() => this.ask(look.set(!isOn))}
    >
      <span class="knob"></span>
    </button>`;
  }

  private drawColor(look: ColorLook, isAway: boolean) {
    const color: Color = look.color ?? { hue_deg: 0, saturation_pct: 100 };
    const set = (changed: Partial<Color>) => {
      this.draggedHue = null;
      this.ask(look.set({ ...color, ...changed }));
    };
    return html`<div class="color">
      <level-slider
        class="hue"
        .label=${say('Hue')}
        .value=${look.color === null ? null : color.hue_deg}
        .high=${360}
        .words=${(value: number) => `${Math.round(value)}°`}
        ?disabled=${isAway}
        @drag=${(event: CustomEvent<number>) => (this.draggedHue = event.detail)}
        @set=${(event: CustomEvent<number>) => set({ hue_deg: event.detail })}
      ></level-slider>
      <level-slider
        class="saturation"
        .label=${say('Saturation')}
        .value=${look.color === null ? null : color.saturation_pct}
        .words=${(value: number) => `${Math.round(value)} %`}
        ?disabled=${isAway}
        @set=${(event: CustomEvent<number>) => set({ saturation_pct: event.detail })}
      ></level-slider>
    </div>`;
  }

  private drawChoice(look: OptionsLook, isAway: boolean) {
    const { options, chosen } = look;
    const letters = options.reduce((sum, option) => sum + option.label.length, 0);
    if (options.length > SEGMENTS || letters > SEGMENT_LETTERS) {
      return html`<span class="select">
        <select
          aria-labelledby="label"
          ?disabled=${isAway}
          .value=${live(chosen ?? '')}
          @change=${(event: Event) => this.ask(look.set((event.target as HTMLSelectElement).value))}
        >
          ${options.some((option) => option.value === chosen) ? nothing : html`<option value="" disabled hidden selected></option>`}
          ${options.map(
            (option) =>
              html`<option value=${option.value} ?selected=${option.value === chosen}>${option.label}</option>`,
          )}
        </select>
        ${icon('chevron-down', 20)}
      </span>`;
    }
    return html`<div class="segments" role="radiogroup" aria-labelledby="label">
      ${options.map(
        (option) => html`<label class="segment">
          <input
            type="radio"
            name="choice"
            .value=${option.value}
            .checked=${live(option.value === chosen)}
            ?disabled=${isAway}
            @change=${() => this.ask(look.set(option.value))}
          />
          <span>${option.label}</span>
        </label>`,
      )}
    </div>`;
  }

  private drawActions(look: OptionsLook, isAway: boolean) {
    if (this.coded !== null) return this.drawCode(look, this.coded);
    if (look.options.length === 0) return nothing;
    const start = (option: Option) => {
      if (option.code === true) this.coded = option;
      else this.ask(look.set(option.value));
    };
    return html`<div class="actions">
      ${look.options.map((option) =>
        option.hold === true && option.code !== true
          ? html`<hold-button
              .label=${option.label}
              data-testid="action"
              data-value=${option.value}
              ?disabled=${isAway}
              @held=${() => start(option)}
            ></hold-button>`
          : html`<button
              class="pill ${option.value === look.chosen ? 'chosen' : ''}"
              data-testid="action"
              data-value=${option.value}
              ?disabled=${isAway}
              @click=${() => start(option)}
            >
              ${option.label}
            </button>`,
      )}
    </div>`;
  }

  private drawCode(look: OptionsLook, option: Option) {
    const submit = (event: SubmitEvent) => {
      event.preventDefault();
      const code = String(new FormData(event.target as HTMLFormElement).get('code') ?? '');
      this.coded = null;
      this.ask(look.set(option.value, code));
    };
    return html`<form class="line" @submit=${submit} autocomplete="off">
      <input
        name="code"
        type="password"
        inputmode="numeric"
        autocomplete="off"
        required
        placeholder=${say('Code')}
        aria-label=${say('Code')}
      />
      <button class="pill main">${option.label}</button>
      <button class="round" type="button" aria-label=${say('Cancel')} @click=${() => (this.coded = null)}>
        ${icon('x', 22)}
      </button>
    </form>`;
  }

  private drawText(look: TextLook, isAway: boolean) {
    const submit = (event: SubmitEvent) => {
      event.preventDefault();
      const form = event.target as HTMLFormElement;
      const text = String(new FormData(form).get('text') ?? '');
      this.ask(look.set(text));
      if (look.isMessage) form.reset();
    };
    return html`<form class="line" @submit=${submit} autocomplete="off">
      <input
        name="text"
        type=${look.secret ? 'password' : 'text'}
        autocomplete=${look.secret ? 'new-password' : 'off'}
        maxlength=${look.most}
        ?required=${look.isMessage}
        .defaultValue=${look.text}
        aria-labelledby="label"
        ?disabled=${isAway}
      />
      <button class="pill" ?disabled=${isAway}>${look.isMessage ? say('Send') : say('Set')}</button>
    </form>`;
  }

  private get label(): string {
    const { label } = this.control;
    const { name } = this.capability;
    if (name === null || name === '') return label;
    return this.main ? name : `${name} · ${label}`;
  }

  private numberWords(look: Look): string {
    if (look.kind !== 'slider' && look.kind !== 'kelvin') return '';
    const now = this.dragged ?? look.number;
    return now === null ? '' : controlNumber(now, look.step, look.unit);
  }

  private ask(detail: Command): void {
    this.dispatchEvent(new CustomEvent('command', { detail }));
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }
      .row {
        display: grid;
        gap: 8px;
        padding: 8px 0;
      }
      .head {
        display: flex;
        align-items: center;
        gap: 12px;
        min-height: 32px;
      }
      [data-look='switch'] .head,
      [data-look='value'] .head {
        min-height: var(--touch);
      }
      .icon {
        display: grid;
        color: var(--dim-ink);
      }
      .label {
        flex: 1 1 auto;
        min-width: 0;
        font-weight: 600;
        font-size: 1rem;
        overflow-wrap: anywhere;
      }
      [data-look='value'] .label {
        font-weight: 400;
      }
      .note {
        flex: 0 1 auto;
        min-width: 0;
        color: var(--dim-ink);
        font-size: 1rem;
        text-align: end;
        font-variant-numeric: tabular-nums;
        overflow-wrap: anywhere;
      }
      [data-look='value'] .note {
        color: var(--ink);
      }
      .dot {
        flex: none;
        width: 10px;
        height: 10px;
        border-radius: 50%;
        background: var(--teal);
        animation: pulse 1s ease-in-out infinite alternate;
      }
      @keyframes pulse {
        to {
          opacity: 0.3;
        }
      }
      button.switch {
        position: relative;
        flex: none;
        width: 64px;
        height: var(--touch);
        order: 1;
      }
      button.switch::before {
        content: '';
        position: absolute;
        inset: 7px 2px;
        border-radius: 17px;
        background: var(--line);
        transition: background-color var(--quick) ease-out;
      }
      button.switch[aria-checked='true']::before {
        background: var(--teal);
      }
      .knob {
        position: absolute;
        inset: 11px auto auto 6px;
        width: 26px;
        height: 26px;
        border-radius: 50%;
        background: #fff;
        transition: transform var(--quick) ease-out;
      }
      [aria-checked='true'] .knob {
        transform: translateX(26px);
      }
      [data-kind='light'] level-slider {
        --slider-fill: var(--amber);
      }
      [data-kind='cover'] level-slider,
      [data-kind='valve'] level-slider,
      [data-kind='fan'] level-slider,
      [data-kind='humidifier'] level-slider {
        --slider-fill: var(--blue);
      }
      [data-look='kelvin'] level-slider {
        --slider-track: linear-gradient(to right, #ffb46b, #ffe9d2 45%, #e3ecff);
        --slider-thumb: #172026;
      }
      .color {
        display: grid;
        gap: 4px;
      }
      .hue {
        --slider-track: linear-gradient(to right, #f44, #fe4, #4d4, #4de, #44f, #e4e, #f44);
        --slider-thumb: #172026;
      }
      .saturation {
        --slider-track: linear-gradient(to right, #fff, hsl(var(--hue, 0) 100% 55%));
        --slider-thumb: #172026;
      }
      .segments {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
        padding: 4px;
        border-radius: calc(var(--touch) / 2 + 4px);
        background: var(--inset);
      }
      .segment {
        position: relative;
        flex: 1 1 0;
        min-width: max-content;
        max-width: 100%;
        cursor: pointer;
      }
      .segment input {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        margin: 0;
        opacity: 0;
        cursor: pointer;
      }
      .segment span {
        display: grid;
        place-items: center;
        min-height: var(--touch);
        padding: 4px 8px;
        border-radius: calc(var(--touch) / 2);
        font-size: var(--text-second);
        font-weight: 600;
        text-align: center;
        overflow-wrap: anywhere;
      }
      .segment input:checked + span {
        background: var(--teal);
        color: var(--on-accent);
      }
      .segment input:focus-visible + span {
        outline: 3px solid var(--teal);
        outline-offset: 2px;
      }
      .select {
        position: relative;
        display: block;
      }
      .select svg {
        position: absolute;
        inset: 0 16px 0 auto;
        margin-block: auto;
        pointer-events: none;
      }
      select,
      .line input {
        appearance: none;
        width: 100%;
        min-height: var(--touch);
        padding: 8px 18px;
        border: 0;
        border-radius: calc(var(--touch) / 2);
        background: var(--inset);
        font-size: 1rem;
      }
      select {
        padding-inline-end: 44px;
        font-weight: 600;
        text-overflow: ellipsis;
      }
      option {
        background: var(--tile);
        color: var(--ink);
      }
      .actions {
        display: flex;
        flex-wrap: wrap;
        gap: 8px;
      }
      .actions > * {
        flex: 1 1 auto;
      }
      .chosen {
        background: var(--teal-fill);
        color: var(--teal);
      }
      .line {
        display: flex;
        gap: 8px;
      }
      .line input {
        flex: 1;
        min-width: 0;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'control-row': ControlRow;
  }
}
