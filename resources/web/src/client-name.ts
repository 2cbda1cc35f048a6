/** A first proposal for what this client is called at the home: the browser and the system that it runs on. Pure. */

import { say } from './words';

const BROWSERS: readonly (readonly [string, RegExp])[] = [
  ['Samsung Internet', /SamsungBrowser\//],
  ['Whale', /Whale\//],
  ['Edge', /Edg(?:A|iOS)?\//],
  ['Opera', /OPR\//],
  ['Firefox', /(?:Firefox|FxiOS)\//],
  ['Chrome', /(?:Chrome|CriOS)\//],
  ['Safari', /Safari\//],
];

const SYSTEMS: readonly (readonly [string, RegExp])[] = [
  ['iPhone', /iPhone/],
  ['iPad', /iPad/],
  ['Android', /Android/],
  ['ChromeOS', /CrOS/],
  ['Windows', /Windows/],
  ['Mac', /Mac OS X/],
  ['Linux', /Linux/],
];

/** What a browser says of where it runs. */
type Agent = Pick<Navigator, 'userAgent' | 'maxTouchPoints'>;

/** Return a name such as "Chrome on Android". */
export function clientName(navigator: Agent): string {
  const browser = first(BROWSERS, navigator.userAgent);
  const system = systemOf(navigator);
  if (browser !== null && system !== null) return say('%1 on %2', browser, system);
  return browser ?? system ?? say('A browser');
}

/** Return the system that a browser runs on, such as "Android"; null when it does not say. */
export function systemOf({ userAgent, maxTouchPoints }: Agent): string | null {
  const said = first(SYSTEMS, userAgent);
  // An iPad calls itself a Mac, but no Mac has a touch screen.
  return said === 'Mac' && maxTouchPoints > 1 ? 'iPad' : said;
}

function first(table: readonly (readonly [string, RegExp])[], text: string): string | null {
  return table.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}
