/** A slider as broad as a finger. It follows the finger by itself and says `set` once, when it is let go. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';

import { shared } from './style';

@customElement('level-slider')
export class LevelSlider extends LitElement {
  @property() label = '';
  /** Null while unknown: the thumb stands at the lower end, and nothing is filled. */
  @property({ attribute: false }) value: number | null = null;
  @property({ type: Number }) low = 0;
  @property({ type: Number }) high = 100;
  @property({ type: Number }) step = 1;
  @property({ type: Boolean }) disabled = false;
  /** Returns a value in words. */
  @property({ attribute: false }) words: (value: number) => string = String;

  /** Where the finger is. */
  @state() private dragged: number | null = null;

  protected override updated(): void {
    const now = this.dragged ?? this.value;
    const span = this.high - this.low;
    const share = now === null || span <= 0 ? 0 : Math.min(1, Math.max(0, (now - this.low) / span));
    this.style.setProperty('--share', String(share));
    this.toggleAttribute('data-unknown', now === null);
  }

  override render() {
    const now = this.dragged ?? this.value;
    return html`<input
      type="range"
      min=${this.low}
      max=${this.high}
      step=${this.step > 0 ? this.step : 'any'}
      .value=${String(now ?? this.low)}
      aria-label=${this.label}
      aria-valuetext=${now === null ? nothing : this.words(now)}
      ?disabled=${this.disabled}
      @input=${this.onInput}
      @change=${this.onChange}
    />`;
  }

  private onInput(event: Event): void {
    this.dragged = (event.target as HTMLInputElement).valueAsNumber;
    this.dispatchEvent(new CustomEvent('drag', { detail: this.dragged }));
  }

  private onChange(event: Event): void {
    this.dragged = null;
    this.dispatchEvent(new CustomEvent('set', { detail: (event.target as HTMLInputElement).valueAsNumber }));
  }

  static override styles = [
    shared,
    css`
      :host {
        --thumb: 28px;
        --edge: calc(var(--thumb) / 2 + var(--share, 0) * (100% - var(--thumb)));
        --track: linear-gradient(
          to right,
          var(--slider-fill, var(--teal)) var(--edge),
          var(--inset) var(--edge)
        );
        display: block;
      }
      input {
        appearance: none;
        display: block;
        width: 100%;
        height: var(--touch);
        margin: 0;
        border-radius: var(--radius-inset);
        background: none;
        cursor: pointer;
        touch-action: pan-y;
      }
      input::-webkit-slider-runnable-track {
        height: 40px;
        border-radius: var(--radius-inset);
        background: var(--slider-track, var(--track));
      }
      input::-moz-range-track {
        height: 40px;
        border-radius: var(--radius-inset);
        background: var(--slider-track, var(--track));
      }
      input::-webkit-slider-thumb {
        appearance: none;
        width: var(--thumb);
        height: 40px;
        border: 11px solid transparent;
        border-block-width: 9px;
        border-radius: 14px;
        background: var(--slider-thumb, var(--on-accent)) padding-box;
      }
      input::-moz-range-thumb {
        width: 6px;
        height: 22px;
        border: 11px solid transparent;
        border-radius: 14px;
        background: var(--slider-thumb, var(--on-accent)) padding-box;
      }
      :host([data-unknown]) {
        --track: var(--inset);
        --slider-thumb: var(--dim-ink);
      }
      input:focus-visible {
        outline-offset: 0;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'level-slider': LevelSlider;
  }
}
