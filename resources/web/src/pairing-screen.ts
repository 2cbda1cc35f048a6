/**
 * The way in: say who asks, look at the wall, type the code that it shows.
 *
 * The relay counts the tries and ends the code; what is counted here only tells the person how they stand.
 */

import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { customElement, property, query, state } from 'lit/decorators.js';
import { live } from 'lit/directives/live.js';

import './language-choice';
import './login-form';
import { clientName } from './client-name';
import { countdown } from './format';
import { icon } from './icon';
import { type PairingRequest, type Relay, RelayError } from './relay';
import type { Strangeness } from './store';
import { shared } from './style';
import { say } from './words';

const DIGITS = 6;
const TRIES = 5;
const TICK_MS = 250;
const NAME_LENGTH = 64;

@customElement('pairing-screen')
export class PairingScreen extends LitElement {
  @property({ attribute: false }) relay!: Relay;
  @property() why: Strangeness = 'new';
  /** Who was in by a login is shown that way first. */
  @property({ type: Boolean }) wasLogin = false;

  @state() private name = clientName(navigator);
  @state() private isLoggingIn = false;
  @state() private request: PairingRequest | null = null;
  @state() private code = '';
  @state() private triesLeft = TRIES;
  @state() private remainingS = 0;
  @state() private isBusy = false;
  @state() private problem = '';

  @query('#code') private readonly codeField!: HTMLInputElement | null;

  private endsAt = 0;
  private ticker: ReturnType<typeof setInterval> | undefined;

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.ticker);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('wasLogin')) this.isLoggingIn = this.wasLogin;
  }

  override render() {
    return html`<main>
      <div class="card">
        <span class="circle">${icon(this.isLoggingIn ? 'user' : this.request === null ? 'house' : 'smartphone', 32)}</span>
        ${this.isLoggingIn ? this.loggingIn() : this.request === null ? this.asking() : this.typing()}
      </div>
      <footer>
        <language-choice></language-choice>
        ${isSecureContext
          ? nothing
          : html`<a href="/trust" data-testid="plain-http">
              ${say('Without the secure address: no microphone, no installation as an app')}
            </a>`}
      </footer>
    </main>`;
  }

  private asking() {
    const why = this.wasLogin ? 'new' : this.why;
    return html`<form data-testid="pairing-ask" @submit=${this.onAsk}>
      <h1>${say('Come in')}</h1>
      <p>
        ${why === 'ended'
          ? say('This device was disconnected at the home. Pair it again to come back.')
          : why === 'left'
            ? say('This device is disconnected. Pair it again to come back.')
            : say('Pair this device with the home. The panel on the wall will show who asks, and a code.')}
      </p>
      <label class="field">
        <span>${say('Name of this device')}</span>
        <input
          id="name"
          data-testid="pairing-name"
          autocomplete="off"
          maxlength=${NAME_LENGTH}
          required
          .value=${live(this.name)}
          @input=${(event: Event) => (this.name = (event.target as HTMLInputElement).value)}
        />
      </label>
      ${this.problemLine()}
      <button class="pill main" data-testid="pairing-submit" ?disabled=${this.isBusy || this.name.trim() === ''}>
        ${say('Ask to pair')}
      </button>
      ${this.otherWay(say('Log in with a name and password'))}
    </form>`;
  }

  private loggingIn() {
    return html`<login-form .relay=${this.relay} .why=${this.wasLogin ? this.why : 'new'}></login-form>
      ${this.otherWay(say('Pair this device instead'))}`;
  }

  private otherWay(words: string) {
    return html`<button class="quiet" type="button" data-testid="other-way" @click=${this.onOtherWay}>${words}</button>`;
  }

  private typing() {
    const hasEnded = this.remainingS <= 0;
    return html`<form data-testid="pairing-code-form" @submit=${this.onCode}>
      <h1>${say('Look at the wall')}</h1>
      <p>${say('Type the six digits that the panel shows.')}</p>
      <label class="code">
        <span class="unseen">${say('Code from the wall')}</span>
        <span class="boxes" aria-hidden="true">
          ${Array.from(
            { length: DIGITS },
            (_, index) => html`<span ?data-next=${index === this.code.length}>${this.code[index] ?? ''}</span>`,
          )}
        </span>
        <input
          id="code"
          data-testid="pairing-code"
          inputmode="numeric"
          autocomplete="one-time-code"
          pattern="[0-9]*"
          aria-describedby="standing"
          ?disabled=${hasEnded || this.isBusy}
          .value=${live(this.code)}
          @input=${this.onType}
          @paste=${this.onPaste}
        />
      </label>
      <p id="standing" class="standing">
        ${hasEnded
          ? say('The code has ended.')
          : html`<span role="timer">${say('%1 left', countdown(this.remainingS))}</span>${this.triesLeft < TRIES
              ? html` · <span data-testid="pairing-tries">${this.triesWords()}</span>`
              : nothing}`}
      </p>
      ${this.problemLine()}
      <div class="buttons">
        ${hasEnded
          ? html`<button class="pill main" type="button" data-testid="pairing-again" @click=${this.onAsk}>
              ${say('Ask again')}
            </button>`
          : nothing}
        <button class="pill" type="button" @click=${this.back}>${say('Back')}</button>
      </div>
    </form>`;
  }

  private problemLine() {
    return html`<p class="problem" role="alert" data-testid="pairing-problem">${this.problem}</p>`;
  }

  private triesWords(): string {
    return this.triesLeft === 1 ? say('1 try left') : say('%1 tries left', this.triesLeft);
  }

  private readonly onOtherWay = (): void => {
    this.isLoggingIn = !this.isLoggingIn;
    this.problem = '';
  };

  private async onAsk(event: Event): Promise<void> {
    event.preventDefault();
    await this.busily(async () => {
      const request = await this.relay.askToPair(this.name.trim());
      this.request = request;
      this.code = '';
      this.triesLeft = TRIES;
      this.endsAt = performance.now() + request.livesS * 1000;
      this.tick();
      clearInterval(this.ticker);
      this.ticker = setInterval(() => this.tick(), TICK_MS);
    });
    await this.focusCode();
  }

  private onType(event: Event): void {
    this.take((event.target as HTMLInputElement).value);
  }

  /** A code is often copied with a space in the middle, which the field would cut in two. */
  private onPaste(event: ClipboardEvent): void {
    event.preventDefault();
    this.take(event.clipboardData?.getData('text') ?? '');
  }

  private take(typed: string): void {
    this.code = typed.replace(/\D/g, '').slice(0, DIGITS);
    this.problem = '';
    this.requestUpdate();
    if (this.code.length === DIGITS) void this.redeem();
  }

  private onCode(event: Event): void {
    event.preventDefault();
    if (this.code.length === DIGITS) void this.redeem();
  }

  private async redeem(): Promise<void> {
    const { request, code } = this;
    if (request === null || this.isBusy) return;
    await this.busily(() => this.relay.redeem(request, code));
    this.code = '';
    await this.focusCode();
  }

  private async focusCode(): Promise<void> {
    await this.updateComplete;
    this.codeField?.focus();
  }

  private async busily(act: () => Promise<void>): Promise<void> {
    this.isBusy = true;
    this.problem = '';
    try {
      await act();
    } catch (error) {
      if (!(error instanceof RelayError)) throw error;
      this.refused(error);
    } finally {
      this.isBusy = false;
    }
  }

  private refused(error: RelayError): void {
    this.problem = this.problemWords(error);
    if (error.code === 'wrong_code') {
      this.triesLeft -= 1;
      if (this.triesLeft > 0) return;
    }
    // Without an answer the code may still live; any other refusal is its end.
    if (error.status !== 0) this.end();
  }

  private problemWords(error: RelayError): string {
    switch (error.code) {
      case 'wrong_code':
        return this.triesLeft > 1 ? say('That is not the code.') : say('That was the last try. Ask for a new code.');
      case 'expired_code':
      case 'not_found':
        return say('The code has ended, or was refused at the panel.');
      case 'busy':
        return say('Another device is being paired. Try again in a moment.');
      case 'too_many_tries':
        return say('Too many tries, or refused at the panel. Try again later.');
      case 'unreachable':
        return say('The home cannot be reached');
      default:
        return error.message;
    }
  }

  private readonly back = (): void => {
    this.end();
    this.request = null;
    this.problem = '';
  };

  private tick(): void {
    this.remainingS = Math.max(0, (this.endsAt - performance.now()) / 1000);
    if (this.remainingS === 0) this.end();
  }

  private end(): void {
    clearInterval(this.ticker);
    this.endsAt = 0;
    this.remainingS = 0;
    this.code = '';
  }

  static override styles = [
    shared,
    css`
      main {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        grid-template-rows: 1fr auto;
        justify-items: center;
        align-items: center;
        gap: 24px;
        min-height: 100dvh;
        padding: 24px 16px max(24px, env(safe-area-inset-bottom));
      }
      .card {
        display: grid;
        justify-items: center;
        gap: 20px;
        width: 100%;
        max-width: 27.5rem;
        padding: 36px 28px 28px;
        border-radius: var(--radius-sheet);
        background: var(--tile);
        text-align: center;
      }
      .circle {
        display: grid;
        place-items: center;
        width: 72px;
        height: 72px;
        border-radius: 50%;
        background: var(--teal-fill);
        color: var(--teal);
      }
      form {
        display: grid;
        gap: 16px;
        width: 100%;
      }
      h1 {
        font-size: var(--text-title);
        font-weight: 600;
        line-height: 1.2;
      }
      p {
        color: var(--dim-ink);
      }
      .field {
        display: grid;
        gap: 6px;
        text-align: start;
        font-size: var(--text-second);
        color: var(--dim-ink);
      }
      .field input {
        min-height: 56px;
        min-width: 0;
        padding: 8px 20px;
        border: 0;
        border-radius: 28px;
        background: var(--inset);
        color: var(--ink);
        font-size: 1.0625rem;
      }
      .pill {
        min-height: 56px;
        border-radius: 28px;
        font-size: 1.0625rem;
      }
      .quiet {
        min-height: var(--touch);
        padding: 0 16px;
        border-radius: calc(var(--touch) / 2);
        color: var(--teal);
        font-size: var(--text-second);
        font-weight: 600;
      }
      .problem {
        color: var(--red);
        font-weight: 600;
      }
      .problem:empty {
        display: none;
      }
      .code {
        position: relative;
        display: block;
      }
      .code input {
        position: absolute;
        inset: 0;
        width: 100%;
        height: 100%;
        border: 0;
        padding: 0;
        background: none;
        color: transparent;
        caret-color: transparent;
        font-size: 1.0625rem;
      }
      .boxes {
        display: grid;
        grid-template-columns: repeat(3, 1fr) 6px repeat(3, 1fr);
        gap: 6px;
      }
      .boxes span:nth-child(n + 4) {
        grid-column: auto;
      }
      .boxes span:nth-child(4) {
        grid-column: 5;
      }
      .boxes span {
        display: grid;
        place-items: center;
        min-width: 0;
        height: 4rem;
        border-radius: var(--radius-inset);
        background: var(--inset);
        color: var(--ink);
        font-size: clamp(1.25rem, 1.875rem, 10vw);
        font-weight: 600;
        line-height: 1;
        font-variant-numeric: tabular-nums;
      }
      .code:focus-within [data-next] {
        box-shadow: inset 0 0 0 3px var(--teal);
      }
      .code input:focus-visible {
        outline: none;
      }
      .standing {
        font-size: var(--text-second);
        font-variant-numeric: tabular-nums;
      }
      .buttons {
        display: grid;
        gap: 10px;
      }
      footer {
        display: grid;
        justify-items: center;
        gap: 14px;
        width: 100%;
      }
      footer a {
        display: inline-flex;
        align-items: center;
        min-height: var(--touch);
        font-size: var(--text-small);
        text-align: center;
        color: var(--dim-ink);
      }
      language-choice {
        width: min(15rem, 100%);
      }
      @media (max-height: 560px) {
        .circle {
          display: none;
        }
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'pairing-screen': PairingScreen;
  }
}
