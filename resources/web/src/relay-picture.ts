/** A device's latest picture, fetched anew whenever the device took another one. */

import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';

import { shared } from './style';
import { say } from './words';

@customElement('relay-picture')
export class RelayPicture extends LitElement {
  @property() label = '';
  /** When it was taken; null for no picture yet. */
  @property({ attribute: false }) takenAt: number | null = null;
  @property({ attribute: false }) fetchPicture!: () => Promise<Blob>;

  @state() private address = '';
  @state() private hasFailed = false;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.forget();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('takenAt') && this.takenAt !== null) void this.load(this.takenAt);
  }

  override render() {
    if (this.hasFailed) return html`<p role="status">${say('The picture cannot be shown')}</p>`;
    return this.address === '' ? nothing : html`<img src=${this.address} alt=${this.label} />`;
  }

  private async load(takenAt: number): Promise<void> {
    let blob: Blob | null = null;
    try {
      blob = await this.fetchPicture();
    } catch {
      blob = null;
    }
    if (!this.isConnected || takenAt !== this.takenAt) return;
    this.forget();
    this.hasFailed = blob === null;
    if (blob !== null) this.address = URL.createObjectURL(blob);
  }

  private forget(): void {
    if (this.address !== '') URL.revokeObjectURL(this.address);
    this.address = '';
  }

  static override styles = [
    shared,
    css`
      img {
        display: block;
        width: 100%;
        max-height: 50vh;
        object-fit: contain;
        border-radius: var(--radius-inset);
        background: var(--inset);
      }
      p {
        color: var(--dim-ink);
        font-size: var(--text-second);
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'relay-picture': RelayPicture;
  }
}
