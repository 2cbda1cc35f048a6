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

/** Return a name such as "Chrome on Android". */
export function clientName(navigator: Pick<Navigator, 'userAgent' | 'maxTouchPoints'>): string {
  const { userAgent, maxTouchPoints } = navigator;
  const browser = first(BROWSERS, userAgent);
  const said = first(SYSTEMS, userAgent);
  // An iPad calls itself a Mac, but no Mac has a touch screen.
  const system = said === 'Mac' && maxTouchPoints > 1 ? 'iPad' : said;
  if (browser !== null && system !== null) return say('%1 on %2', browser, system);
  return browser ?? system ?? say('A browser');
}

function first(table: readonly (readonly [string, RegExp])[], text: string): string | null {
  return table.find(([, pattern]) => pattern.test(text))?.[0] ?? null;
}
