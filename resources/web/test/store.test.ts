import { describe, expect, test } from 'vitest';

import { isPending, reduce, shownState, Store } from '../src/store';
import type { Capability } from '../src/wire';
import { after, lamp, snapshot } from './homes';

const KITCHEN = { id: 'kitchen', name: 'Kitchen', icon: 'cooking-pot' };
const BATH = { id: 'bath', name: 'Bathroom', icon: 'bath' };

function light(state: ReturnType<typeof after>, device = 'lamp'): Extract<Capability, { kind: 'light' }> {
  const found = state.home?.devices.get(device)?.capabilities[0];
  if (found?.kind !== 'light') throw new Error('no light');
  return found;
}

describe('what happens in the home', () => {
  const home = after({ is: 'snapshot', snapshot: snapshot([lamp()]) });

  test('a report replaces the moving part of a capability and leaves what it can do', () => {
    const wanted = reduce(home, {
      is: 'changes',
      changes: {
        revision: 2,
        states: [{ device: 'lamp', capability: 'light', state: { on: false }, wanted: { on: true }, trust: 'assumed' }],
      },
    });

    const confirmed = reduce(wanted, {
      is: 'changes',
      changes: { revision: 3, states: [{ device: 'lamp', capability: 'light', state: { on: true } }] },
    });

    expect(light(wanted)).toMatchObject({ wanted: { on: true }, trust: 'assumed', has_brightness: true });
    expect(light(confirmed)).toMatchObject({ state: { on: true }, has_brightness: true });
    expect(light(confirmed)).not.toHaveProperty('wanted');
    expect(light(confirmed)).not.toHaveProperty('trust');
  });

  test('a frame that is older than what is known changes nothing', () => {
    const late = reduce(home, { is: 'changes', changes: { revision: 1, removed: ['lamp'] } });

    expect(late.home).toBe(home.home);
  });

  test('a happening is kept with its time', () => {
    const bell = {
      ...lamp('bell'),
      capabilities: [{ ...light(home), kind: 'event', state: {} } as unknown as Capability],
    };
    const before = after({ is: 'snapshot', snapshot: snapshot([bell]) });

    const rung = reduce(before, {
      is: 'changes',
      changes: { revision: 2, events: [{ device: 'bell', capability: 'light', event: 'press', at: 12 }] },
    });

    expect(rung.home?.devices.get('bell')?.capabilities[0]?.state).toEqual({ event: 'press', happened_at: 12 });
  });

  test('a tile is replaced and the places stay the same object', () => {
    const tile = { ...lamp().tile, on: true };

    const lit = reduce(home, { is: 'changes', changes: { revision: 2, tiles: { lamp: tile, gone: tile } } });

    expect(lit.home?.devices.get('lamp')?.tile.on).toBe(true);
    expect(lit.home?.places).toBe(home.home?.places);
  });

  test('who becomes a stranger knows nothing of the home any more', () => {
    const out = reduce(home, { is: 'standing', standing: { is: 'stranger', why: 'ended' } });

    expect(out).toMatchObject({ home: null, asked: [], notices: [] });
  });
});

describe('places', () => {
  test('areas come in their order, devices by position and then by name, and the rest last', () => {
    const devices = [
      lamp('b', { area: 'bath', name: 'Lamp 10' }),
      lamp('a', { area: 'bath', name: 'Lamp 9' }),
      lamp('first', { area: 'bath', name: 'Zebra', position: -1 }),
      lamp('lost', { area: 'no such area' }),
      lamp('hidden', { hidden: true }),
    ];

    const { home } = after({ is: 'snapshot', snapshot: snapshot(devices, { areas: [KITCHEN, BATH] }) });

    expect(home?.places).toEqual([
      { area: KITCHEN, devices: [] },
      { area: BATH, devices: ['first', 'a', 'b'] },
      { area: null, devices: ['lost'] },
    ]);
  });

  test('a removed device leaves its place', () => {
    const before = after({ is: 'snapshot', snapshot: snapshot([lamp('a'), lamp('b')]) });

    const { home } = reduce(before, { is: 'changes', changes: { revision: 2, removed: ['a'] } });

    expect(home?.places).toEqual([{ area: null, devices: ['b'] }]);
  });
});

describe('what is asked', () => {
  const asked = { id: 1, device: 'lamp', capability: 'light', command: { do: 'set_light', brightness_pct: 80 } };
  const asking = after({ is: 'snapshot', snapshot: snapshot([lamp()]) }, { is: 'asked', asked });

  test('shows at once, before the relay says so', () => {
    const shown = shownState(light(asking), 'lamp', asking.asked);

    expect(shown).toMatchObject({ on: true, brightness_pct: 80 });
    expect(isPending(light(asking), 'lamp', asking.asked)).toBe(true);
  });

  test('goes back when it fails, with a notice that names the device', () => {
    const failed = reduce(asking, { is: 'settled', id: 1, error: { code: 'device_unavailable', message: 'no' } });

    expect(shownState(light(failed), 'lamp', failed.asked)).toMatchObject({ on: false, brightness_pct: 40 });
    expect(failed.notices).toEqual([{ id: 1, device: 'lamp', code: 'device_unavailable', message: 'no' }]);
  });

  test('the newest of several counts', () => {
    const twice = reduce(asking, {
      is: 'asked',
      asked: { ...asked, id: 2, command: { do: 'turn', on: false } },
    });

    expect(shownState(light(twice), 'lamp', twice.asked)).toMatchObject({ on: false });
  });

  test('the same failure of the same device is told once, and no more than three things at a time', () => {
    let state = asking;
    for (const [id, device] of [[1, 'lamp'], [2, 'lamp'], [3, 'a'], [4, 'b'], [5, 'c']] as const) {
      state = reduce(state, { is: 'asked', asked: { ...asked, id, device } });
      state = reduce(state, { is: 'settled', id, error: { code: 'offline', message: '' } });
    }

    expect(state.notices.map((notice) => notice.device)).toEqual(['a', 'b', 'c']);
  });
});

test('watchers are told once, however many messages came before the frame', () => {
  const frames: (() => void)[] = [];
  const store = new Store(0, (run) => frames.push(run));
  let told = 0;
  const stop = store.watch(() => (told += 1));

  for (let revision = 1; revision < 50; revision += 1) {
    store.send({ is: 'changes', changes: { revision } });
  }
  frames.splice(0).forEach((run) => run());
  stop();
  store.send({ is: 'dismissed', id: 0 });
  frames.splice(0).forEach((run) => run());

  expect(told).toBe(1);
});
