/** What matters of an area in a few words: how many things are on, and how warm it is. Pure; the wall counts alike. */

import { numeral } from './format';
import type { Place } from './store';
import type { Capability, Device } from './wire';
import { say } from './words';

export interface Summary {
  /** Devices that are on. */
  readonly on: number;
  /** The lights among them: device and capability. */
  readonly lights: readonly { readonly device: string; readonly capability: string }[];
  readonly roomC: number | null;
}

const BUSY: readonly unknown[] = ['heating', 'cooling', 'drying', 'fan'];

/** Sum up the devices of some places. */
export function summaryOf(places: readonly Place[], devices: ReadonlyMap<string, Device>): Summary {
  let on = 0;
  let roomC: number | null = null;
  const lights: { device: string; capability: string }[] = [];
  for (const id of places.flatMap((place) => place.devices)) {
    const device = devices.get(id);
    if (device === undefined || device.tile.stale === true) continue;
    const telling = device.capabilities.filter((capability) => capability.category === 'primary');
    if (telling.some(isOn)) on += 1;
    for (const capability of telling) {
      if (capability.kind === 'light' && isOn(capability)) lights.push({ device: id, capability: capability.id });
      roomC ??= warmthOf(capability);
    }
  }
  return { on, lights, roomC };
}

/** Return a summary in words; the warmth is told of a single area only. */
export function summaryWords(summary: Summary, isOneArea: boolean): string {
  const count = summary.lights.length;
  const words = count === 0 ? [] : [count === 1 ? say('1 light on') : say('%1 lights on', count)];
  if (isOneArea && summary.roomC !== null) words.push(`${numeral(Math.round(summary.roomC * 10) / 10)}°`);
  return words.join(' · ');
}

function isOn(capability: Capability): boolean {
  switch (capability.kind) {
    case 'switch':
    case 'light':
    case 'fan':
    case 'siren':
    case 'humidifier':
      return (capability.wanted ?? capability.state).on === true;
    case 'climate':
      return BUSY.includes((capability.wanted ?? capability.state).action);
    default:
      return false;
  }
}

function warmthOf(capability: Capability): number | null {
  if (capability.kind === 'climate') return capability.state.current_c ?? null;
  if (capability.kind !== 'sensor' || capability.device_class !== 'temperature') return null;
  return typeof capability.state.value === 'number' ? capability.state.value : null;
}
