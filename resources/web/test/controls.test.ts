import { describe, expect, test } from 'vitest';

import {
  type ColorLook,
  type Control,
  controlNumber,
  controlsOf,
  groupOf,
  type NumberLook,
  type OptionsLook,
  type SwitchLook,
  type TextLook,
} from '../src/controls';
import { slideCommand } from '../src/device-tile';
import { type Capability, type Kind, readDevice } from '../src/wire';

/** Return a capability as it arrives from the relay. */
function capability(kind: Kind, said: object = {}): Capability {
  const device = readDevice({
    id: 'd',
    name: 'Device',
    capabilities: [{ id: 'c', kind, ...said }],
    tile: { icon: 'power' },
  });
  const [only] = device.capabilities;
  if (only === undefined) throw new Error('no capability');
  return only;
}

interface Looks {
  switch: SwitchLook;
  slider: NumberLook;
  kelvin: NumberLook;
  stepper: NumberLook;
  color: ColorLook;
  choice: OptionsLook;
  actions: OptionsLook;
  text: TextLook;
}

/** Return the look of the control with this key, which has to be of this kind. */
function look<Of extends keyof Looks>(controls: readonly Control[], key: string, kind: Of): Looks[Of] {
  const found = controls.find((control) => control.key === key)?.look;
  if (found?.kind !== kind) throw new Error(`no ${kind} '${key}'`);
  return found as Looks[Of];
}

function notes(kind: Kind, said: object): string[] {
  return controlsOf(capability(kind, said)).map((control) => control.note);
}

const KINDS: Record<Kind, object> = {
  switch: {},
  siren: { tones: ['fire'], has_volume: true },
  light: { has_brightness: true, has_color: true, has_white: true, coldest_k: 6500, warmest_k: 2000, effects: ['blink'] },
  cover: { can_open: true, can_close: true, can_stop: true, has_position: true, has_tilt: true },
  valve: { can_close: true, has_position: true },
  lock: { can_open: true },
  climate: { modes: ['off', 'heat'], has_target: true, has_range: true, min_c: 5, max_c: 30, step_c: 0.5 },
  water_heater: { modes: ['eco'], has_target: true, min_c: 40, max_c: 60, step_c: 1 },
  fan: { speeds: 3, presets: ['auto'], can_oscillate: true, can_reverse: true },
  humidifier: { has_target: true, modes: ['auto'], min_pct: 30, max_pct: 80 },
  alarm: { arms: ['armed_away'] },
  vacuum: { actions: ['start', 'dock'], fan_speeds: ['low'], takes_orders: true },
  mower: { actions: ['start'] },
  button: {},
  scene: {},
  number: { min_value: 0, max_value: 10, step: 0.5 },
  select: { options: ['a', 'b'] },
  text: { min_length: 0, max_length: 40 },
  notify: {},
  infrared_emitter: {},
  binary_sensor: { device_class: 'door' },
  sensor: { unit: 'lx' },
  event: {},
  trigger: { trigger_type: 'press', subtype: '' },
  infrared_receiver: {},
  update: { can_install: true },
  image: {},
  tracker: {},
};

test.each(Object.entries(KINDS) as [Kind, object][])('a %s has controls before it ever reported', (kind, said) => {
  const controls = controlsOf(capability(kind, said));

  expect(controls.length).toBeGreaterThan(0);
  expect(new Set(controls.map((control) => control.key)).size).toBe(controls.length);
  expect(controls.every((control) => control.label !== '')).toBe(true);
});

describe('commands', () => {
  test('a light is dimmed, warmed and coloured', () => {
    const controls = controlsOf(capability('light', KINDS.light));

    expect(look(controls, 'on', 'switch').set(true)).toEqual({ do: 'turn', on: true });
    expect(look(controls, 'brightness_pct', 'slider').set(30)).toEqual({ do: 'set_light', brightness_pct: 30 });
    expect(look(controls, 'color_temp_k', 'kelvin').set(2702.6)).toEqual({ do: 'set_light', color_temp_k: 2703 });
    expect(look(controls, 'color', 'color').set({ hue_deg: 10, saturation_pct: 90 })).toEqual({
      do: 'set_light',
      color: { hue_deg: 10, saturation_pct: 90 },
    });
    expect(look(controls, 'effect', 'choice').set('blink')).toEqual({ do: 'set_light', effect: 'blink' });
  });

  test('a thermostat is set to a temperature and a mode', () => {
    const controls = controlsOf(capability('climate', { ...KINDS.climate, presets: ['eco'] }));

    expect(look(controls, 'target_c', 'stepper').set(21.5)).toEqual({ do: 'set_climate', target_c: 21.5 });
    expect(look(controls, 'mode', 'choice').set('heat')).toEqual({ do: 'set_climate', mode: 'heat' });
    expect(look(controls, 'preset', 'choice')).toMatchObject({ chosen: 'none' });
  });

  test('a lock is unlocked by a hold, locked by a touch', () => {
    const { options, set } = look(controlsOf(capability('lock', KINDS.lock)), 'turn', 'actions');

    expect(options.map(({ value, hold }) => [value, hold === true])).toEqual([
      ['lock', false],
      ['unlock', true],
      ['open', true],
    ]);
    expect(set('unlock')).toEqual({ do: 'operate_lock', turn: 'unlock' });
  });

  test('an alarm asks for its code only where it needs one', () => {
    const alarm = capability('alarm', { ...KINDS.alarm, disarming_needs_code: true, can_trigger: true });

    const { options, set } = look(controlsOf(alarm), 'guard', 'actions');

    expect(options.map(({ value, code, hold }) => [value, code === true, hold === true])).toEqual([
      ['disarmed', true, false],
      ['armed_away', false, false],
      ['triggered', false, true],
    ]);
    expect(set('disarmed', '1234')).toEqual({ do: 'set_alarm', guard: 'disarmed', code: '1234' });
  });

  test('a gas valve that only closes offers nothing else', () => {
    const { options } = look(controlsOf(capability('valve', { device_class: 'gas', can_close: true })), 'move', 'actions');

    expect(options.map((option) => option.value)).toEqual(['close']);
  });

  test('a garage door opens by a hold, a curtain by a touch', () => {
    const holds = (device_class: string) =>
      look(controlsOf(capability('cover', { ...KINDS.cover, device_class })), 'move', 'actions').options.map(
        (option) => option.hold === true,
      );

    expect(holds('garage')).toEqual([true, false, false]);
    expect(holds('curtain')).toEqual([false, false, false]);
  });

  test('a robot is offered what it can do, and no more', () => {
    const { options } = look(controlsOf(capability('vacuum', KINDS.vacuum)), 'drive', 'actions');

    expect(options.map((option) => option.value)).toEqual(['start', 'dock']);
  });

  test('a number with many steps is stepped, one with few slides', () => {
    const kind = (said: object) => controlsOf(capability('number', said))[0]?.look.kind;

    expect(kind({ min_value: 0, max_value: 10, step: 0.5 })).toBe('slider');
    expect(kind({ min_value: 0, max_value: 65535, step: 1 })).toBe('stepper');
  });

  test('an update is offered only while a newer version waits', () => {
    const options = (state: object) =>
      look(controlsOf(capability('update', { can_install: true, state })), 'install', 'actions').options.length;

    expect(options({ installed: '1', latest: '2' })).toBe(1);
    expect(options({ installed: '2', latest: '2' })).toBe(0);
    expect(options({ installed: '1', latest: '2', is_running: true })).toBe(0);
  });

  test.each([
    ['light', { do: 'set_light', brightness_pct: 40 }],
    ['cover', { do: 'move_cover', position_pct: 40 }],
    ['valve', { do: 'move_valve', position_pct: 40 }],
    ['fan', { do: 'set_fan', speed_pct: 40 }],
    ['sensor', null],
  ] as const)('a drag over a %s sets its level', (kind, command) => {
    expect(slideCommand(capability(kind), 40)).toEqual(command);
  });

  test('a drag to nothing turns a light off', () => {
    expect(slideCommand(capability('light'), 0)).toEqual({ do: 'turn', on: false });
  });
});

describe('words', () => {
  test('what never reported has no state yet', () => {
    expect(notes('sensor', {})).toEqual(['No state yet']);
    expect(notes('binary_sensor', {})).toEqual(['No state yet']);
    expect(notes('event', {})).toEqual(['Never']);
  });

  test('a door says open and closed, a smoke detector what it means', () => {
    expect(notes('binary_sensor', { device_class: 'door', state: { on: true } })).toEqual(['Open']);
    expect(notes('binary_sensor', { device_class: 'smoke', state: { on: false } })).toEqual(['Clear']);
    expect(notes('binary_sensor', { device_class: 'no such class', state: { on: true } })).toEqual(['On']);
  });

  test('a sensor without a name is called after what it measures', () => {
    expect(controlsOf(capability('sensor', { device_class: 'carbon_dioxide' }))[0]?.label).toBe('Carbon dioxide');
    expect(controlsOf(capability('sensor'))[0]?.label).toBe('State');
  });

  test('a sensor shows its unit and the digits that it was given', () => {
    expect(notes('sensor', { unit: '°C', precision: 1, state: { value: 21.34 } })).toEqual(['21.3°']);
    expect(notes('sensor', { options: ['eco'], state: { value: 'eco' } })).toEqual(['Eco']);
  });

  test('a cover says how far it is open, and that it moves', () => {
    expect(notes('cover', { can_stop: true, state: { motion: 'open', position_pct: 40 } })).toEqual(['40 % open']);
    expect(notes('cover', { can_stop: true, state: { motion: 'closing', position_pct: 40 } })).toEqual(['closing…']);
    expect(notes('cover', { can_stop: true, state: { position_pct: 0 } })).toEqual(['Closed']);
  });

  test('a thermostat says what it is doing, unless that is nothing', () => {
    const doing = (action: string) =>
      controlsOf(capability('climate', { ...KINDS.climate, state: { current_c: 26.4, action } })).find(
        (control) => control.key === 'current_c',
      )?.note;

    expect([doing('heating'), doing('off')]).toEqual(['26.4° · heating', '26.4°']);
  });

  test('a secret text is never shown', () => {
    const shown = look(controlsOf(capability('text', { is_secret: true, state: { text: 'open' } })), 'text', 'text');

    expect(shown).toMatchObject({ text: '', secret: true });
  });

  test('numbers of a control have the digits that its steps need', () => {
    expect([controlNumber(23, 0.5, '°'), controlNumber(22.5, 0.5, '°'), controlNumber(66.6, 33.3, ' %')]).toEqual([
      '23°',
      '22.5°',
      '67 %',
    ]);
  });
});

test('what a device wants kept out of sight stands among the details', () => {
  expect(groupOf(capability('sensor', { category: 'diagnostic' }))).toBe('details');
  expect(groupOf(capability('sensor', { is_shown: false }))).toBe('details');
  expect(groupOf(capability('select', { category: 'setting' }))).toBe('settings');
  expect(groupOf(capability('light'))).toBe('primary');
});
