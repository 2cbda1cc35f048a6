// @vitest-environment happy-dom
import { afterEach, describe, expect, test, vi } from 'vitest';

import '../src/audit-sheet';
import '../src/home-screen';
import '../src/login-form';
import '../src/paused-screen';
import '../src/people-sheet';
import '../src/settings-sheet';
import { auditWords } from '../src/audit-words';
import { ago, dayOf } from '../src/format';
import { People } from '../src/people';
import { areNow, hoursWords, refusalWords, termsWords } from '../src/people-words';
import { type Relay, RelayError } from '../src/relay';
import type { Home, Link } from '../src/store';
import { type Account, type AuditEntry, type Client, readRelease, type Session } from '../src/wire';
import { apart, piecesOf, say, speak } from '../src/words';
import { after, lamp, snapshot } from './homes';

const NOW = new Date(2026, 10, 25, 12, 0).getTime();
const YOU: Client = {
  id: 's1',
  name: 'Phone',
  role: 'owner',
  created_at: 0,
  seen_at: NOW / 1000,
  address: '192.168.0.2',
  is_you: true,
};
const TABLET: Client = { ...YOU, id: 's2', name: 'Tablet', role: 'resident', address: '192.168.0.3', is_you: false };
const MINA: Account = { id: 'a1', name: 'Mina', role: 'owner', created_at: 0 };

vi.stubGlobal('isSecureContext', true); // which this environment does not know

afterEach(async () => {
  vi.useRealTimers();
  await speak('en');
  document.body.replaceWith(document.createElement('body'));
});

/** A relay's people: it holds lists, does what it is asked, and refuses what it is told to. */
class House {
  clients: Client[] = [YOU, TABLET];
  accounts: Account[] = [MINA];
  entries: AuditEntry[] = [];
  refusal: RelayError | null = null;
  readonly asked: [method: string, path: string, body?: object][] = [];
  readonly people = new People((method, path, body) => this.answer(method, path, body) as Promise<never>);

  private answer(method: string, path: string, body?: object): Promise<unknown> {
    if (method !== 'GET') this.asked.push(body === undefined ? [method, path] : [method, path, body]);
    if (method !== 'GET' && this.refusal !== null) return Promise.reject(this.refusal);
    if (method === 'DELETE') this.clients = this.clients.filter((client) => path !== `clients/${client.id}`);
    const { searchParams: query } = new URL(path, 'http://home');
    const older = this.entries.filter((entry) => entry.id < Number(query.get('before') ?? Infinity));
    const entries = older.slice(0, Number(query.get('limit') ?? 0));
    return Promise.resolve({ clients: this.clients, accounts: this.accounts, entries });
  }
}

function homeOf(...names: string[]): Home {
  const { home } = after({ is: 'snapshot', snapshot: snapshot(names.map((name) => lamp(name, { name }))) });
  if (home === null) throw new Error('no home');
  return home;
}

/** Find by test id, through all shadows; in order. */
function all(id: string, root: ParentNode = document): HTMLElement[] {
  const within = [...root.querySelectorAll('*')].flatMap((each) => (each.shadowRoot ? all(id, each.shadowRoot) : []));
  return [...root.querySelectorAll<HTMLElement>(`[data-testid="${id}"]`), ...within];
}

function the(id: string): HTMLElement {
  const found = all(id)[0];
  if (found === undefined) throw new Error(`no ${id}`);
  return found;
}

function wordsOf(element: HTMLElement): string {
  return (element.textContent ?? '').replace(/\s+/g, ' ').trim();
}

async function there(id: string): Promise<HTMLElement> {
  await vi.waitFor(() => the(id));
  return the(id);
}

async function show<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]>,
): Promise<HTMLElementTagNameMap[Name]> {
  const element = Object.assign(document.createElement(name), properties);
  document.body.append(element);
  await (element as unknown as { updateComplete: Promise<unknown> }).updateComplete;
  return element;
}

async function type(id: string, value: string): Promise<void> {
  const field = (await there(id)) as HTMLInputElement;
  field.value = value;
  field.dispatchEvent(new Event('input', { bubbles: true }));
}

async function check(id: string, index = 0): Promise<void> {
  await there(id);
  const box = all(id)[index] as HTMLInputElement;
  box.checked = true;
  box.dispatchEvent(new Event('change', { bubbles: true }));
}

async function send(form: string): Promise<void> {
  (await there(form)).dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));
}

describe('the list of people', () => {
  test('names everybody who is in, this device first, and which account there is', async () => {
    const house = new House();
    house.clients = [TABLET, YOU];

    await show('people-sheet', { people: house.people, home: homeOf() });
    await there('client');

    expect(all('client-title').map(wordsOf)).toEqual(['Phone', 'Tablet']);
    expect(all('account').map(wordsOf)).toEqual(['Mina owner']);
    expect(wordsOf(all('client')[0] as HTMLElement)).toContain('This device');
  });

  test('removes somebody after a question, and says so', async () => {
    const house = new House();
    await show('people-sheet', { people: house.people, home: homeOf() });
    (await there('ask')).click();
    expect(house.asked).toEqual([]);

    (await there('sure')).click();

    await vi.waitFor(() => expect(wordsOf(the('people-news'))).toBe('Tablet was removed'));
    expect(house.asked).toEqual([['DELETE', 'clients/s2']]);
    expect(all('client-title').map(wordsOf)).toEqual(['Phone']);
  });

  test('says why somebody could not be removed', async () => {
    const house = new House();
    house.refusal = new RelayError('not_found', 'there is no such client', 404);
    await show('people-sheet', { people: house.people, home: homeOf() });
    (await there('ask')).click();

    (await there('sure')).click();

    await vi.waitFor(() => expect(wordsOf(the('problem'))).toBe('That is not there any more.'));
    await vi.waitFor(() => expect(house.asked).toHaveLength(1));
    expect(wordsOf(the('people-news'))).toBe('');
  });

  test('offers no way to remove the device in the hand', async () => {
    const house = new House();
    house.clients = [YOU];

    await show('people-sheet', { people: house.people, home: homeOf() });
    await there('client');

    expect(all('ask')).toEqual([]);
  });

  test('says when the home cannot be reached', async () => {
    const people = new People(() => Promise.reject(new RelayError('unreachable', '')));

    await show('people-sheet', { people, home: homeOf() });

    await vi.waitFor(() => expect(wordsOf(the('problem'))).toBe('The home cannot be reached'));
  });
});

describe('a paired client', () => {
  test('becomes a guest with chosen devices and hours', async () => {
    const house = new House();
    await show('people-sheet', { people: house.people, home: homeOf('lamp', 'safe') });
    await there('client-open');
    all('client-open')[1]?.click();

    await check('role-guest');
    await check('terms-devices-chosen');
    await check('terms-device', 1);
    await check('terms-hours-chosen');
    await check('terms-history');
    await send('client-form');

    await vi.waitFor(() => expect(house.asked).toHaveLength(1));
    const hours = { days: [0, 1, 2, 3, 4], from_minute: 540, until_minute: 1080 };
    const terms = { devices: ['safe'], hours, sees_history: true };
    expect(house.asked).toEqual([['PATCH', 'clients/s2', { role: 'guest', terms }]]);
  });

  test('gets another name, and nothing else is touched', async () => {
    const house = new House();
    await show('people-sheet', { people: house.people, home: homeOf() });
    await there('client-open');
    all('client-open')[1]?.click();

    await type('client-name', ' Kitchen ');
    await send('client-form');

    await vi.waitFor(() => expect(house.asked).toEqual([['PATCH', 'clients/s2', { name: 'Kitchen' }]]));
  });

  test('keeps at least one day of the week', async () => {
    const house = new House();
    const hours = { days: [2], from_minute: 540, until_minute: 300 };
    house.clients = [{ ...TABLET, role: 'guest', terms: { hours } }];
    await show('people-sheet', { people: house.people, home: homeOf() });
    (await there('client-open')).click();
    await there('terms-day');

    const days = all('terms-day') as HTMLButtonElement[];

    expect(days.map((day) => day.disabled)).toEqual([false, false, true, false, false, false, false]);
    expect(wordsOf(the('terms-overnight'))).toBe('Until the next day');
  });
});

describe('an account', () => {
  test('is made with a name, a password and a role', async () => {
    const house = new House();
    await show('people-sheet', { people: house.people, home: homeOf() });
    (await there('add-account')).click();

    await type('account-name', 'Jun');
    await type('new-password', 'nine tall chimneys');
    await send('account-form');

    const made = { name: 'Jun', password: 'nine tall chimneys', role: 'resident', terms: {} };
    await vi.waitFor(() => expect(house.asked).toEqual([['POST', 'accounts', made]]));
  });

  test('is not sent with a password that is too short', async () => {
    const house = new House();
    await show('people-sheet', { people: house.people, home: homeOf() });
    (await there('add-account')).click();

    await type('account-name', 'Jun');
    await type('new-password', 'short');
    await send('account-form');

    await vi.waitFor(() => expect(wordsOf(the('problem'))).toBe('8 characters or more'));
    expect(house.asked).toEqual([]);
  });

  test('that is the last owner is kept, in words', async () => {
    const house = new House();
    house.refusal = new RelayError('conflict', "'Mina' is the last owner", 409);
    await show('people-sheet', { people: house.people, home: homeOf() });
    (await there('account-open')).click();
    await there('remove');

    all('ask')[0]?.click();
    (await there('sure')).click();

    await vi.waitFor(() =>
      expect(all('problem').map(wordsOf)).toContain('This is the last owner. Make another owner first.'),
    );
  });
});

test('a PIN that is none is not sent', async () => {
  const house = new House();
  await show('people-sheet', { people: house.people, home: homeOf() });
  (await there('pin')).click();

  await type('new-pin', '12a4');
  await send('pin-form');

  await vi.waitFor(() => expect(wordsOf(the('problem'))).toBe('A PIN has four to eight digits.'));
  expect(house.asked).toEqual([]);
});

describe('logging in', () => {
  const relay = (logIn: Relay['logIn']) => ({ logIn }) as Relay;

  test('sends name and password as they were typed, and what the browser calls itself', async () => {
    const logIn = vi.fn(() => Promise.resolve());
    await show('login-form', { relay: relay(logIn) });

    await type('login-name', 'Mina');
    await type('login-password', ' two  spaces ');
    await send('login');

    expect(logIn).toHaveBeenCalledWith('Mina', ' two  spaces ', expect.any(String));
  });

  test.each([
    ['wrong_password', 'no account has this name and password', 'No account has this name and password.'],
    [
      'too_many_tries',
      'too many wrong passwords; try again in 59 minutes',
      'Too many wrong passwords. Try again in 59 minutes.',
    ],
    [
      'too_many_tries',
      'too many wrong passwords; try again in 1 minutes',
      'Too many wrong passwords. Try again in a minute.',
    ],
    ['busy', 'too many at once', 'The home is busy. Try again in a moment.'],
    ['unreachable', 'fetch failed', 'The home cannot be reached'],
  ])('says in words why it was refused: %s', async (code, message, words) => {
    await show('login-form', { relay: relay(() => Promise.reject(new RelayError(code, message))) });

    await type('login-name', 'Mina');
    await type('login-password', 'wrong one');
    await send('login');

    await vi.waitFor(() => expect(wordsOf(the('problem'))).toBe(words));
    expect((the('login-password') as HTMLInputElement).value).toBe('');
  });
});

describe('the settings', () => {
  const leave = () => Promise.resolve();
  const paired: Session = { id: 's1', name: 'Phone', role: 'resident' };

  test.each<[string, Session, string[]]>([
    ['a paired resident', paired, []],
    ['a paired owner', { ...paired, role: 'owner' }, ['open-people', 'open-audit']],
    ['a login of a guest', { ...paired, role: 'guest', account: 'a1' }, ['open-password']],
    ['a login of an owner', { ...paired, role: 'owner', account: 'a1' }, ['open-people', 'open-audit', 'open-password']],
  ])('lead %s to what is theirs', async (_, session, ways) => {
    await show('settings-sheet', { session, leave });

    expect(all('open-people').concat(all('open-audit'), all('open-password')).map((way) => way.dataset.testid)).toEqual(
      ways,
    );
  });
});

describe('a newer version', () => {
  const owner: Session = { id: 's1', name: 'Phone', role: 'owner' };
  const leave = () => Promise.resolve();
  const told = { version: '1.4', way: 'apt', notes: { en: 'Calls start sooner.', ko: '통화가 더 빨리 연결됩니다.' } };
  const file = { url: 'https://releases.example/intercom-1.4.tar.xz', sha256: '5e'.repeat(32), size: 1 };

  test.each([
    ['apt', 'Version 1.4 is available. Install it with apt.'],
    ['pip', 'Version 1.4 is available. Install it with pip.'],
    ['download', 'Version 1.4 is available. Download it from releases.example.'],
  ])('that comes by %s is told in words', async (way, words) => {
    const release = readRelease({ ...told, way, ...(way === 'download' ? { file } : {}) });
    await show('settings-sheet', { session: owner, leave, release });

    const said = wordsOf(the('new-version'));
    expect(said).toContain(words);
    expect(said).toContain('Calls start sooner.');
    const link = the('new-version').querySelector('a');
    expect(link?.href).toBe(way === 'download' ? file.url : undefined);
    expect(said.includes(file.sha256)).toBe(way === 'download');
  });

  test('is told nowhere while there is none', async () => {
    await show('settings-sheet', { session: owner, leave, release: null });

    expect(all('new-version')).toEqual([]);
  });

  test('shows as a dot at the button for the settings, which says so', async () => {
    const link: Link = { is: 'up', since: 0 };
    const element = await show('home-screen', { home: homeOf(), link, session: owner, release: null });
    expect(all('new-version-dot')).toEqual([]);

    element.release = readRelease(told);
    await element.updateComplete;

    expect(all('new-version-dot')).toHaveLength(2);
    expect(the('settings').getAttribute('aria-label')).toBe('Settings, Newer version');
  });

  test.each([null, { ...told, way: 'carrier pigeon' }, { ...told, version: 14 }])('is not read from %j', (raw) => {
    expect(readRelease(raw)).toBeNull();
  });

  test('that is to be fetched from elsewhere than by https has no link', () => {
    expect(readRelease({ ...told, way: 'download', file: { ...file, url: 'javascript:alert(1)' } })?.file).toBeNull();
  });
});

describe('the audit log', () => {
  const entry = (id: number, more: Partial<AuditEntry> = {}): AuditEntry => {
    return { id, at: NOW / 1000, event: 'logged_in', who: 'Mina', detail: 'owner', ...more };
  };

  test('shows the newest first, and older ones when they are asked for', async () => {
    const house = new House();
    house.entries = Array.from({ length: 60 }, (_, index) => entry(60 - index));
    await show('audit-sheet', { people: house.people });
    await vi.waitFor(() => expect(all('audit-entry')).toHaveLength(50));
    await vi.waitFor(() => expect((the('audit-more') as HTMLButtonElement).disabled).toBe(false));

    the('audit-more').click();

    await vi.waitFor(() => expect(all('audit-entry')).toHaveLength(60));
    await vi.waitFor(() => expect(all('audit-more')).toEqual([]));
  });

  test('writes names as text, whatever is in them', async () => {
    const house = new House();
    house.entries = [entry(1, { who: '<img src=x>\u202e' })];

    await show('audit-sheet', { people: house.people });

    const shown = await there('audit-entry');
    expect(shown.querySelector('img')).toBeNull();
    expect(shown.querySelector('bdi')?.textContent).toBe('<img src=x>');
  });

  test.each<[Partial<AuditEntry>, string]>([
    [{ event: 'paired', who: 'panel', about: 'Tablet', detail: 'resident' }, 'The panel let Tablet in as family'],
    [{ event: 'paired', who: 'command line', about: 'Pi', detail: 'owner' }, 'The machine itself let Pi in as owner'],
    [{ event: 'wrong_password', who: '' }, 'Somebody gave a wrong name or password'],
    [{ event: 'wrong_password', who: '', about: 'Mina' }, 'Somebody gave a wrong password for Mina'],
    [{ event: 'password_changed', who: 'Mina · Chrome', about: 'Mina' }, 'Mina chose another password'],
    [{ event: 'password_changed', who: 'Mina · Chrome', about: 'Jun' }, 'Mina · Chrome gave Jun another password'],
    [{ event: 'unlocked', about: 'Front door', detail: 'confirmed' }, 'Mina unlocked Front door'],
    [
      { event: 'unlocked', about: 'Front door', detail: 'device_unavailable' },
      'Mina wanted to unlock Front door, which did not happen',
    ],
    [{ event: 'teleported' as AuditEntry['event'] }, 'Something that this page has no words for'],
  ])('says %o in words', (more, words) => {
    expect(piecesOf(auditWords(entry(1, more))).join('')).toBe(words);
  });

  test('follows the order and the particles of Korean', async () => {
    await speak('ko');

    const words = auditWords(entry(1, { event: 'removed', who: '민지', about: '태블릿' }));
    const unlocked = auditWords(entry(1, { event: 'unlocked', who: '준', about: '현관문', detail: 'confirmed' }));

    expect(piecesOf(words).join('')).toBe('민지가 태블릿의 연결을 해제했습니다');
    expect(piecesOf(unlocked).join('')).toBe('준이 현관문을 열었습니다');
  });
});

describe('words about people', () => {
  test('a name cannot turn the text around it, nor leave its place', () => {
    expect(piecesOf(say('Remove %1?', apart('a\u2069\u202eb')))).toEqual(['Remove ', 'ab', '?']);
  });

  test.each([
    [[0, 1, 2, 3, 4], 'Mon–Fri 09:00–18:00'],
    [[5, 6], 'Sat, Sun 09:00–18:00'],
    [[0, 2, 3, 4, 6], 'Mon, Wed–Fri, Sun 09:00–18:00'],
    [[0, 1, 2, 3, 4, 5, 6], 'every day 09:00–18:00'],
  ])('days %o are told as "%s"', (days, words) => {
    expect(hoursWords({ days, from_minute: 540, until_minute: 1080 })).toBe(words);
  });

  test('what was chosen for a guest is told in one line', () => {
    const hours = { days: [5], from_minute: 1320, until_minute: 60 };

    expect(termsWords()).toBe('all shared devices · at any time');
    expect(termsWords({ devices: ['a', 'b'], hours, sees_history: true })).toBe(
      '2 devices · Sat 22:00–01:00 · sees what happened',
    );
  });

  test('hours that end on the next day hold until then', () => {
    const night = { days: [2], from_minute: 1320, until_minute: 60 }; // Wednesday, 25 November 2026

    expect(areNow(night, new Date(2026, 10, 25, 21, 59))).toBe(false);
    expect(areNow(night, new Date(2026, 10, 25, 22, 0))).toBe(true);
    expect(areNow(night, new Date(2026, 10, 26, 0, 59))).toBe(true);
    expect(areNow(night, new Date(2026, 10, 26, 1, 0))).toBe(false);
  });

  test('a guest is shown when the home is open, but no hours that hold now', async () => {
    const always = { days: [0, 1, 2, 3, 4, 5, 6], from_minute: 0, until_minute: 0 };
    const element = await show('paused-screen', { hours: always });
    expect(wordsOf(the('paused'))).not.toContain('00:00');

    const today = (new Date().getDay() + 6) % 7;
    element.hours = { days: [(today + 3) % 7], from_minute: 540, until_minute: 1080 };
    await element.updateComplete;

    expect(wordsOf(the('paused'))).toContain('09:00–18:00');
  });

  test('a guest who logged in can log out outside the hours, and a paired one has nothing to log out of', async () => {
    const leave = vi.fn<() => Promise<void>>().mockRejectedValueOnce(new RelayError('offline', 'no answer'));
    const element = await show('paused-screen', { leave });

    the('leave').click();
    await vi.waitFor(() => expect(wordsOf(the('paused'))).toContain('The home cannot be reached'));
    the('leave').click();
    await vi.waitFor(() => expect(wordsOf(the('paused'))).not.toContain('The home cannot be reached'));
    expect(leave).toHaveBeenCalledTimes(2);

    element.leave = null;
    await element.updateComplete;

    expect(all('leave')).toEqual([]);
  });

  test('a guest to whom nothing is open is not told that the home has no devices', async () => {
    const session: Session = { id: 's1', name: 'Phone', role: 'guest' };
    const element = await show('home-screen', { home: homeOf(), link: { is: 'up', since: 0 }, session });
    expect(wordsOf(the('empty'))).toBe('Nothing is open to you as a guest yet.');

    element.session = { ...session, role: 'resident' };
    await element.updateComplete;

    expect(wordsOf(the('empty'))).toContain('No devices yet.');
  });

  test('how long ago somebody was here is told by the largest unit that fits', () => {
    const at = (ms: number) => ago((NOW - ms) / 1000, NOW);

    expect([at(5_000), at(300_000), at(7_200_000), at(90_000_000), at(-9_000)]).toEqual([
      'now',
      '5 minutes ago',
      '2 hours ago',
      'yesterday',
      'now',
    ]);
    expect(dayOf(NOW / 1000, NOW)).toBe('today');
    expect(dayOf(NOW / 1000 - 2 * 86_400, NOW)).toMatch(/^Monday,? 23 November$/);
    expect(dayOf(NOW / 1000 - 365 * 86_400, NOW)).toMatch(/^Tuesday,? 25 November 2025$/);
  });

  test('what is guessed too easily is told in words', () => {
    expect(refusalWords(new RelayError('invalid', 'this PIN is guessed too easily; choose another'))).toBe(
      'This is guessed too easily. Choose another.',
    );
  });
});
