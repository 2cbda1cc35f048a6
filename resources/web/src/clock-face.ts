/** The time and the date, as on the wall. */

import { css, html, LitElement } from 'lit';
import { customElement } from 'lit/decorators.js';

import { longDate, timeOfDay } from './format';

const MINUTE_MS = 60_000;

@customElement('clock-face')
export class ClockFace extends LitElement {
  private timer: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.tick();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.timer);
  }

  override render() {
    const now = Date.now();
    return html`<time>${timeOfDay(now)}</time>
      <p>${longDate(now)}</p>`;
  }

  private tick(): void {
    this.requestUpdate();
    this.timer = setTimeout(() => this.tick(), MINUTE_MS - (Date.now() % MINUTE_MS));
  }

  static override styles = css`
    time {
      display: block;
      font-size: var(--text-clock);
      font-weight: 300;
      line-height: 1.1;
      letter-spacing: -0.03em;
    }
    p {
      margin: 6px 0 0;
      color: var(--dim-ink);
    }
  `;
}

declare global {
  interface HTMLElementTagNameMap {
    'clock-face': ClockFace;
  }
}
