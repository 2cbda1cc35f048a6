/** A number with a button on either side. Quick presses are gathered: it says `set` once they have stopped. */

import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';

import { icon } from './icon';
import { shared } from './style';
import { say } from './words';

const GATHER_MS = 600;

@customElement('value-stepper')
export class ValueStepper extends LitElement {
  @property() label = '';
  @property({ attribute: false }) value: number | null = null;
  @property({ type: Number }) low = 0;
  @property({ type: Number }) high = 100;
  @property({ type: Number }) step = 1;
  @property({ type: Boolean }) disabled = false;
  @property({ attribute: false }) words: (value: number) => string = String;

  /** Where the presses have got to. */
  @state() private gathered: number | null = null;

  private timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.tell();
  }

  override render() {
    const now = this.gathered ?? this.value;
    return html`
      <button
        class="round"
        aria-label=${say('%1: less', this.label)}
        ?disabled=${this.disabled || (now !== null && now <= this.low)}
        @click=${() => this.stepBy(-1)}
      >
        ${icon('minus')}
      </button>
      <output aria-label=${this.label}>${now === null ? '–' : this.words(now)}</output>
      <button
        class="round"
        aria-label=${say('%1: more', this.label)}
        ?disabled=${this.disabled || (now !== null && now >= this.high)}
        @click=${() => this.stepBy(1)}
      >
        ${icon('plus')}
      </button>
    `;
  }

  private stepBy(steps: number): void {
    const step = this.step > 0 ? this.step : 1;
    const start = this.gathered ?? this.value ?? (this.low + this.high) / 2;
    const next = (Math.round(start / step) + steps) * step;
    this.gathered = Number(Math.min(this.high, Math.max(this.low, next)).toFixed(6));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.tell(), GATHER_MS);
  }

  private tell(): void {
    clearTimeout(this.timer);
    const detail = this.gathered;
    this.gathered = null;
    if (detail !== null && detail !== this.value) this.dispatchEvent(new CustomEvent('set', { detail }));
  }

  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: 12px;
      }
      .round {
        width: var(--touch-hurried);
        height: var(--touch-hurried);
        background: var(--inset);
        color: var(--ink);
      }
      output {
        font-size: var(--text-number);
        font-weight: 300;
        line-height: 1;
        font-variant-numeric: tabular-nums;
        text-align: center;
        min-width: 0;
        overflow-wrap: anywhere;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'value-stepper': ValueStepper;
  }
}
