/**
 * What this client knows, and how messages change it: message → `reduce` → state → render.
 *
 * The state is never changed in place, so that a view may compare what it drew with what is now. Knows neither the
 * network nor the screen; `relay.ts` sends most messages, the screens the rest.
 */

import type { Area, Capability, Changes, Command, Device, Hours, Release, Session, Snapshot, Trouble } from './wire';

/**
 * How the link to the relay is; `since` is in milliseconds since the epoch. Paused: the relay answers, but this is
 * outside the hours that were chosen for us.
 */
export type Link =
  | { readonly is: 'starting' | 'up' | 'down'; readonly since: number }
  | { readonly is: 'paused'; readonly since: number; readonly hours: Hours | null };

/** Why somebody has to come in anew: never was in, was put out at the home, or left by their own will. */
export type Strangeness = 'new' | 'ended' | 'left';

/** Who we are to the relay; null until we know. */
export type Standing =
  | { readonly is: 'admitted'; readonly session: Session }
  | { readonly is: 'stranger'; readonly why: Strangeness; readonly wasLogin?: true };

/** A part of the home with the devices to show in it, in order; `area` is null for devices that are in none. */
export interface Place {
  readonly area: Area | null;
  readonly devices: readonly string[];
}

export interface Home {
  readonly run: string;
  readonly revision: number;
  readonly name: string;
  readonly areas: readonly Area[];
  readonly devices: ReadonlyMap<string, Device>;
  /** Derived from areas and devices; the same object while neither names nor places change. */
  readonly places: readonly Place[];
  /** What is the matter with the panel itself. */
  readonly troubles: readonly Trouble[];
}

/** A command on its way. */
export interface Asked {
  readonly id: number;
  readonly device: string;
  readonly capability: string;
  readonly command: Command;
}

/** Something to tell the person: why a command failed. */
export interface Notice {
  readonly id: number;
  readonly device: string;
  readonly code: string;
  readonly message: string;
}

export interface State {
  readonly link: Link;
  readonly standing: Standing | null;
  readonly home: Home | null;
  readonly asked: readonly Asked[];
  readonly notices: readonly Notice[];
  /** A newer version of the program, as owners are told; null while there is none. */
  readonly release: Release | null;
}

export type Message =
  | { readonly is: 'link'; readonly link: Link }
  | { readonly is: 'standing'; readonly standing: Standing }
  | { readonly is: 'release'; readonly release: Release | null }
  | { readonly is: 'snapshot'; readonly snapshot: Snapshot }
  | { readonly is: 'changes'; readonly changes: Changes }
  | { readonly is: 'asked'; readonly asked: Asked }
  | { readonly is: 'settled'; readonly id: number; readonly error?: { readonly code: string; readonly message: string } }
  | { readonly is: 'dismissed'; readonly id: number };

const MOST_NOTICES = 3;

/** Return the state of a client that has just been opened at `now` (milliseconds since the epoch). */
export function initialState(now: number): State {
  return { link: { is: 'starting', since: now }, standing: null, home: null, asked: [], notices: [], release: null };
}

/** Return what is known after a message. */
export function reduce(state: State, message: Message): State {
  switch (message.is) {
    case 'link':
      return isNews(state.link, message.link) ? { ...state, link: message.link } : state;
    case 'standing':
      return message.standing.is === 'admitted'
        ? { ...state, standing: message.standing }
        : { ...state, standing: message.standing, home: null, asked: [], notices: [], release: null };
    case 'release':
      return state.release === message.release ? state : { ...state, release: message.release };
    case 'snapshot':
      return withSnapshot(state, message.snapshot);
    case 'changes':
      return state.home === null ? state : { ...state, home: changedHome(state.home, message.changes) };
    case 'asked':
      return { ...state, asked: [...state.asked, message.asked] };
    case 'settled':
      return settled(state, message.id, message.error);
    case 'dismissed':
      return { ...state, notices: state.notices.filter((notice) => notice.id !== message.id) };
  }
}

/** Whether a link is in another way than before, or paused until other hours. */
function isNews(before: Link, link: Link): boolean {
  if (before.is !== 'paused' || link.is !== 'paused') return before.is !== link.is;
  return JSON.stringify(before.hours) !== JSON.stringify(link.hours);
}

/** Holds the state, and tells its watchers at most once a frame, however many messages came. */
export class Store {
  state: State;
  private readonly watchers = new Set<() => void>();
  private isToldSoon = false;

  /** `soon` runs a function before the next frame. */
  constructor(
    now: number,
    private readonly soon: (run: () => void) => void,
  ) {
    this.state = initialState(now);
  }

  readonly send = (message: Message): void => {
    this.state = reduce(this.state, message);
    if (this.isToldSoon) return;
    this.isToldSoon = true;
    this.soon(() => {
      this.isToldSoon = false;
      for (const watcher of this.watchers) watcher();
    });
  };

  /** Call `watcher` after changes; return what stops it. */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }
}

/** Return what to show of a capability: what we ask for, else what the relay says is wanted, else what is known. */
export function shownState<C extends Capability>(capability: C, device: string, asked: readonly Asked[]): C['state'] {
  const shown = capability.wanted ?? capability.state;
  const own = asked.findLast((one) => one.device === device && one.capability === capability.id);
  return own === undefined ? shown : { ...shown, ...askedState(capability, own.command) };
}

/** Return whether anything is asked of a capability and not yet confirmed. */
export function isPending(capability: Capability, device: string, asked: readonly Asked[]): boolean {
  return (
    capability.wanted !== undefined || asked.some((one) => one.device === device && one.capability === capability.id)
  );
}

/** Return the fields of a command that name something to reach, as a state. */
function askedState(capability: Capability, command: Command): object {
  const state: Record<string, unknown> = {};
  for (const field of REACHED[capability.kind] ?? []) {
    if (command[field] !== undefined) state[field] = command[field];
  }
  if (command.do === 'set_light' && command.on === undefined) state.on = command.brightness_pct !== 0;
  if (command.do === 'set_fan' && command.speed_pct !== undefined) state.on = command.speed_pct !== 0;
  return state;
}

const ON = ['on'];
const REACHED: Partial<Record<Capability['kind'], readonly string[]>> = {
  switch: ON,
  siren: ON,
  light: ['on', 'brightness_pct', 'color', 'color_temp_k', 'effect'],
  cover: ['position_pct', 'tilt_pct'],
  valve: ['position_pct'],
  climate: [
    'on',
    'mode',
    'target_c',
    'low_c',
    'high_c',
    'target_humidity_pct',
    'fan_mode',
    'swing_mode',
    'swing_horizontal_mode',
    'preset',
  ],
  water_heater: ['on', 'mode', 'target_c'],
  fan: ['on', 'speed_pct', 'preset', 'oscillating', 'direction'],
  humidifier: ['on', 'target_pct', 'mode'],
  vacuum: ['fan_speed'],
  number: ['value'],
  select: ['option'],
  text: ['text'],
};

function withSnapshot(state: State, snapshot: Snapshot): State {
  const devices = new Map(snapshot.devices.map((device) => [device.id, device]));
  return {
    ...state,
    standing: { is: 'admitted', session: snapshot.you },
    home: {
      run: snapshot.run,
      revision: snapshot.revision,
      name: snapshot.home.name,
      areas: snapshot.areas,
      devices,
      places: placesOf(snapshot.areas, devices),
      troubles: snapshot.troubles,
    },
  };
}

function changedHome(home: Home, changes: Changes): Home {
  if (changes.revision <= home.revision) return home;
  const devices = new Map(home.devices);
  for (const id of changes.removed ?? []) devices.delete(id);
  for (const device of changes.devices ?? []) devices.set(device.id, device);
  for (const { device: id, capability, ...wire } of changes.states ?? []) {
    changeCapability(devices, id, capability, (old) => {
      const { wanted, trust, available, at, ...fixed } = old;
      return { ...fixed, ...wire } as Capability;
    });
  }
  for (const { device: id, capability, event, at } of changes.events ?? []) {
    changeCapability(devices, id, capability, (old) => {
      return { ...old, state: { event: event ?? null, happened_at: at ?? null } } as Capability;
    });
  }
  for (const [id, tile] of Object.entries(changes.tiles ?? {})) {
    const device = devices.get(id);
    if (device !== undefined) devices.set(id, { ...device, tile });
  }
  const areas = changes.areas ?? home.areas;
  const isMoved = changes.areas !== undefined || changes.devices !== undefined || changes.removed !== undefined;
  return {
    ...home,
    revision: changes.revision,
    areas,
    devices,
    troubles: changes.troubles ?? home.troubles,
    places: isMoved ? placesOf(areas, devices) : home.places,
  };
}

function changeCapability(
  devices: Map<string, Device>,
  deviceId: string,
  capabilityId: string,
  change: (old: Capability) => Capability,
): void {
  const device = devices.get(deviceId);
  if (device === undefined) return;
  const capabilities = device.capabilities.map((old) => (old.id === capabilityId ? change(old) : old));
  devices.set(deviceId, { ...device, capabilities });
}

/** Sort the visible devices into the areas, in the home's order, and after them what is in none, if anything is. */
function placesOf(areas: readonly Area[], devices: ReadonlyMap<string, Device>): readonly Place[] {
  const byArea = new Map<string | null, Device[]>();
  const known = new Set(areas.map((area) => area.id));
  for (const device of devices.values()) {
    if (device.hidden) continue;
    const key = device.area !== null && known.has(device.area) ? device.area : null;
    const there = byArea.get(key);
    if (there === undefined) byArea.set(key, [device]);
    else there.push(device);
  }
  const { compare } = new Intl.Collator(undefined, { numeric: true });
  return [...areas, ...(byArea.has(null) ? [null] : [])].map((area) => {
    const there = byArea.get(area?.id ?? null) ?? [];
    there.sort((a, b) => a.position - b.position || compare(a.name, b.name));
    return { area, devices: there.map((device) => device.id) };
  });
}

function settled(state: State, id: number, error?: { code: string; message: string }): State {
  const own = state.asked.find((asked) => asked.id === id);
  const asked = state.asked.filter((one) => one.id !== id);
  if (own === undefined || error === undefined) return { ...state, asked };
  const notice = { id, device: own.device, code: error.code, message: error.message };
  const others = state.notices.filter((one) => one.device !== own.device || one.code !== error.code);
  return { ...state, asked, notices: [...others, notice].slice(-MOST_NOTICES) };
}
