/** Devices as the relay tells them, for tests. */

import type { Message, State } from '../src/store';
import { initialState, reduce } from '../src/store';
import { type Device, readDevice, type Snapshot } from '../src/wire';

/** Return a dimmable lamp; `more` are further fields of the device on the wire. */
export function lamp(id = 'lamp', more: object = {}): Device {
  return readDevice({
    id,
    name: 'Lamp',
    capabilities: [{ id: 'light', kind: 'light', has_brightness: true, state: { on: false, brightness_pct: 40 } }],
    tile: {
      icon: 'lamp-ceiling',
      slide: 'light',
      words: [['Off']],
      touch: { capability: 'light', command: { do: 'turn', on: true } },
    },
    ...more,
  });
}

/** Return the snapshot of a home with these devices. */
export function snapshot(devices: readonly Device[], more: Partial<Snapshot> = {}): Snapshot {
  return {
    run: 'run-1',
    revision: 1,
    troubles: [],
    home: { name: 'Home' },
    you: { id: 's1', name: 'phone', role: 'resident' },
    areas: [],
    devices,
    ...more,
  };
}

/** Return the state after some messages. */
export function after(...messages: Message[]): State {
  return messages.reduce(reduce, initialState(0));
}
