/**
 * The relay's words: what travels between it and this client, as types, and the reading of it.
 *
 * The relay leaves out what says nothing (null, false, an empty list); `readDevice` puts that back, so that nobody else
 * has to think of it. Field names are the relay's own. Knows no network and no screen.
 */

export const PROTOCOL = 1;

export type Role = 'owner' | 'resident' | 'guest' | 'screen';

/** When a guest is let in, by the wall's clock: days from 0 (Monday) to 6, minutes of the day. */
export interface Hours {
  days: readonly number[];
  from_minute: number;
  /** At or before `from_minute`: of the next day. */
  until_minute: number;
}

/** What an owner chose for a guest; what is absent is not restricted, or not granted. */
export interface Terms {
  /** The devices that the guest sees; absent: those that are shared with all guests. */
  devices?: readonly string[] | null;
  hours?: Hours | null;
  sees_history?: boolean;
}

/** A standing: of a paired client, or of a login, which has an account. */
export interface Session {
  id: string;
  name: string;
  role: Role;
  account?: string;
  terms?: Terms;
}

/** A session as an owner sees it; times in seconds since the epoch. */
export interface Client extends Session {
  created_at: number;
  seen_at: number;
  /** From where it was last seen. */
  address: string;
  is_you: boolean;
}

export type AccountRole = Exclude<Role, 'screen'>;

export interface Account {
  id: string;
  name: string;
  role: AccountRole;
  created_at: number;
  terms?: Terms;
}

export type AuditEvent =
  | 'paired'
  | 'logged_in'
  | 'logged_out'
  | 'removed'
  | 'changed'
  | 'expired'
  | 'theft'
  | 'wrong_code'
  | 'wrong_password'
  | 'wrong_pin'
  | 'too_many_tries'
  | 'refused'
  | 'account_added'
  | 'account_removed'
  | 'password_changed'
  | 'pin_changed'
  | 'unlocked'
  | 'restored'
  | 'clock';

/** What happened: `who` did it to `about`; `detail` is a role, or how an unlocking ended. */
export interface AuditEntry {
  id: number;
  at: number;
  event: AuditEvent;
  who?: string;
  about?: string;
  detail?: string;
  address?: string;
}

export interface Area {
  id: string;
  name: string;
  icon: string;
}

export type Tone = 'plain' | 'amber' | 'blue' | 'green' | 'red';

/** A phrase to translate: an English source text with its literal arguments, or with a time in epoch seconds. */
export type Phrase = readonly [text: string, ...args: (string | { at: number })[]];

export interface Touch {
  capability: string;
  command: Command;
  /** It takes a press of a second. */
  hold?: boolean;
}

export interface TileButton {
  capability: string;
  name: string;
  on?: boolean;
  pending?: boolean;
  touch: Touch;
}

/** How a device looks at a glance; the relay decides it, for the wall and for us alike. */
export interface Tile {
  icon: string;
  tone: Tone;
  on?: boolean;
  level?: number;
  /** The capability whose level a horizontal drag sets. */
  slide?: string;
  number?: string;
  words: readonly Phrase[];
  pending?: boolean;
  stale?: boolean;
  touch?: Touch;
  buttons?: readonly TileButton[];
}

/** What is asked of a capability: `do` names the command, the other fields are its own. */
export interface Command {
  do: string;
  [field: string]: unknown;
}

/** The moving part of a capability; each update replaces it whole. */
export interface StateWire<State = object> {
  state: State;
  /** Asked and not yet confirmed. */
  wanted?: State;
  trust?: 'assumed';
  available?: boolean;
  /** When it was last reported, in seconds since the epoch. */
  at?: number;
}

interface Common<Kind extends string, State> extends StateWire<State> {
  kind: Kind;
  id: string;
  name: string | null;
  category: 'primary' | 'setting' | 'diagnostic';
  icon: string | null;
  is_shown: boolean;
}

export interface Color {
  hue_deg: number;
  saturation_pct: number;
}

export interface OnState {
  on?: boolean | null;
}

export interface LightState extends OnState {
  brightness_pct?: number | null;
  mode?: 'plain' | 'temperature' | 'color' | 'white' | null;
  color?: Color | null;
  color_temp_k?: number | null;
  effect?: string | null;
}

export type Motion = 'open' | 'closed' | 'opening' | 'closing' | 'stopped';

export interface MovingState {
  motion?: Motion | null;
  position_pct?: number | null;
  tilt_pct?: number | null;
}

export type Bolt = 'locked' | 'unlocked' | 'locking' | 'unlocking' | 'opening' | 'open' | 'jammed';

export interface ClimateState extends OnState {
  mode?: string | null;
  action?: string | null;
  target_c?: number | null;
  low_c?: number | null;
  high_c?: number | null;
  current_c?: number | null;
  humidity_pct?: number | null;
  target_humidity_pct?: number | null;
  fan_mode?: string | null;
  swing_mode?: string | null;
  swing_horizontal_mode?: string | null;
  preset?: string | null;
}

export interface FanState extends OnState {
  speed_pct?: number | null;
  preset?: string | null;
  oscillating?: boolean | null;
  direction?: 'forward' | 'reverse' | null;
}

export interface HumidifierState extends OnState {
  target_pct?: number | null;
  current_pct?: number | null;
  mode?: string | null;
  action?: string | null;
}

export interface RobotState {
  work?: string | null;
  fan_speed?: string | null;
  battery_pct?: number | null;
}

export interface EventState {
  event?: string | null;
  happened_at?: number | null;
}

export interface UpdateState {
  installed?: string | null;
  latest?: string | null;
  is_running?: boolean | null;
  progress_pct?: number | null;
  title?: string | null;
  notes?: string | null;
  notes_url?: string | null;
}

export interface ImageState {
  taken_at?: number | null;
  media_type?: string | null;
  url?: string | null;
}

export interface Switch extends Common<'switch', OnState> {
  device_class: string | null;
}
export interface Siren extends Common<'siren', OnState> {
  tones: readonly string[];
  has_volume: boolean;
  has_duration: boolean;
}
export interface Light extends Common<'light', LightState> {
  has_brightness: boolean;
  has_color: boolean;
  has_white: boolean;
  coldest_k: number | null;
  warmest_k: number | null;
  effects: readonly string[];
}
export interface Cover extends Common<'cover', MovingState> {
  device_class: string | null;
  can_open: boolean;
  can_close: boolean;
  can_stop: boolean;
  has_position: boolean;
  has_tilt: boolean;
}
export interface Valve extends Common<'valve', MovingState> {
  device_class: string | null;
  can_open: boolean;
  can_close: boolean;
  can_stop: boolean;
  has_position: boolean;
}
export interface Lock extends Common<'lock', { bolt?: Bolt | null }> {
  can_open: boolean;
  code_pattern: string | null;
}
export interface Climate extends Common<'climate', ClimateState> {
  modes: readonly string[];
  fan_modes: readonly string[];
  swing_modes: readonly string[];
  swing_horizontal_modes: readonly string[];
  presets: readonly string[];
  has_target: boolean;
  has_range: boolean;
  has_target_humidity: boolean;
  can_turn: boolean;
  min_c: number;
  max_c: number;
  step_c: number;
  min_humidity_pct: number;
  max_humidity_pct: number;
}
export interface WaterHeater extends Common<'water_heater', ClimateState> {
  modes: readonly string[];
  has_target: boolean;
  can_turn: boolean;
  min_c: number;
  max_c: number;
  step_c: number;
}
export interface Fan extends Common<'fan', FanState> {
  speeds: number;
  presets: readonly string[];
  can_oscillate: boolean;
  can_reverse: boolean;
}
export interface Humidifier extends Common<'humidifier', HumidifierState> {
  dries: boolean;
  modes: readonly string[];
  has_target: boolean;
  min_pct: number;
  max_pct: number;
}
export interface Alarm extends Common<'alarm', { guard?: string | null }> {
  arms: readonly string[];
  can_trigger: boolean;
  code_pattern: string | null;
  arming_needs_code: boolean;
  disarming_needs_code: boolean;
}
export interface Vacuum extends Common<'vacuum', RobotState> {
  actions: readonly string[];
  fan_speeds: readonly string[];
  takes_orders: boolean;
}
export interface Mower extends Common<'mower', RobotState> {
  actions: readonly string[];
}
export interface Button extends Common<'button', object> {
  device_class: string | null;
}
export type Scene = Common<'scene', object>;
export interface NumberSetting extends Common<'number', { value?: number | null }> {
  device_class: string | null;
  unit: string | null;
  min_value: number;
  max_value: number;
  step: number;
}
export interface Select extends Common<'select', { option?: string | null }> {
  options: readonly string[];
}
export interface TextSetting extends Common<'text', { text?: string | null }> {
  min_length: number;
  max_length: number;
  pattern: string | null;
  is_secret: boolean;
}
export type Notify = Common<'notify', object>;
export type InfraredEmitter = Common<'infrared_emitter', object>;
export interface BinarySensor extends Common<'binary_sensor', OnState> {
  device_class: string | null;
}
export interface Sensor extends Common<'sensor', { value?: number | string | null }> {
  device_class: string | null;
  unit: string | null;
  precision: number | null;
  options: readonly string[];
}
export interface EventSource extends Common<'event', EventState> {
  device_class: string | null;
  event_types: readonly string[];
}
export interface Trigger extends Common<'trigger', EventState> {
  trigger_type: string;
  subtype: string;
}
export type InfraredReceiver = Common<'infrared_receiver', EventState>;
export interface Update extends Common<'update', UpdateState> {
  device_class: string | null;
  can_install: boolean;
}
export type Image = Common<'image', ImageState>;
export type Tracker = Common<'tracker', { place?: string | null }>;

export type Capability =
  | Switch
  | Siren
  | Light
  | Cover
  | Valve
  | Lock
  | Climate
  | WaterHeater
  | Fan
  | Humidifier
  | Alarm
  | Vacuum
  | Mower
  | Button
  | Scene
  | NumberSetting
  | Select
  | TextSetting
  | Notify
  | InfraredEmitter
  | BinarySensor
  | Sensor
  | EventSource
  | Trigger
  | InfraredReceiver
  | Update
  | Image
  | Tracker;

export type Kind = Capability['kind'];

export interface Device {
  id: string;
  name: string;
  area: string | null;
  position: number;
  hidden: boolean;
  maker: string | null;
  model: string | null;
  firmware: string | null;
  url: string | null;
  battery_pct: number | null;
  capabilities: readonly Capability[];
  tile: Tile;
}

export interface Snapshot {
  /** Random for each process of the relay: revisions of different runs cannot be compared. */
  run: string;
  revision: number;
  home: { name: string };
  you: Session;
  areas: readonly Area[];
  devices: readonly Device[];
  /** What is the matter with the panel itself. */
  troubles: readonly Trouble[];
}

/** Something that residents should know of the panel itself, such as that its disk is full. */
export interface Trouble {
  readonly kind: string;
  readonly words: Phrase;
}

export interface StateChange extends StateWire {
  device: string;
  capability: string;
}

export interface EventChange {
  device: string;
  capability: string;
  event?: string | null;
  at?: number;
}

export interface Changes {
  revision: number;
  areas?: readonly Area[];
  devices?: readonly Device[];
  removed?: readonly string[];
  states?: readonly StateChange[];
  tiles?: Readonly<Record<string, Tile>>;
  events?: readonly EventChange[];
  /** All of them, when that changed. */
  troubles?: readonly Trouble[];
}

/** What the relay answers to `watch`: everything, or that nothing changed since the revision that we named. */
export type WatchAnswer = { unchanged: true } | { unchanged: false; snapshot: Snapshot };

/** What a socket is told of its own session: it is over, or outside a guest's hours, or we are somebody else now. */
export type SessionNews = { is: 'ended' } | { is: 'paused'; hours: Hours | null } | { is: 'you'; session: Session };

/** A newer version of the program, for owners; the relay installs nothing. */
export interface Release {
  version: string;
  /** How it comes to the home's machine. */
  way: 'apt' | 'download' | 'pip';
  /** What is new, by language. */
  notes: Readonly<Record<string, string>>;
  file: { url: string; sha256: string } | null;
}

/** The relay sent something that this client does not understand; a newer client is needed. */
export class ProtocolError extends Error {}

type Raw = Record<string, unknown>;

const TILE_DEFAULTS = { tone: 'plain', words: [] as Phrase[] } as const;
const DEVICE_DEFAULTS = {
  area: null,
  position: 0,
  hidden: false,
  maker: null,
  model: null,
  firmware: null,
  url: null,
  battery_pct: null,
};
const CAPABILITY_DEFAULTS = { name: null, category: 'primary', icon: null, is_shown: true, state: {} };

const UNKNOWN = null;
const NO = false;
const NONE: readonly string[] = [];
/** What stands for an absent field: everything a kind has that the relay may leave out. */
const KIND_DEFAULTS: Record<Kind, Raw> = {
  switch: { device_class: UNKNOWN },
  siren: { tones: NONE, has_volume: NO, has_duration: NO },
  light: { has_brightness: NO, has_color: NO, has_white: NO, coldest_k: UNKNOWN, warmest_k: UNKNOWN, effects: NONE },
  cover: { device_class: UNKNOWN, can_open: NO, can_close: NO, can_stop: NO, has_position: NO, has_tilt: NO },
  valve: { device_class: UNKNOWN, can_open: NO, can_close: NO, can_stop: NO, has_position: NO },
  lock: { can_open: NO, code_pattern: UNKNOWN },
  climate: {
    modes: NONE,
    fan_modes: NONE,
    swing_modes: NONE,
    swing_horizontal_modes: NONE,
    presets: NONE,
    has_target: NO,
    has_range: NO,
    has_target_humidity: NO,
    can_turn: NO,
  },
  water_heater: { modes: NONE, has_target: NO, can_turn: NO },
  fan: { presets: NONE, can_oscillate: NO, can_reverse: NO },
  humidifier: { dries: NO, modes: NONE, has_target: NO },
  alarm: { arms: NONE, can_trigger: NO, code_pattern: UNKNOWN, arming_needs_code: NO, disarming_needs_code: NO },
  vacuum: { actions: NONE, fan_speeds: NONE, takes_orders: NO },
  mower: { actions: NONE },
  button: { device_class: UNKNOWN },
  scene: {},
  number: { device_class: UNKNOWN, unit: UNKNOWN },
  select: { options: NONE },
  text: { pattern: UNKNOWN, is_secret: NO },
  notify: {},
  infrared_emitter: {},
  binary_sensor: { device_class: UNKNOWN },
  sensor: { device_class: UNKNOWN, unit: UNKNOWN, precision: UNKNOWN, options: NONE },
  event: { device_class: UNKNOWN, event_types: NONE },
  trigger: {},
  infrared_receiver: {},
  update: { device_class: UNKNOWN, can_install: NO },
  image: {},
  tracker: {},
};

/** Read the answer to `watch`; raise ProtocolError when it is not one. */
export function readWatchAnswer(raw: unknown): WatchAnswer {
  const answer = record(raw);
  if (answer.unchanged === true) return { unchanged: true };
  if (answer.protocol !== PROTOCOL) throw new ProtocolError(`protocol ${String(answer.protocol)}`);
  if (typeof answer.run !== 'string' || typeof answer.revision !== 'number') throw new ProtocolError('no revision');
  return {
    unchanged: false,
    snapshot: {
      run: answer.run,
      revision: answer.revision,
      home: record(answer.home) as unknown as Snapshot['home'],
      you: record(answer.you) as unknown as Session,
      areas: list(answer.areas) as unknown as Area[],
      devices: list(answer.devices).map(readDevice),
      troubles: list(answer.troubles ?? []) as unknown as Trouble[],
    },
  };
}

/** Read one `changes` frame; raise ProtocolError when it is not one. */
export function readChanges(raw: unknown): Changes {
  const frame = record(raw);
  if (typeof frame.revision !== 'number') throw new ProtocolError('no revision');
  return {
    ...(frame as unknown as Changes),
    ...(frame.devices ? { devices: list(frame.devices).map(readDevice) } : {}),
    ...(frame.tiles ? { tiles: mapValues(record(frame.tiles), readTile) } : {}),
  };
}

/** Read one `session` event; null for news that this client does not know. */
export function readSessionNews(raw: unknown): SessionNews | null {
  const news = record(raw);
  if (news.ended === true) return { is: 'ended' };
  if (news.paused === true) return { is: 'paused', hours: readHours(news.hours) };
  return 'you' in news ? { is: 'you', session: record(news.you) as unknown as Session } : null;
}

/** Read a `release` event; null when there is no newer version, or in a way that this client does not know. */
export function readRelease(raw: unknown): Release | null {
  if (raw === null) return null;
  const { version, way, notes, file } = record(raw);
  if (typeof version !== 'string' || (way !== 'apt' && way !== 'download' && way !== 'pip')) return null;
  const isFile = way === 'download' && /^https:/.test(String(record(file).url));
  return {
    version,
    way,
    notes: record(notes) as Release['notes'],
    file: isFile ? (file as Release['file']) : null,
  };
}

/** Read the hours that an owner chose for us; null when the relay does not tell them. */
export function readHours(raw: unknown): Hours | null {
  const hours = raw as Hours | null | undefined;
  return Array.isArray(hours?.days) ? hours : null;
}

/** Read one device; capabilities of kinds that this client does not know are left out. */
export function readDevice(raw: unknown): Device {
  const device = record(raw);
  const capabilities = list(device.capabilities)
    .map(record)
    .filter((capability) => String(capability.kind) in KIND_DEFAULTS)
    .map((capability) => ({
      ...CAPABILITY_DEFAULTS,
      ...KIND_DEFAULTS[capability.kind as Kind],
      ...capability,
    }));
  return {
    ...DEVICE_DEFAULTS,
    ...device,
    capabilities: capabilities as unknown as Capability[],
    tile: readTile(device.tile),
  } as unknown as Device;
}

/** Read one tile. */
export function readTile(raw: unknown): Tile {
  return { ...TILE_DEFAULTS, ...record(raw) } as unknown as Tile;
}

function record(raw: unknown): Raw {
  if (typeof raw !== 'object' || raw === null) throw new ProtocolError('expected an object');
  return raw as Raw;
}

function list(raw: unknown): unknown[] {
  if (!Array.isArray(raw)) throw new ProtocolError('expected a list');
  return raw;
}

function mapValues<Value>(raw: Raw, read: (value: unknown) => Value): Record<string, Value> {
  return Object.fromEntries(Object.entries(raw).map(([key, value]) => [key, read(value)]));
}
