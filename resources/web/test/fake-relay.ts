/** A relay for tests, over real HTTP and Socket.IO: it obeys, and on request it refuses, lies, or falls silent. */

import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { Server, type Socket } from 'socket.io';

export const CODE = '482913';
export const PASSWORD = 'correct horse';
const SESSION = { id: 's1', name: 'Chrome on Android', role: 'resident' };
/** Who is told by the name and `PASSWORD`; the cookie is left to `isLoginAlive`, for Node keeps none. */
const LOGIN = { id: 's2', name: 'Mina · Chrome on Android', role: 'owner', account: 'a1' };

/** When a guest is let in, other than now. */
export const HOURS = { days: [2], from_minute: 540, until_minute: 1080 };

type Answer = (answer: unknown) => void;

export class FakeRelay {
  /** How it answers to `watch`; by default with the home as it is. */
  onWatch: (question: unknown, answer: Answer, socket: Socket) => void = (question, answer) => {
    answer(this.watchAnswer(question));
  };
  /** How it answers to `command`; by default it confirms. */
  onCommand: (command: unknown, answer: Answer) => void = (_, answer) => answer({ outcome: 'confirmed' });
  readonly commands: unknown[] = [];
  readonly questions: unknown[] = [];
  /** How often a session was renewed. */
  renewals = 0;
  isSessionAlive = false;
  isLoginAlive = false;
  /** It is not the time of the guest who asks. */
  isOutsideHours = false;
  /** So many requests of a login are refused, as when another one has just renewed the cookie. */
  overtaken = 0;
  /** All requests, as "GET session". */
  readonly requests: string[] = [];
  /** Who is told to be asking. */
  you: object = SESSION;
  run = 'run-1';
  revision = 1;
  devices: unknown[] = [];
  areas: unknown[] = [];

  private readonly goodTokens = new Set<string>();
  private http: HttpServer | null = null;
  private io: Server | null = null;
  private port = 0;

  get origin(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get sockets(): Socket[] {
    return [...(this.io?.sockets.sockets.values() ?? [])];
  }

  /** Listen; after a stop at the same port as before. */
  async start(): Promise<void> {
    const http = createServer((request, response) => void this.serve(request, response));
    this.http = http;
    this.io = new Server(http, { serveClient: false });
    this.io.use((socket, next) => {
      const { token } = socket.handshake.auth as { token?: string };
      const isKnown = token === undefined ? this.isLoginAlive : this.goodTokens.has(token);
      next(this.isOutsideHours ? refused('outside_hours', { hours: HOURS }) : isKnown ? undefined : refused('unauthorized'));
    });
    this.io.on('connection', (socket) => {
      socket.on('watch', (...said: unknown[]) => {
        const answer = said.pop() as Answer;
        this.questions.push(said[0]);
        this.onWatch(said[0], answer, socket);
      });
      socket.on('command', (command: unknown, answer: Answer) => {
        this.commands.push(command);
        this.onCommand(command, answer);
      });
    });
    await new Promise<void>((resolve) => http.listen(this.port, '127.0.0.1', resolve));
    this.port = (http.address() as AddressInfo).port;
  }

  async stop(): Promise<void> {
    this.http?.closeAllConnections();
    await this.io?.close();
    this.io = null;
    this.http = null;
  }

  /** Send something to everybody, as the relay does with `changes`. */
  tell(event: string, ...said: unknown[]): void {
    this.io?.emit(event, ...said);
  }

  /** Let no token that was given so far pass any more. */
  forgetTokens(): void {
    this.goodTokens.clear();
  }

  watchAnswer(question: unknown): unknown {
    const { run, revision } = (question ?? {}) as { run?: string; revision?: number };
    if (run === this.run && revision === this.revision) return { run, revision, unchanged: true };
    return {
      protocol: 1,
      run: this.run,
      revision: this.revision,
      home: { name: 'Home' },
      you: this.you,
      areas: this.areas,
      devices: this.devices,
    };
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request);
    const answer = (status: number, told?: unknown) => {
      response.writeHead(status, { 'Content-Type': 'application/json' });
      response.end(told === undefined ? undefined : JSON.stringify(told));
    };
    const refuse = (status: number, code: string, more = {}) =>
      answer(status, { error: { code, message: code, ...more } });
    const asked = `${request.method} ${request.url?.replace('/api/v1/', '')}`;
    this.requests.push(asked);
    switch (asked) {
      case 'POST pairing':
        return answer(201, { request_id: 'r1', secret: 'whisper', lives_s: 120 });
      case 'POST pairing/r1':
        if (body.secret !== 'whisper' || body.code !== CODE) return refuse(401, 'wrong_code');
        this.isSessionAlive = true;
        return answer(200, this.ticket());
      case 'POST session/refresh':
        this.renewals += 1;
        return this.isSessionAlive ? answer(200, this.ticket()) : refuse(401, 'unauthorized');
      case 'POST login':
        if (body.name !== 'Mina' || body.password !== PASSWORD) return refuse(401, 'wrong_password');
        this.isLoginAlive = true;
        this.you = LOGIN;
        return answer(200, { session: LOGIN });
      case 'GET session':
        if (!this.mayLogin()) return refuse(401, 'unauthorized');
        return this.isOutsideHours ? refuse(403, 'outside_hours', { hours: HOURS }) : answer(200, this.you);
      case 'GET clients':
        return this.mayLogin() ? answer(200, { clients: [] }) : refuse(401, 'unauthorized');
      case 'PUT session/password':
        return refuse(401, 'wrong_password');
      case 'DELETE session':
        this.isSessionAlive = false;
        this.isLoginAlive = false;
        // The sockets of the session are told before the request is answered.
        this.tell('session', { ended: true });
        setTimeout(() => answer(204), 20);
        return;
      default:
        return refuse(404, 'not_found');
    }
  }

  private mayLogin(): boolean {
    if (this.overtaken > 0) {
      this.overtaken -= 1;
      return false;
    }
    return this.isLoginAlive;
  }

  private ticket(): unknown {
    const token = `token-${this.goodTokens.size + 1}-${this.renewals}`;
    this.goodTokens.add(token);
    return { access_token: token, expires_in_s: 900, session: SESSION };
  }
}

function refused(code: string, more = {}): Error {
  return Object.assign(new Error(code), { data: { code, ...more } });
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const part of request) text += String(part);
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>);
}
