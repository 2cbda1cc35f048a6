import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { PACE, Relay, RelayError } from '../src/relay';
import { initialState, type Message, reduce, type State } from '../src/store';
import { CODE, FakeRelay, HOURS, PASSWORD } from './fake-relay';
import { lamp } from './homes';

const QUICK = { ...PACE, retry: 10, retryMost: 40 };
/** For relays that fall silent: what others would take for an answer on its way. */
const IMPATIENT = { ...QUICK, watch: 100, command: 100 };
const IN_TIME = { timeout: 5000, interval: 5 };

/** One browser: what it was told, and what it knows by that. */
class Client {
  readonly messages: Message[] = [];
  state: State = initialState(0);
  readonly memory = new Map<string, string>();
  /** How the link was, one entry for each change. */
  readonly links: string[] = [];
  readonly relay: Relay;

  constructor(server: FakeRelay, pace = QUICK) {
    this.relay = new Relay(
      (message) => {
        this.messages.push(message);
        const before = this.state.link;
        this.state = reduce(this.state, message);
        if (this.state.link !== before) this.links.push(this.state.link.is);
      },
      {
        origin: server.origin,
        fetch: (...args) => fetch(...args),
        now: () => Date.now(),
        random: () => 0.5,
        memory: {
          getItem: (key) => this.memory.get(key) ?? null,
          setItem: (key, value) => void this.memory.set(key, value),
          removeItem: (key) => void this.memory.delete(key),
        },
        pace,
      },
    );
  }

  get shown(): unknown[] {
    return [...(this.state.home?.devices.keys() ?? [])];
  }

  async isUp(): Promise<void> {
    await vi.waitFor(() => expect(this.state.link.is).toBe('up'), IN_TIME);
  }

  async isDown(): Promise<void> {
    await vi.waitFor(() => expect(this.state.link.is).toBe('down'), IN_TIME);
  }
}

let server: FakeRelay;
let client: Client;

beforeEach(async () => {
  server = new FakeRelay();
  await server.start();
  client = new Client(server);
});

afterEach(async () => {
  client.relay.stop();
  await server.stop();
});

/** Begin anew with a client that does not wait long. */
function impatient(): void {
  client = new Client(server, IMPATIENT);
}

/** Start as a client that was paired before. */
async function startPaired(): Promise<void> {
  server.isSessionAlive = true;
  client.relay.start();
  await client.isUp();
}

describe('getting in', () => {
  test('a browser without a session is a stranger', async () => {
    client.relay.start();

    await vi.waitFor(() => expect(client.state.standing).toEqual({ is: 'stranger', why: 'new' }), IN_TIME);
  });

  test('the code from the wall lets a stranger in, and the home is there', async () => {
    server.devices = [lamp()];

    const request = await client.relay.askToPair('Chrome on Android');
    await client.relay.redeem(request, CODE);
    await client.isUp();

    expect(request).toMatchObject({ id: 'r1', livesS: 120 });
    expect(client.shown).toEqual(['lamp']);
  });

  test('a wrong code is refused with the word that the relay has for it', async () => {
    const request = await client.relay.askToPair('Chrome on Android');

    const refusal = client.relay.redeem(request, '000000');

    await expect(refusal).rejects.toMatchObject({ code: 'wrong_code', status: 401 });
    expect(client.state.standing).toBeNull();
  });

  test('a client that was paired before comes in by itself', async () => {
    server.devices = [lamp()];

    await startPaired();

    expect(client.state.standing).toMatchObject({ is: 'admitted', session: { role: 'resident' } });
    expect(client.shown).toEqual(['lamp']);
  });

  test('a client that was removed while it was away is told that it was', async () => {
    client.memory.set('intercom.way-in', 'paired');

    client.relay.start();

    await vi.waitFor(() => expect(client.state.standing).toEqual({ is: 'stranger', why: 'ended' }), IN_TIME);
  });

  test('a home that cannot be reached is tried again until it answers', async () => {
    server.isSessionAlive = true;
    await server.stop();
    client.relay.start();
    await client.isDown();
    expect(client.state.standing).toBeNull();

    await server.start();

    await client.isUp();
  });

  test('who leaves is a stranger, and the session is over at the home', async () => {
    await startPaired();

    await client.relay.leave();

    expect(client.state.standing).toEqual({ is: 'stranger', why: 'left' });
    expect(client.state.home).toBeNull();
    expect(server.isSessionAlive).toBe(false);
  });

  test('a session that ends at the home ends here at once, and nothing is tried again', async () => {
    await startPaired();
    const renewals = server.renewals;

    server.tell('session', { ended: true });

    await vi.waitFor(() => expect(client.state.standing).toEqual({ is: 'stranger', why: 'ended' }), IN_TIME);
    await vi.waitFor(() => expect(server.sockets).toEqual([]), IN_TIME);
    expect(server.renewals).toBe(renewals);
  });
});

describe('logging in', () => {
  /** Start as a browser that was logged in before. */
  async function startLoggedIn(): Promise<void> {
    client.memory.set('intercom.way-in', 'login');
    server.isLoginAlive = true;
    client.relay.start();
    await client.isUp();
  }

  test('the name and password of an account let a stranger in, without a token', async () => {
    server.devices = [lamp()];

    await client.relay.logIn('Mina', PASSWORD, 'Chrome on Android');
    await client.isUp();

    expect(client.shown).toEqual(['lamp']);
    expect(client.state.standing).toMatchObject({ is: 'admitted', session: { account: 'a1' } });
    expect(server.sockets.map((socket) => socket.handshake.auth)).toEqual([{}]);
  });

  test('a wrong password is refused with its own word, is sent once, and changes nothing', async () => {
    const refusal = client.relay.logIn('Mina', 'wrong', 'Chrome on Android');

    await expect(refusal).rejects.toMatchObject({ code: 'wrong_password', status: 401 });
    expect(server.requests).toEqual(['POST login']);
    expect(client.state.standing).toBeNull();
  });

  test('who was logged in before comes in by one request', async () => {
    await startLoggedIn();

    expect(server.requests).toEqual(['GET session']);
  });

  test('a paired client comes in by one request as well', async () => {
    client.memory.set('intercom.way-in', 'paired');

    await startPaired();

    expect(server.requests).toEqual(['POST session/refresh']);
  });

  test('a browser that forgot how it came in finds its login', async () => {
    server.isLoginAlive = true;

    client.relay.start();
    await client.isUp();

    expect(server.requests).toEqual(['POST session/refresh', 'GET session']);
    expect(client.memory.get('intercom.way-in')).toBe('login');
  });

  test('a request that the renewal of the cookie overtook is made once more', async () => {
    await startLoggedIn();
    server.overtaken = 1;

    await expect(client.relay.people.clients()).resolves.toEqual([]);

    expect(server.requests.slice(1)).toEqual(['GET clients', 'GET clients']);
    expect(client.state.standing).toMatchObject({ is: 'admitted' });
  });

  test('so is the first one of a start', async () => {
    server.overtaken = 1;

    await startLoggedIn();

    expect(server.requests).toEqual(['GET session', 'GET session']);
  });

  test('who is refused twice is logged out', async () => {
    await startLoggedIn();
    server.isLoginAlive = false;

    await expect(client.relay.people.clients()).rejects.toMatchObject({ code: 'unauthorized' });

    expect(client.state.standing).toEqual({ is: 'stranger', why: 'ended', wasLogin: true });
    expect(client.memory.has('intercom.way-in')).toBe(false);
    await vi.waitFor(() => expect(server.sockets).toEqual([]), IN_TIME);
  });

  test('a login that ended while it was away is told that it did', async () => {
    client.memory.set('intercom.way-in', 'login');

    client.relay.start();

    await vi.waitFor(
      () => expect(client.state.standing).toEqual({ is: 'stranger', why: 'ended', wasLogin: true }),
      IN_TIME,
    );
  });

  test('a wrong password in a change of it does not end the login', async () => {
    await startLoggedIn();

    await expect(client.relay.changePassword('wrong', 'a new one')).rejects.toMatchObject({ code: 'wrong_password' });

    expect(server.requests.filter((asked) => asked === 'PUT session/password')).toHaveLength(1);
    expect(client.state.standing).toMatchObject({ is: 'admitted' });
  });

  test('who logs out is a stranger, and the login is over at the home', async () => {
    await startLoggedIn();

    await client.relay.leave();

    expect(client.state.standing).toEqual({ is: 'stranger', why: 'left', wasLogin: true });
    expect(server.isLoginAlive).toBe(false);
  });

  test('a link that is refused asks who we are, and comes back', async () => {
    await startLoggedIn();

    for (const socket of server.sockets) socket.disconnect(true);

    await vi.waitFor(() => expect(client.links).toEqual(['up', 'down', 'up']), IN_TIME);
    expect(server.requests).toEqual(['GET session', 'GET session']);
  });
});

describe('what we may do', () => {
  const GUEST = { id: 's1', name: 'Chrome on Android', role: 'guest', terms: { devices: ['lamp'] } };

  test('changes while we are linked, and the link stays', async () => {
    await startPaired();

    server.tell('session', { you: GUEST });

    await vi.waitFor(() => expect(client.state.standing).toEqual({ is: 'admitted', session: GUEST }), IN_TIME);
    expect(client.links).toEqual(['up']);
  });

  test('news of a kind that is not known ends nothing', async () => {
    server.devices = [lamp()];
    await startPaired();

    server.tell('session', { renamed: true });
    server.tell('changes', { revision: 2, removed: ['lamp'] });

    await vi.waitFor(() => expect(client.shown).toEqual([]), IN_TIME);
    expect(client.state.standing).toMatchObject({ is: 'admitted' });
  });
});

describe('a newer version', () => {
  const told = { version: '1.4', way: 'apt', notes: {} };

  test('is known until the relay says otherwise or goes away', async () => {
    await startPaired();

    server.tell('release', told);
    await vi.waitFor(() => expect(client.state.release).toMatchObject({ version: '1.4', way: 'apt' }), IN_TIME);
    server.tell('release', null);
    await vi.waitFor(() => expect(client.state.release).toBeNull(), IN_TIME);

    server.tell('release', told);
    await vi.waitFor(() => expect(client.state.release).not.toBeNull(), IN_TIME);
    for (const socket of server.sockets) socket.conn.close();
    await vi.waitFor(() => expect(client.state.release).toBeNull(), IN_TIME);
  });
});

describe('outside the chosen hours', () => {
  beforeEach(() => {
    client = new Client(server, { ...QUICK, paused: 20 });
  });

  test('the link is paused, and comes back by itself when it is time', async () => {
    await startPaired();
    server.isOutsideHours = true;

    server.tell('session', { paused: true, hours: HOURS });
    await vi.waitFor(() => expect(client.state.link.is).toBe('paused'), IN_TIME);
    await vi.waitFor(() => expect(server.renewals).toBeGreaterThan(3), IN_TIME);
    expect(client.links).toEqual(['up', 'paused']);
    server.isOutsideHours = false;

    await client.isUp();
    expect(client.state.standing).toMatchObject({ is: 'admitted' });
  });

  test('a start is paused for a paired client, which the socket is refused to', async () => {
    server.isSessionAlive = true;
    server.isOutsideHours = true;

    client.relay.start();

    await vi.waitFor(() => expect(client.links).toEqual(['paused']), IN_TIME);
    expect(client.state.link).toMatchObject({ hours: HOURS });
  });

  test('a start is paused for a login, which every request is refused to', async () => {
    server.isLoginAlive = true;
    server.isOutsideHours = true;

    client.relay.start();

    await vi.waitFor(() => expect(client.links).toEqual(['paused']), IN_TIME);
    expect(client.state.standing).toBeNull();
    expect(client.state.link).toMatchObject({ hours: HOURS });
  });

  test('it is not tried again sooner, unless somebody asks', async () => {
    client = new Client(server, { ...QUICK, paused: 3_600_000 });
    await startPaired();
    const renewals = server.renewals;
    server.tell('session', { paused: true, hours: HOURS });
    await vi.waitFor(() => expect(client.state.link.is).toBe('paused'), IN_TIME);

    expect(client.state.link).toMatchObject({ hours: HOURS });
    expect(server.renewals).toBe(renewals);
    client.relay.check();

    await client.isUp();
  });
});

describe('staying linked', () => {
  test('changes are told as they come', async () => {
    server.devices = [lamp()];
    await startPaired();

    server.tell('changes', { revision: 2, devices: [lamp('other')] });

    await vi.waitFor(() => expect(client.shown).toEqual(['lamp', 'other']), IN_TIME);
  });

  test('frames that overtake the snapshot are applied after it, and none that it holds already', async () => {
    server.revision = 5;
    server.devices = [lamp('known')];
    server.onWatch = (question, answer, socket) => {
      socket.emit('changes', { revision: 4, removed: ['known'] });
      socket.emit('changes', { revision: 6, devices: [lamp('new')] });
      setTimeout(() => answer(server.watchAnswer(question)), 20);
    };

    await startPaired();

    expect(client.shown).toEqual(['known', 'new']);
    expect(client.state.home?.revision).toBe(6);
  });

  test('a relay that comes back is asked for what changed since the revision that is known', async () => {
    server.devices = [lamp()];
    await startPaired();
    server.tell('changes', { revision: 7, devices: [lamp('other')] });
    await vi.waitFor(() => expect(client.state.home?.revision).toBe(7), IN_TIME);

    await server.stop();
    await client.isDown();
    server.revision = 7;
    await server.start();
    await client.isUp();

    expect(server.questions.at(-1)).toEqual({ run: 'run-1', revision: 7 });
    expect(client.shown).toEqual(['lamp', 'other']);
  });

  test('after a restart of the relay its new run replaces what was known', async () => {
    server.devices = [lamp()];
    await startPaired();

    await server.stop();
    await client.isDown();
    server.run = 'run-2';
    server.devices = [lamp('other')];
    await server.start();
    await client.isUp();

    expect(client.shown).toEqual(['other']);
    expect(client.state.home?.run).toBe('run-2');
  });

  test('the link is down since the first loss, however often it is tried again', async () => {
    await startPaired();

    await server.stop();
    await client.isDown();
    const { since } = client.state.link;
    await vi.waitFor(() => expect(client.messages.filter((one) => one.is === 'link').length).toBeGreaterThan(3), IN_TIME);

    expect(client.state.link.since).toBe(since);
  });

  test('a relay that does not answer to watch is tried again until it does', async () => {
    impatient();
    const answered = server.onWatch;
    server.onWatch = () => undefined;
    server.isSessionAlive = true;
    client.relay.start();
    await client.isDown();

    server.onWatch = answered;

    await client.isUp();
  });

  test('a relay that talks nonsense is asked for the whole home again', async () => {
    server.devices = [lamp()];
    await startPaired();
    server.revision = 9;
    server.devices = [lamp('right')];

    server.tell('changes', { revision: 'soon', devices: 'many' });

    await vi.waitFor(() => expect(client.shown).toEqual(['right']), IN_TIME);
    expect(server.questions.at(-1)).toBeUndefined();
  });

  test('a snapshot of another protocol is not shown', async () => {
    server.isSessionAlive = true;
    server.onWatch = (_, answer) => answer({ protocol: 2, run: 'r', revision: 1, devices: {} });

    client.relay.start();

    await client.isDown();
    expect(client.state.home).toBeNull();
  });

  test('a refused access token is renewed, and the link comes back', async () => {
    await startPaired();
    const renewals = server.renewals;

    server.forgetTokens();
    for (const socket of server.sockets) socket.disconnect(true);

    await vi.waitFor(() => expect(client.links).toEqual(['up', 'down', 'up']), IN_TIME);
    expect(server.renewals).toBeGreaterThan(renewals);
  });

  test('a check finds out that the relay fell silent, and mends the link', async () => {
    impatient();
    await startPaired();
    const answered = server.onWatch;
    server.onWatch = () => undefined;

    client.relay.check();
    await client.isDown();
    server.onWatch = answered;

    await client.isUp();
  });
});

describe('commands', () => {
  const TURN = { do: 'turn', on: true };

  test('a confirmed command leaves nothing behind', async () => {
    await startPaired();

    client.relay.command('lamp', 'light', TURN);
    expect(client.state.asked).toMatchObject([{ device: 'lamp', capability: 'light', command: TURN }]);
    await vi.waitFor(() => expect(client.state.asked).toEqual([]), IN_TIME);

    expect(server.commands).toEqual([{ device: 'lamp', capability: 'light', command: TURN }]);
    expect(client.state.notices).toEqual([]);
  });

  test.each(['unlock', 'open'])('to %s a lock takes a word that was never sent before', async (turn) => {
    await startPaired();

    client.relay.command('door', 'lock', { do: 'operate_lock', turn });
    client.relay.command('door', 'lock', { do: 'operate_lock', turn });
    await vi.waitFor(() => expect(client.state.asked).toEqual([]), IN_TIME);

    const words = server.commands.map((command) => (command as { once: string }).once);
    expect(words).toEqual([expect.stringMatching(/^[0-9a-f]{32}$/), expect.stringMatching(/^[0-9a-f]{32}$/)]);
    expect(words[0]).not.toBe(words[1]);
  });

  test('to lock takes none', async () => {
    await startPaired();

    client.relay.command('door', 'lock', { do: 'operate_lock', turn: 'lock' });
    await vi.waitFor(() => expect(client.state.asked).toEqual([]), IN_TIME);

    expect(server.commands).toEqual([
      { device: 'door', capability: 'lock', command: { do: 'operate_lock', turn: 'lock' } },
    ]);
  });

  test('a refused command is told with its device and the reason', async () => {
    await startPaired();
    server.onCommand = (_, answer) => answer({ error: { code: 'device_unavailable', message: 'Lamp did not answer' } });

    client.relay.command('lamp', 'light', TURN);

    await vi.waitFor(() =>
      expect(client.state.notices).toMatchObject([{ device: 'lamp', code: 'device_unavailable' }]),
      IN_TIME,
    );
  });

  test('a relay that does not answer fails the command', async () => {
    impatient();
    await startPaired();
    server.onCommand = () => undefined;

    client.relay.command('lamp', 'light', TURN);

    await vi.waitFor(() => expect(client.state.notices).toMatchObject([{ device: 'lamp', code: 'silent' }]), IN_TIME);
    expect(client.state.asked).toEqual([]);
  });

  test('without a link a command fails at once, and is not sent when the link is back', async () => {
    await startPaired();
    await server.stop();
    await client.isDown();

    client.relay.command('lamp', 'light', TURN);
    await vi.waitFor(() => expect(client.state.notices).toMatchObject([{ code: 'offline' }]), IN_TIME);
    await server.start();
    await client.isUp();

    expect(server.commands).toEqual([]);
  });

  test('a command that waits when the link breaks fails with it', async () => {
    await startPaired();
    server.onCommand = () => server.sockets.forEach((socket) => socket.disconnect(true));

    client.relay.command('lamp', 'light', TURN);

    await vi.waitFor(() => expect(client.state.notices).toHaveLength(1), IN_TIME);
    expect(client.state.asked).toEqual([]);
  });
});

test('a request that nobody answers is unreachable, not an ended session', async () => {
  await server.stop();

  await expect(client.relay.askToPair('x')).rejects.toEqual(new RelayError('unreachable', 'the home cannot be reached'));
});
