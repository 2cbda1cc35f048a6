/** The home's own words for what devices say; the build takes the tables from `intercom/home/words.py`. */

import tables from '../generated/vocabulary.json';
import { sayOfHome } from './words';

/** How a binary sensor of one device class looks. */
interface Sense {
  readonly on: string;
  readonly off: string;
  readonly icon: string;
}

type Table<Value> = Readonly<Record<string, Value>>;

const MODES: Table<string> = tables.modes;
const ACTIONS: Table<string> = tables.actions;
const BOLTS: Table<string> = tables.bolts;
const GUARDS: Table<string> = tables.guards;
const WORKS: Table<string> = tables.works;
const SENSES: Table<Sense> = tables.senses;
const CLASSES: Table<string> = tables.classes;
const SENSOR_ICONS: Table<string> = tables.sensor_icons;

/** Return the name of a mode or preset; a device's own words stand for themselves. */
export function modeName(mode: string): string {
  return translated(MODES, mode);
}

/** Return what a thermostat is doing. */
export function actionName(action: string): string {
  return translated(ACTIONS, action);
}

export function boltName(bolt: string): string {
  return translated(BOLTS, bolt);
}

export function guardName(guard: string): string {
  return translated(GUARDS, guard);
}

export function workName(work: string): string {
  return translated(WORKS, work);
}

/** Return what a sensor of a device class is called that has no name of its own; null for a class that we do not know. */
export function className(deviceClass: string | null): string | null {
  const text = CLASSES[deviceClass ?? ''];
  return text === undefined ? null : sayOfHome(text);
}

/** Return what a binary sensor says. */
export function senseName(deviceClass: string | null, isOn: boolean): string {
  const sense = senseOf(deviceClass);
  return sayOfHome(isOn ? sense.on : sense.off);
}

export function senseIcon(deviceClass: string | null): string {
  return senseOf(deviceClass).icon;
}

export function sensorIcon(deviceClass: string | null): string {
  return SENSOR_ICONS[deviceClass ?? ''] ?? 'activity';
}

function senseOf(deviceClass: string | null): Sense {
  return SENSES[deviceClass ?? ''] ?? { on: 'On', off: 'Off', icon: 'circle-dot' };
}

function translated(table: Table<string>, word: string): string {
  const text = table[word];
  return text === undefined ? word : sayOfHome(text);
}
