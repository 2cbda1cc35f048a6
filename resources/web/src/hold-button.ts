/**
 * A button for what should not happen by accident: it says `held` after a second's press, by finger or key.
 *
 * Whoever cannot hold (a screen reader clicks) is asked to press once more instead.
 */

import { css, html, LitElement } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';

import { waits } from '../../theme.json';
import { shared } from './style';
import { say } from './words';

const CONFIRM_WITHIN_MS = 6000;

@customElement('hold-button')
export class HoldButton extends LitElement {
  @property() label = '';
  @property({ type: Boolean }) disabled = false;

  @state() private isHolding = false;
  @state() private isAsking = false;

  private timer: ReturnType<typeof setTimeout> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.release();
    this.isAsking = false;
  }

  override render() {
    return html`<button
      class="pill"
      ?disabled=${this.disabled}
      ?data-holding=${this.isHolding}
      aria-label=${this.isAsking ? say('%1: press again to confirm', this.label) : this.label}
      @pointerdown=${this.hold}
      @pointerup=${this.release}
      @pointerleave=${this.release}
      @pointercancel=${this.release}
      @contextmenu=${(event: Event) => event.preventDefault()}
      @keydown=${this.onKey}
      @keyup=${this.release}
      @blur=${this.release}
      @click=${this.onClick}
    >
      <span class="fill"></span>
      <span class="label">${this.label}<small>${this.isAsking ? say('press again') : say('hold')}</small></span>
    </button>`;
  }

  private readonly hold = (): void => {
    if (this.isHolding || this.disabled) return;
    this.isHolding = true;
    this.timer = setTimeout(() => {
      this.release();
      this.confirm();
    }, waits.hold);
  };

  private readonly release = (): void => {
    clearTimeout(this.timer);
    this.isHolding = false;
  };

  private onKey(event: KeyboardEvent): void {
    if (event.key !== 'Enter' && event.key !== ' ') return;
    event.preventDefault();
    if (!event.repeat) this.hold();
  }

  /** Clicks without a finger (no detail) are not made by keys, which `onKey` keeps to itself. */
  private onClick(event: MouseEvent): void {
    if (event.detail > 0) return;
    if (this.isAsking) {
      this.confirm();
      return;
    }
    this.isAsking = true;
    this.timer = setTimeout(() => {
      this.isAsking = false;
    }, CONFIRM_WITHIN_MS);
  }

  private confirm(): void {
    this.isAsking = false;
    this.dispatchEvent(new CustomEvent('held'));
  }

  static override styles = [
    shared,
    css`
      :host {
        display: inline-flex;
      }
      button {
        position: relative;
        width: 100%;
        overflow: hidden;
        touch-action: none;
      }
      .fill {
        position: absolute;
        inset: 0;
        background: var(--teal-fill);
        transform: scaleX(0);
        transform-origin: left;
      }
      [data-holding] .fill {
        animation: hold var(--hold) linear forwards !important;
      }
      .label {
        position: relative;
        display: grid;
        justify-items: center;
        line-height: 1.1;
      }
      small {
        font-size: var(--text-small);
        font-weight: 400;
        color: var(--dim-ink);
      }
      @keyframes hold {
        to {
          transform: scaleX(1);
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'hold-button': HoldButton;
  }
}
