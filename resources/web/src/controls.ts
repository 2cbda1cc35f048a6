/**
 * What a device's sheet offers for each capability, and the command that each control stands for.
 *
 * Pure: a control is a value that says what to draw; `control-row.ts` draws it. The same controls under the same names
 * as on the wall.
 */

import { clockTime, numeral, reading } from './format';
import {
  actionName,
  boltName,
  className,
  guardName,
  modeName,
  senseIcon,
  senseName,
  sensorIcon,
  workName,
} from './vocabulary';
import type {
  Alarm,
  BinarySensor,
  Capability,
  Climate,
  Color,
  Command,
  Cover,
  Fan,
  Light,
  Lock,
  Mower,
  NumberSetting,
  Sensor,
  Update,
  Vacuum,
  Valve,
  WaterHeater,
} from './wire';
import { say, sayOfHome } from './words';

/** One of several to choose from, or one action. */
export interface Option {
  readonly value: string;
  readonly label: string;
  /** It takes a press of a second. */
  readonly hold?: boolean;
  /** It takes a code. */
  readonly code?: boolean;
}

export interface SwitchLook {
  readonly kind: 'switch';
  readonly on: boolean | null;
  readonly set: (on: boolean) => Command;
}

export interface NumberLook {
  readonly kind: 'slider' | 'kelvin' | 'stepper';
  readonly number: number | null;
  readonly low: number;
  readonly high: number;
  readonly step: number;
  readonly unit: string;
  readonly set: (value: number) => Command;
}

export interface ColorLook {
  readonly kind: 'color';
  readonly color: Color | null;
  readonly set: (color: Color) => Command;
}

export interface OptionsLook {
  readonly kind: 'choice' | 'actions';
  readonly options: readonly Option[];
  readonly chosen: string | null;
  readonly set: (value: string, code?: string) => Command;
}

export interface TextLook {
  readonly kind: 'text';
  readonly text: string;
  readonly secret: boolean;
  /** Something to be sent, not a setting that is kept. */
  readonly isMessage: boolean;
  readonly most: number;
  readonly set: (text: string) => Command;
}

export interface ImageLook {
  readonly kind: 'image';
  /** In seconds since the epoch. */
  readonly takenAt: number | null;
}

export interface ValueLook {
  readonly kind: 'value';
  readonly icon: string;
}

export type Look = SwitchLook | NumberLook | ColorLook | OptionsLook | TextLook | ImageLook | ValueLook;

/** One line of a sheet. */
export interface Control {
  /** What of the capability it sets; unique within the capability. */
  readonly key: string;
  readonly label: string;
  /** The state in words. */
  readonly note: string;
  readonly look: Look;
}

/** Return the controls of one capability as it is in `state`, the main one first. */
export function controlsOf(capability: Capability, state: Capability['state'] = capability.state): Control[] {
  return made({ ...capability, state } as Capability);
}

/** Return the group of the sheet in which a capability's controls stand. */
export function groupOf(capability: Capability): 'primary' | 'settings' | 'details' {
  if (!capability.is_shown || capability.category === 'diagnostic') return 'details';
  return capability.category === 'setting' ? 'settings' : 'primary';
}

function made(capability: Capability): Control[] {
  switch (capability.kind) {
    case 'switch':
      return [turn(capability.state.on)];
    case 'siren': {
      const sound = (field: string) => (value: unknown) => ({ do: 'sound_siren', [field]: value });
      return [
        turn(capability.state.on),
        ...choice('tone', say('Tone'), capability.tones, null, sound('tone')),
        ...(capability.has_volume ? [percent('volume_pct', say('Volume'), null, sound('volume_pct'))] : []),
      ];
    }
    case 'light':
      return light(capability);
    case 'cover':
      return cover(capability);
    case 'valve':
      return valve(capability);
    case 'lock':
      return [lock(capability)];
    case 'climate':
      return climate(capability);
    case 'water_heater':
      return waterHeater(capability);
    case 'fan':
      return fan(capability);
    case 'humidifier': {
      const { state } = capability;
      const set = setter('set_humidifier');
      const limits = { low: capability.min_pct, high: capability.max_pct };
      return [
        turn(state.on),
        ...(capability.has_target
          ? [percent('target_pct', say('Target humidity'), state.target_pct, set('target_pct'), limits)]
          : []),
        ...choice('mode', say('Mode'), capability.modes, state.mode, set('mode')),
      ];
    }
    case 'alarm':
      return [alarm(capability)];
    case 'vacuum':
    case 'mower':
      return robot(capability);
    case 'button':
    case 'scene':
      return [actions('press', say('Press'), [{ value: 'press', label: say('Press') }], null, '', () => ({ do: 'press' }))];
    case 'number':
      return [number(capability)];
    case 'select': {
      const set = (option: string) => ({ do: 'select_option', option });
      return choice('option', say('Mode'), capability.options, capability.state.option, set);
    }
    case 'text':
      return [
        {
          key: 'text',
          label: say('Text'),
          note: '',
          look: {
            kind: 'text',
            text: capability.is_secret ? '' : (capability.state.text ?? ''),
            secret: capability.is_secret,
            isMessage: false,
            most: capability.max_length,
            set: (text) => ({ do: 'set_text', text }),
          },
        },
      ];
    case 'notify':
    case 'infrared_emitter':
      return [message('message', say('Message'), (text) => ({ do: 'send_message', message: text }))];
    case 'update':
      return [update(capability)];
    case 'image': {
      const takenAt = capability.state.taken_at ?? null;
      const note = takenAt === null ? sayOfHome('No picture yet') : sayOfHome('at %1', clockTime(takenAt));
      return [{ key: 'image', label: say('Picture'), note, look: { kind: 'image', takenAt } }];
    }
    case 'binary_sensor': {
      const { on } = capability.state;
      const note = on == null ? unknown() : senseName(capability.device_class, on);
      return [value('state', stateLabel(capability), note, capability.icon ?? senseIcon(capability.device_class))];
    }
    case 'sensor': {
      const icon = capability.icon ?? sensorIcon(capability.device_class);
      return [value('state', stateLabel(capability), sensorWords(capability), icon)];
    }
    case 'event':
    case 'trigger':
    case 'infrared_receiver': {
      const { event, happened_at: at } = capability.state;
      const when = at == null ? sayOfHome('Never') : sayOfHome('at %1', clockTime(at));
      const isTold = capability.kind !== 'infrared_receiver' && at != null && event != null && event !== '';
      const isBell = capability.kind === 'event' && capability.device_class === 'doorbell';
      const icon = capability.icon ?? (isBell ? 'bell-ring' : capability.kind === 'event' ? 'circle-dot' : 'radio');
      return [value('state', say('State'), isTold ? `${event} · ${when}` : when, icon)];
    }
    case 'tracker': {
      const { place } = capability.state;
      const known: Readonly<Record<string, string>> = { home: sayOfHome('at home'), not_home: sayOfHome('away') };
      const note = place == null ? unknown() : (known[place] ?? place);
      return [value('state', say('State'), note, capability.icon ?? 'map-pin')];
    }
  }
}

function light(capability: Light): Control[] {
  const { state } = capability;
  const set = setter('set_light');
  const brightness = state.on === false ? null : state.brightness_pct;
  const controls = [turn(state.on)];
  if (capability.has_brightness) {
    controls.push(percent('brightness_pct', say('Brightness'), brightness, set('brightness_pct'), { low: 1 }));
  }
  if (capability.warmest_k !== null && capability.coldest_k !== null) {
    controls.push({
      key: 'color_temp_k',
      label: say('Colour temperature'),
      note: '',
      look: {
        kind: 'kelvin',
        number: state.mode === 'color' ? null : (state.color_temp_k ?? null),
        low: capability.warmest_k,
        high: capability.coldest_k,
        step: 50,
        unit: ' K',
        set: (kelvin) => ({ do: 'set_light', color_temp_k: Math.round(kelvin) }),
      },
    });
  }
  if (capability.has_color) {
    const color = state.mode === 'temperature' ? null : (state.color ?? null);
    controls.push({ key: 'color', label: say('Colour'), note: '', look: { kind: 'color', color, set: set('color') } });
  }
  if (capability.has_white) {
    const white = state.mode === 'white' ? state.brightness_pct : null;
    controls.push(percent('white_pct', say('White'), white, set('white_pct')));
  }
  return [...controls, ...choice('effect', say('Effect'), capability.effects, state.effect, set('effect'))];
}

function cover(capability: Cover): Control[] {
  const { state } = capability;
  const set = setter('move_cover');
  const guarded = ['garage', 'gate', 'door'].includes(capability.device_class ?? '');
  return [
    moves(capability, guarded, set('move')),
    ...(capability.has_position ? [percent('position_pct', say('Position'), state.position_pct, set('position_pct'))] : []),
    ...(capability.has_tilt ? [percent('tilt_pct', say('Tilt'), state.tilt_pct, set('tilt_pct'))] : []),
  ];
}

function valve(capability: Valve): Control[] {
  const set = setter('move_valve');
  return [
    moves(capability, true, set('move')),
    ...(capability.has_position
      ? [percent('position_pct', say('Position'), capability.state.position_pct, set('position_pct'))]
      : []),
  ];
}

function moves(capability: Cover | Valve, guarded: boolean, set: (move: string) => Command): Control {
  const { motion, position_pct: position } = capability.state;
  const options = [
    ...(capability.can_open ? [{ value: 'open', label: say('Open'), hold: guarded }] : []),
    ...(capability.can_stop ? [{ value: 'stop', label: say('Stop') }] : []),
    ...(capability.can_close ? [{ value: 'close', label: say('Close') }] : []),
  ];
  const going = motion === 'opening' ? 'open' : motion === 'closing' ? 'close' : null;
  const isOpen = motion === 'open' || (motion !== 'closed' && (position ?? 0) > 0);
  const note =
    motion == null && position == null
      ? unknown()
      : motion === 'opening'
        ? sayOfHome('opening…')
        : motion === 'closing'
          ? sayOfHome('closing…')
          : position != null && position > 0 && position < 100
            ? sayOfHome('%1 % open', numeral(position, 0))
            : isOpen ? sayOfHome('Open') : sayOfHome('Closed');
  return actions('move', say('Operate'), options, going, note, set);
}

function lock(capability: Lock): Control {
  const code = capability.code_pattern !== null;
  const options = [
    { value: 'lock', label: say('Lock'), code },
    { value: 'unlock', label: say('Unlock'), hold: true, code },
    ...(capability.can_open ? [{ value: 'open', label: say('Open the door'), hold: true, code }] : []),
  ];
  const { bolt } = capability.state;
  const going: Readonly<Record<string, string>> = { locking: 'lock', unlocking: 'unlock', opening: 'open' };
  const note = bolt == null ? unknown() : boltName(bolt);
  return actions('turn', say('Operate'), options, going[bolt ?? ''] ?? null, note, (way, typed) => ({
    do: 'operate_lock',
    turn: way,
    ...(typed === undefined ? {} : { code: typed }),
  }));
}

function climate(capability: Climate): Control[] {
  const { state } = capability;
  const set = setter('set_climate');
  const controls: Control[] = [];
  if (capability.has_target) {
    controls.push(degrees('target_c', say('Temperature'), state.target_c, capability, set('target_c')));
  }
  if (capability.has_range) {
    controls.push(degrees('low_c', say('From'), state.low_c, capability, set('low_c')));
    controls.push(degrees('high_c', say('To'), state.high_c, capability, set('high_c')));
  }
  controls.push(...choice('mode', say('Mode'), capability.modes, state.mode, set('mode')));
  if (capability.can_turn) controls.push(turn(state.on ?? isOnIn(state.mode)));
  if (capability.has_target_humidity) {
    const limits = { low: capability.min_humidity_pct, high: capability.max_humidity_pct };
    const { target_humidity_pct: target } = state;
    controls.push(percent('target_humidity_pct', say('Target humidity'), target, set('target_humidity_pct'), limits));
  }
  const presets = capability.presets.length > 0 ? [...new Set(['none', ...capability.presets])] : [];
  const { swing_horizontal_mode: sideways } = state;
  controls.push(
    ...choice('fan_mode', say('Fan'), capability.fan_modes, state.fan_mode, set('fan_mode')),
    ...choice('swing_mode', say('Swing'), capability.swing_modes, state.swing_mode, set('swing_mode')),
    ...choice(
      'swing_horizontal_mode',
      say('Swing, sideways'),
      capability.swing_horizontal_modes,
      sideways,
      set('swing_horizontal_mode'),
    ),
    ...choice('preset', say('Preset'), presets, state.preset ?? 'none', set('preset')),
  );
  if (state.current_c != null) {
    // That it is off stands above already.
    const doing = state.action == null || state.action === 'off' ? '' : ` · ${actionName(state.action)}`;
    controls.push(value('current_c', say('Now'), `${numeral(Math.round(state.current_c * 10) / 10)}°${doing}`, 'thermometer'));
  }
  if (state.humidity_pct != null) {
    controls.push(value('humidity_pct', say('Humidity'), `${numeral(state.humidity_pct, 0)} %`, 'droplets'));
  }
  return controls;
}

function waterHeater(capability: WaterHeater): Control[] {
  const { state } = capability;
  const set = setter('set_water_heater');
  return [
    ...(capability.has_target
      ? [degrees('target_c', say('Temperature'), state.target_c, capability, set('target_c'))]
      : []),
    ...choice('mode', say('Mode'), capability.modes, state.mode, set('mode')),
    ...(capability.can_turn ? [turn(state.on ?? isOnIn(state.mode))] : []),
    ...(state.current_c != null ? [value('current_c', say('Now'), `${numeral(Math.round(state.current_c * 10) / 10)}°`, 'thermometer')] : []),
  ];
}

function fan(capability: Fan): Control[] {
  const { state } = capability;
  const set = setter('set_fan');
  const directions = [
    { value: 'forward', label: say('Forward') },
    { value: 'reverse', label: say('Reverse') },
  ];
  const speed = state.on === false ? 0 : state.speed_pct;
  return [
    turn(state.on),
    ...(capability.speeds > 0
      ? [percent('speed_pct', say('Speed'), speed, set('speed_pct'), { step: 100 / capability.speeds })]
      : []),
    ...choice('preset', say('Preset'), capability.presets, state.preset, set('preset')),
    ...(capability.can_oscillate ? [toggle('oscillating', say('Swivel'), state.oscillating, set('oscillating'))] : []),
    ...(capability.can_reverse
      ? [chosen('direction', say('Direction'), directions, state.direction ?? null, set('direction'))]
      : []),
  ];
}

function alarm(capability: Alarm): Control {
  const names: Readonly<Record<string, string>> = {
    disarmed: say('Disarm'),
    armed_home: say('Arm, home'),
    armed_away: say('Arm, away'),
    armed_night: say('Arm, night'),
    armed_vacation: say('Arm, vacation'),
    armed_custom_bypass: say('Arm, custom'),
    triggered: say('Set off'),
  };
  const { guard } = capability.state;
  const options = ['disarmed', ...capability.arms, ...(capability.can_trigger ? ['triggered'] : [])].map((to) => ({
    value: to,
    label: names[to] ?? to,
    hold: to === 'triggered',
    code: to === 'disarmed' ? capability.disarming_needs_code : capability.arming_needs_code,
  }));
  const note = guard == null ? unknown() : guardName(guard);
  return actions('guard', say('Operate'), options, guard ?? null, note, (to, typed) => ({
    do: 'set_alarm',
    guard: to,
    ...(typed === undefined ? {} : { code: typed }),
  }));
}

function robot(capability: Vacuum | Mower): Control[] {
  const names: Readonly<Record<string, string>> = {
    start: say('Start'),
    pause: say('Pause'),
    stop: say('Stop'),
    dock: say('Back to the dock'),
    locate: say('Where are you?'),
    clean_spot: say('Clean this spot'),
  };
  const { state } = capability;
  const set = setter('drive_robot');
  const options = Object.entries(names)
    .filter(([drive]) => capability.actions.includes(drive))
    .map(([drive, label]) => ({ value: drive, label }));
  const note = state.work == null ? unknown() : workName(state.work);
  const controls = [actions('drive', say('Operate'), options, null, note, set('drive'))];
  if (capability.kind === 'mower') return controls;
  controls.push(...choice('fan_speed', say('Speed'), capability.fan_speeds, state.fan_speed, set('fan_speed')));
  if (state.battery_pct != null) {
    controls.push(value('battery_pct', say('Charge'), `${numeral(state.battery_pct, 0)} %`, 'battery'));
  }
  if (capability.takes_orders) controls.push(message('order', say('Order'), set('order')));
  return controls;
}

function number(capability: NumberSetting): Control {
  const { min_value: low, max_value: high, step, unit } = capability;
  const steps = step > 0 ? (high - low) / step : 0;
  return {
    key: 'value',
    label: say('Value'),
    note: '',
    look: {
      kind: steps > 0 && steps <= 1000 ? 'slider' : 'stepper',
      number: capability.state.value ?? null,
      low,
      high,
      step,
      unit: unitOf(unit),
      set: (to: number) => ({ do: 'set_number', value: to }),
    },
  };
}

function update(capability: Update): Control {
  const { installed, latest, is_running: isRunning, progress_pct: progress } = capability.state;
  const isBehind = latest != null && latest !== installed && isRunning !== true;
  const options = capability.can_install && isBehind ? [{ value: 'install', label: say('Install') }] : [];
  const versions = [...new Set([installed, latest].filter((version) => version != null && version !== ''))].join(' → ');
  const running = progress == null ? sayOfHome('installing…') : sayOfHome('Installing… %1 %', numeral(progress, 0));
  const note = isRunning === true ? running : versions === '' ? unknown() : versions;
  return actions('install', say('Version'), options, null, note, () => ({ do: 'install_update' }));
}

function stateLabel(capability: BinarySensor | Sensor): string {
  return className(capability.device_class) ?? say('State');
}

function sensorWords(capability: Sensor): string {
  const { value: said } = capability.state;
  if (said == null) return unknown();
  if (typeof said === 'number') return reading(said, capability.unit, capability.precision);
  if (capability.device_class === 'timestamp' && !Number.isNaN(Date.parse(said))) {
    return clockTime(Date.parse(said) / 1000);
  }
  return capability.options.length > 0 ? modeName(said) : said;
}

// Looks

function setter(command: string): (field: string) => (value: unknown) => Command {
  return (field) => (to: unknown) => ({ do: command, [field]: to });
}

function turn(on: boolean | null | undefined): Control {
  return toggle('on', say('Power'), on, (to) => ({ do: 'turn', on: to }));
}

function toggle(key: string, label: string, on: boolean | null | undefined, set: (on: boolean) => Command): Control {
  return { key, label, note: '', look: { kind: 'switch', on: on ?? null, set } };
}

function percent(
  key: string,
  label: string,
  now: number | null | undefined,
  set: (value: number) => Command,
  limits: { low?: number; high?: number; step?: number } = {},
): Control {
  const { low = 0, high = 100, step = 1 } = limits;
  return { key, label, note: '', look: { kind: 'slider', number: now ?? null, low, high, step, unit: ' %', set } };
}

function degrees(
  key: string,
  label: string,
  now: number | null | undefined,
  limits: Climate | WaterHeater,
  set: (value: number) => Command,
): Control {
  const { min_c: low, max_c: high, step_c: step } = limits;
  return { key, label, note: '', look: { kind: 'stepper', number: now ?? null, low, high, step, unit: '°', set } };
}

function choice(
  key: string,
  label: string,
  values: readonly string[],
  now: string | null | undefined,
  set: (value: string) => Command,
): Control[] {
  if (values.length === 0) return [];
  const options = values.map((one) => ({ value: one, label: modeName(one) }));
  return [chosen(key, label, options, now ?? null, set)];
}

function chosen(
  key: string,
  label: string,
  options: readonly Option[],
  now: string | null,
  set: (value: string) => Command,
): Control {
  return { key, label, note: '', look: { kind: 'choice', options, chosen: now, set } };
}

function actions(
  key: string,
  label: string,
  options: readonly Option[],
  now: string | null,
  note: string,
  set: (value: string, code?: string) => Command,
): Control {
  return { key, label, note, look: { kind: 'actions', options, chosen: now, set } };
}

function message(key: string, label: string, set: (text: string) => Command): Control {
  return { key, label, note: '', look: { kind: 'text', text: '', secret: false, isMessage: true, most: 4096, set } };
}

function value(key: string, label: string, note: string, icon: string): Control {
  return { key, label, note, look: { kind: 'value', icon } };
}

function unknown(): string {
  return sayOfHome('No state yet');
}

function isOnIn(mode: string | null | undefined): boolean | null {
  return mode == null ? null : mode !== 'off';
}

/** Return a unit as it follows a number. */
function unitOf(unit: string | null): string {
  if (unit === null || unit === '') return '';
  return ['°', '°C', '°F'].includes(unit) ? '°' : ` ${unit}`;
}

/** Return a number as a control shows it. */
export function controlNumber(now: number, step: number, unit: string): string {
  return `${numeral(now, step >= 1 ? 0 : null)}${unit}`;
}
