/** What went wrong, said once at the lower edge, with the device's name. */

import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';

import { waits } from '../../theme.json';
import { icon } from './icon';
import type { Notice } from './store';
import { shared } from './style';
import type { Device } from './wire';
import { say } from './words';

@customElement('toast-list')
export class ToastList extends LitElement {
  @property({ attribute: false }) notices: readonly Notice[] = [];
  @property({ attribute: false }) devices: ReadonlyMap<string, Device> = new Map();

  private readonly timers = new Map<number, ReturnType<typeof setTimeout>>();

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
  }

  protected override willUpdate(): void {
    const ids = new Set(this.notices.map((notice) => notice.id));
    for (const [id, timer] of this.timers) {
      if (ids.has(id)) continue;
      clearTimeout(timer);
      this.timers.delete(id);
    }
    for (const id of ids) {
      if (!this.timers.has(id)) this.timers.set(id, setTimeout(() => this.dismiss(id), waits.toast));
    }
  }

  override render() {
    return html`<div class="list" role="alert">
      ${repeat(
        this.notices,
        (notice) => notice.id,
        (notice) => html`<div class="toast" data-testid="toast" data-code=${notice.code}>
          ${icon('triangle-alert', 22)}
          <p>${noticeWords(notice, this.devices.get(notice.device)?.name ?? notice.device)}</p>
          <button class="round" aria-label=${say('Dismiss')} @click=${() => this.dismiss(notice.id)}>
            ${icon('x', 20)}
          </button>
        </div>`,
      )}
    </div>`;
  }

  private dismiss(id: number): void {
    this.dispatchEvent(new CustomEvent('dismiss', { detail: id, bubbles: true, composed: true }));
  }

  static override styles = [
    shared,
    css`
      .list {
        position: fixed;
        inset: auto 0 max(16px, env(safe-area-inset-bottom)) 0;
        z-index: 10;
        display: grid;
        justify-items: center;
        gap: 8px;
        padding-inline: 16px;
        pointer-events: none;
      }
      .toast {
        display: flex;
        align-items: center;
        gap: 12px;
        max-width: 560px;
        padding: 6px 6px 6px 18px;
        border-radius: 28px;
        background: var(--red-fill);
        color: var(--red);
        box-shadow: 0 6px 24px rgb(0 0 0 / 25%);
        pointer-events: auto;
        animation: rise var(--calm) ease-out;
      }
      .toast svg {
        flex: none;
      }
      p {
        color: var(--ink);
        font-size: var(--text-second);
        overflow-wrap: anywhere;
      }
      @keyframes rise {
        from {
          opacity: 0;
          transform: translateY(12px);
        }
      }
    `,
  ];
}

/** Return why a command failed, naming the device. */
export function noticeWords({ code, message }: Notice, name: string): string {
  switch (code) {
    case 'device_unavailable':
      return say('%1 did not answer', name);
    case 'link_down':
      return say('%1: the link to the device is down', name);
    case 'offline':
      return say('%1: not connected to the home', name);
    case 'silent':
      return say('%1: the home did not answer', name);
    case 'forbidden':
      return say('%1: you may not do that', name);
    case 'not_found':
      return say('%1 is no longer there', name);
    case 'invalid':
      return say('%1 did not accept that', name);
    case 'replayed':
      return say('%1: this was asked before. Ask again.', name);
    case 'outside_hours':
      return say('%1: this is outside the hours that were chosen for you', name);
    case 'too_many_tries':
      return say('%1: too much at once', name);
    default:
      return `${name}: ${message}`;
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'toast-list': ToastList;
  }
}
