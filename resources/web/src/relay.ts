/**
 * The one module that talks to the relay: pairing, logging in and the session over HTTP, the home over Socket.IO.
 *
 * It sends what it learns to the store as messages and holds no state that is shown. There are two ways in. A paired
 * client has an access token, in memory only, and a cookie that renews it; a login has a cookie alone, which stands for
 * it everywhere. No script can read either cookie; which way was taken last is remembered, so that a start costs one
 * request.
 *
 * The link's journey:
 * 1. `start` finds out who we are, by the way that was taken last, else by the other. Refused both ways: a stranger. No
 *    answer: tried again, for ever, ever slower.
 * 2. The socket connects, with the token if there is one, and asks to `watch`, naming the run and revision that it
 *    knows. Frames that arrive before the answer are kept and applied after it; those that the answer already holds are
 *    dropped.
 * 3. The link is lost, or the relay falls silent: the store learns since when, Socket.IO tries again with growing,
 *    jittered pauses, and step 2 makes up for what was missed.
 * 4. The relay refuses us: step 1 decides whether we still belong to the home.
 * 5. A guest outside the chosen hours is paused: step 1 is tried again, slowly.
 *
 * A request that is refused as a stranger's is made once more, for what stands for us may just have been renewed by
 * another request, or run out while the page slept.
 */

import { io, type Socket } from 'socket.io-client';

import type { Memory } from './memory';
import { People } from './people';
import type { Message, Strangeness } from './store';
import {
  type Changes,
  type Command,
  type Hours,
  ProtocolError,
  readChanges,
  readHours,
  readRelease,
  readSessionNews,
  readWatchAnswer,
  type Session,
} from './wire';

/** What the relay or the way to it refuses; `code` is the relay's word, or one of ours: unreachable, silent, offline. */
export class RelayError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status = 0,
    /** When a guest is let in, if that is why. */
    readonly hours: Hours | null = null,
  ) {
    super(message);
  }
}

/** What the relay lends to one who asked to pair; the code on the wall redeems it. */
export interface PairingRequest {
  readonly id: string;
  readonly secret: string;
  /** How long the code lives, in seconds. */
  readonly livesS: number;
}

/** Pauses in milliseconds; tests make them short. */
export interface Pace {
  /** How long the relay may take for the answer to `watch`. */
  readonly watch: number;
  /** The same for a command: longer than the relay itself waits for a device. */
  readonly command: number;
  /** The same for an HTTP request. */
  readonly request: number;
  /** The first and the longest pause between two tries. */
  readonly retry: number;
  readonly retryMost: number;
  /** How long a guest outside the chosen hours waits until the next try. */
  readonly paused: number;
}

/** The world around: `memory` outlives the page and holds no secret. */
export interface Ports {
  readonly origin: string;
  readonly fetch: typeof fetch;
  readonly now: () => number;
  readonly random: () => number;
  readonly memory: Memory;
  readonly pace: Pace;
}

export const PACE: Pace = {
  watch: 5_000,
  command: 6_000,
  request: 10_000,
  retry: 500,
  retryMost: 15_000,
  paused: 30_000,
};

/** How we came in last; absent for a stranger. */
type Way = 'paired' | 'login';

const WAY_IN = 'intercom.way-in';
const OUTSIDE_HOURS = 'outside_hours';
const ONCE_BYTES = 16;
const RENEW_AFTER_SHARE = 0.8;

interface Ticket {
  access_token: string;
  expires_in_s: number;
  session: Session;
}

export class Relay {
  /** What owners ask about people. */
  readonly people = new People((method, path, body) => this.request(method, path, body));

  private token = '';
  private session: Session | null = null;
  private renewing: Promise<void> | null = null;
  private renewTimer: ReturnType<typeof setTimeout> | undefined;
  private retry: { timer: ReturnType<typeof setTimeout>; run: () => void } | null = null;
  private tries = 0;
  private socket: Socket | null = null;
  private known: { run: string; revision: number } | null = null;
  private early: Changes[] | null = null;
  private watching = 0;
  private lastId = 0;

  constructor(
    private readonly tell: (message: Message) => void,
    private readonly ports: Ports,
  ) {}

  /** Find out who we are, and stay linked from then on. */
  start(): void {
    void this.renew().then(
      () => this.connect(),
      (error: unknown) => this.despair(error),
    );
  }

  /** End everything; nothing is sent or told afterwards. */
  stop(): void {
    clearTimeout(this.renewTimer);
    this.cancelRetry();
    this.drop();
    this.token = '';
    this.session = null;
    this.known = null;
  }

  /**
   * See whether the link is alive, and mend it at once if not: after the page slept, or the network came back.
   */
  check(): void {
    if (this.retry !== null) {
      const { run } = this.retry;
      this.cancelRetry();
      run();
    } else if (this.socket?.connected === true) {
      void this.watch(this.socket);
    } else if (this.socket !== null) {
      this.reconnect();
    }
  }

  /** Ask to be let in; the wall then shows who asks, and a code. */
  async askToPair(name: string): Promise<PairingRequest> {
    const answer = await this.request<{ request_id: string; secret: string; lives_s: number }>('POST', 'pairing', {
      name,
    });
    return { id: answer.request_id, secret: answer.secret, livesS: answer.lives_s };
  }

  /** Give the code back that the wall shows; afterwards we are in. */
  async redeem(request: PairingRequest, code: string): Promise<void> {
    const path = `pairing/${encodeURIComponent(request.id)}`;
    this.accept(await this.request<Ticket>('POST', path, { secret: request.secret, code }));
    this.connect();
  }

  /** Log in by name and password; `client` is what this browser calls itself. Afterwards we are in. */
  async logIn(name: string, password: string, client: string): Promise<void> {
    const { session } = await this.request<{ session: Session }>('POST', 'login', { name, password, client });
    this.admit('login', session);
    this.connect();
  }

  /** Give one's own account another password; its other logins end. */
  async changePassword(old: string, fresh: string): Promise<void> {
    await this.request('PUT', 'session/password', { old, new: fresh });
  }

  /** Whether this client came in by name and password. */
  get isLogin(): boolean {
    return this.wayIn === 'login';
  }

  /** Log out, or give this client's standing back; the home forgets it. */
  async leave(): Promise<void> {
    // The socket may be told of the end before the request is answered, and then this is forgotten.
    const wasLogin = this.wayIn === 'login';
    await this.request('DELETE', 'session');
    this.becomeStranger('left', wasLogin);
  }

  /** Ask a device for something; how it ends is told to the store. */
  command(device: string, capability: string, command: Command): void {
    const id = ++this.lastId;
    this.tell({ is: 'asked', asked: { id, device, capability, command } });
    void this.send(device, capability, command).then(
      () => this.tell({ is: 'settled', id }),
      (error: unknown) => {
        const { code, message } = error instanceof RelayError ? error : new RelayError('failed', String(error));
        this.tell({ is: 'settled', id, error: { code, message } });
      },
    );
  }

  /** Fetch the latest picture of an image capability. */
  async picture(device: string, capability: string): Promise<Blob> {
    const path = `devices/${encodeURIComponent(device)}/capabilities/${encodeURIComponent(capability)}/image`;
    return (await this.respond('GET', path)).blob();
  }

  // Commands

  private async send(device: string, capability: string, command: Command): Promise<void> {
    const socket = this.socket;
    if (socket === null || !socket.connected) throw new RelayError('offline', 'not connected to the home');
    const asked = { device, capability, command, ...(isUnlocking(command) ? { once: freshWord() } : {}) };
    let answer: { outcome?: string; error?: { code: string; message: string } };
    try {
      answer = await socket.timeout(this.ports.pace.command).emitWithAck('command', asked);
    } catch {
      if (socket.connected) this.check();
      throw new RelayError('silent', 'the home did not answer');
    }
    if (answer.error !== undefined) throw new RelayError(answer.error.code, answer.error.message);
  }

  // The session

  /** Find out who we are. Raises RelayError: unauthorized for a stranger, anything else may pass. */
  private renew(): Promise<void> {
    this.renewing ??= this.comeBack().finally(() => {
      this.renewing = null;
    });
    return this.renewing;
  }

  private async comeBack(): Promise<void> {
    const byTicket = () => this.renewTicket();
    const byLogin = () => this.recognise();
    const [first, second] = this.token === '' && this.wayIn === 'login' ? [byLogin, byTicket] : [byTicket, byLogin];
    try {
      await first();
    } catch (error) {
      if (!isUnauthorized(error)) throw error;
      await second();
    }
  }

  private async renewTicket(): Promise<void> {
    try {
      this.accept(await this.ask<Ticket>('POST', 'session/refresh'));
    } catch (error) {
      if (isUnauthorized(error)) this.token = '';
      throw error;
    }
  }

  /** Ask who the cookie of a login stands for, and once more when a parallel request may just have renewed it. */
  private async recognise(): Promise<void> {
    const who = () => this.ask<Session>('GET', 'session');
    const session = await who().catch((error: unknown) => {
      if (!isUnauthorized(error) || this.wayIn !== 'login') throw error;
      return who();
    });
    // A token that is still good stands for its own session, not for the login.
    if (this.token === '') this.admit('login', session);
  }

  private accept(ticket: Ticket): void {
    this.admit('paired', ticket.session);
    this.token = ticket.access_token;
    this.renewTimer = setTimeout(() => this.renewEarly(), ticket.expires_in_s * 1000 * RENEW_AFTER_SHARE);
  }

  private admit(way: Way, session: Session): void {
    clearTimeout(this.renewTimer);
    this.token = '';
    this.ports.memory.setItem(WAY_IN, way);
    this.become(session);
  }

  private become(session: Session): void {
    this.session = session;
    this.tell({ is: 'standing', standing: { is: 'admitted', session } });
  }

  private get wayIn(): string | null {
    return this.ports.memory.getItem(WAY_IN);
  }

  private renewEarly(): void {
    void this.renew().catch((error: unknown) => {
      if (isUnauthorized(error)) this.becomeStranger('ended');
      else this.renewTimer = setTimeout(() => this.renewEarly(), this.ports.pace.retryMost);
    });
  }

  private becomeStranger(why: Strangeness, wasLogin = this.wayIn === 'login'): void {
    this.stop();
    this.ports.memory.removeItem(WAY_IN);
    this.tell({ is: 'standing', standing: { is: 'stranger', why, ...(wasLogin ? { wasLogin } : {}) } });
  }

  /** Who we are could not be found out: a stranger has to come in anew, anybody else tries again. */
  private despair(error: unknown): void {
    if (isUnauthorized(error)) {
      this.becomeStranger(this.wayIn === null ? 'new' : 'ended');
      return;
    }
    if (error instanceof RelayError && error.code === OUTSIDE_HOURS) {
      this.pause(error.hours);
      return;
    }
    this.lose();
    this.again(() => (this.socket === null ? this.start() : this.renewThenReconnect()));
  }

  /** A guest outside the chosen hours: nothing is wrong, and the door opens by itself later. */
  private pause(hours: Hours | null): void {
    this.drop();
    this.tell({ is: 'link', link: { is: 'paused', since: this.ports.now(), hours } });
    this.again(() => this.start(), this.ports.pace.paused);
  }

  /** Run at once the first time, then after ever longer, jittered pauses until the link is up. */
  private again(run: () => void, pause = this.nextPause()): void {
    this.cancelRetry();
    const timer = setTimeout(
      () => {
        this.retry = null;
        run();
      },
      pause * (0.5 + this.ports.random()),
    );
    this.retry = { timer, run };
  }

  private nextPause(): number {
    const { retry, retryMost } = this.ports.pace;
    const pause = this.tries === 0 ? 0 : Math.min(retry * 2 ** (this.tries - 1), retryMost);
    this.tries += 1;
    return pause;
  }

  private cancelRetry(): void {
    clearTimeout(this.retry?.timer);
    this.retry = null;
  }

  // The link

  private connect(): void {
    this.drop();
    this.tell({ is: 'release', release: null });
    const { retry, retryMost, request } = this.ports.pace;
    const socket = io(this.ports.origin, {
      auth: (give) => give(this.token === '' ? {} : { token: this.token }),
      autoConnect: false,
      forceNew: true,
      transports: ['websocket', 'polling'],
      tryAllTransports: true,
      reconnectionDelay: retry,
      reconnectionDelayMax: retryMost,
      randomizationFactor: 0.5,
      timeout: request,
    });
    this.socket = socket;
    socket.on('connect', () => void this.watch(socket));
    socket.on('changes', (raw: unknown) => this.receive(socket, raw));
    socket.on('session', (raw: unknown) => this.hear(socket, raw));
    socket.on('release', (raw: unknown) => this.tell({ is: 'release', release: readRelease(raw) }));
    socket.on('disconnect', (reason) => {
      this.lose();
      // The relay may come back as the newer version, and then it says nothing of one.
      this.tell({ is: 'release', release: null });
      // The relay closed the socket itself, so the session may have ended; Socket.IO leaves the next step to us.
      if (reason === 'io server disconnect') this.again(() => this.renewThenReconnect());
    });
    socket.on('connect_error', (error: Error & { data?: { code?: string; hours?: unknown } }) => {
      if (error.data?.code === OUTSIDE_HOURS) {
        this.pause(readHours(error.data.hours));
        return;
      }
      this.lose();
      // Inactive means that the relay answered and refused; otherwise Socket.IO tries again by itself.
      if (!socket.active) this.again(() => this.renewThenReconnect());
    });
    socket.connect();
  }

  private drop(): void {
    this.socket?.removeAllListeners();
    this.socket?.disconnect();
    this.socket = null;
    this.early = null;
  }

  /** What the relay tells of our own session. */
  private hear(socket: Socket, raw: unknown): void {
    if (socket !== this.socket) return;
    const news = readSessionNews(raw);
    switch (news?.is) {
      case 'ended':
        this.becomeStranger('ended');
        break;
      case 'paused':
        this.pause(news.hours);
        break;
      case 'you':
        this.become(news.session);
        break;
    }
  }

  private renewThenReconnect(): void {
    void this.renew().then(
      () => this.reconnect(),
      (error: unknown) => this.despair(error),
    );
  }

  private reconnect(): void {
    this.lose();
    this.socket?.disconnect().connect();
  }

  private lose(): void {
    this.early = null;
    this.tell({ is: 'link', link: { is: 'down', since: this.ports.now() } });
  }

  /** Take part from now on: frames are kept until the answer tells what they build upon. */
  private async watch(socket: Socket): Promise<void> {
    const turn = ++this.watching;
    this.early ??= [];
    try {
      const question = this.known === null ? [] : [this.known];
      const answer = readWatchAnswer(
        await socket.timeout(this.ports.pace.watch).emitWithAck('watch', ...question),
      );
      if (turn !== this.watching || this.socket !== socket) return;
      if (!answer.unchanged) {
        const { snapshot } = answer;
        this.known = { run: snapshot.run, revision: snapshot.revision };
        this.tell({ is: 'snapshot', snapshot });
      }
      const early = this.early ?? [];
      this.early = null;
      for (const changes of early) this.apply(changes);
      this.tries = 0;
      this.tell({ is: 'link', link: { is: 'up', since: this.ports.now() } });
    } catch {
      // Silence, a refusal or nonsense. A lost link is dealt with where it is noticed.
      if (turn !== this.watching || this.socket !== socket || !socket.connected) return;
      this.known = null;
      this.lose();
      this.again(() => this.renewThenReconnect());
    }
  }

  private receive(socket: Socket, raw: unknown): void {
    if (socket !== this.socket) return;
    let changes: Changes;
    try {
      changes = readChanges(raw);
    } catch (error) {
      if (!(error instanceof ProtocolError)) throw error;
      this.known = null;
      void this.watch(socket);
      return;
    }
    if (this.early !== null) this.early.push(changes);
    else this.apply(changes);
  }

  private apply(changes: Changes): void {
    if (this.known === null || changes.revision <= this.known.revision) return;
    this.known = { run: this.known.run, revision: changes.revision };
    this.tell({ is: 'changes', changes });
  }

  // HTTP

  private async request<Answer>(method: string, path: string, body?: object): Promise<Answer> {
    return answerOf(await this.respond(method, path, body));
  }

  /** The same, made once. */
  private async ask<Answer>(method: string, path: string): Promise<Answer> {
    return answerOf(await this.respondOnce(method, path));
  }

  private async respond(method: string, path: string, body?: object): Promise<Response> {
    try {
      return await this.respondOnce(method, path, body);
    } catch (error) {
      if (!isUnauthorized(error) || this.session === null) throw error;
    }
    try {
      if (this.token !== '') await this.renew();
      return await this.respondOnce(method, path, body);
    } catch (error) {
      if (isUnauthorized(error) && this.session !== null) this.becomeStranger('ended');
      throw error;
    }
  }

  private async respondOnce(method: string, path: string, body?: object): Promise<Response> {
    let response: Response;
    try {
      response = await this.ports.fetch(`${this.ports.origin}/api/v1/${path}`, {
        method,
        credentials: 'same-origin',
        headers: {
          ...(this.token === '' ? {} : { Authorization: `Bearer ${this.token}` }),
          ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(this.ports.pace.request),
      });
    } catch {
      throw new RelayError('unreachable', 'the home cannot be reached');
    }
    if (!response.ok) throw await refusal(response);
    return response;
  }
}

async function answerOf<Answer>(response: Response): Promise<Answer> {
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}

async function refusal(response: Response): Promise<RelayError> {
  try {
    const { error } = (await response.json()) as { error: { code: string; message: string; hours?: unknown } };
    return new RelayError(error.code, error.message, response.status, readHours(error.hours));
  } catch {
    return new RelayError('failed', `the home answered ${response.status}`, response.status);
  }
}

/** Nobody whom the relay knows; a wrong code or password is refused with the same status, but is no end. */
function isUnauthorized(error: unknown): boolean {
  return error instanceof RelayError && error.status === 401 && ['unauthorized', 'failed'].includes(error.code);
}

function isUnlocking(command: Command): boolean {
  return command.do === 'operate_lock' && command.turn !== 'lock';
}

/** Return a word that was never sent before, so that what it goes with cannot be played again. */
function freshWord(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(ONCE_BYTES));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
