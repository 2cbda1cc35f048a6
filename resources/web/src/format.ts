/** Phrases, numbers, units and times as people of the spoken language write them. Knows no screen. */

import type { Phrase } from './wire';
import { language, sayOfHome } from './words';

const DAY_MS = 86_400_000;

/** Return one of the home's phrases in the language that is spoken. */
export function sayPhrase([text, ...args]: Phrase): string {
  return sayOfHome(text, ...args.map((arg) => (typeof arg === 'string' ? arg : clockTime(arg.at))));
}

/** Return a time in epoch seconds as a time of day; the day is told unless it is today. */
export function clockTime(at: number, now: number = Date.now()): string {
  const moment = new Date(at * 1000);
  const time = timeOfDay(moment.getTime());
  const isToday = moment.toDateString() === new Date(now).toDateString();
  if (isToday) return time;
  const isThisYear = Math.abs(now - moment.getTime()) < 300 * DAY_MS;
  const day = moment.toLocaleDateString(language(), {
    day: 'numeric',
    month: 'short',
    ...(isThisYear ? {} : { year: 'numeric' }),
  });
  return `${day} ${time}`;
}

/** Return how long ago a time in epoch seconds was: "now", "5 minutes ago", "yesterday". */
export function ago(at: number, now: number = Date.now()): string {
  const format = new Intl.RelativeTimeFormat(language(), { numeric: 'auto' });
  const seconds = Math.max(0, now / 1000 - at);
  if (seconds < 60) return format.format(0, 'second');
  if (seconds < 3600) return format.format(-Math.floor(seconds / 60), 'minute');
  if (seconds < DAY_MS / 1000) return format.format(-Math.floor(seconds / 3600), 'hour');
  return format.format(-daysBefore(at, now), 'day');
}

/** Return the day of a time in epoch seconds: "today", "yesterday", "Monday, 23 November"; of another year with it. */
export function dayOf(at: number, now: number = Date.now()): string {
  const days = daysBefore(at, now);
  if (days > 1) {
    const isThisYear = new Date(at * 1000).getFullYear() === new Date(now).getFullYear();
    return longDate(at * 1000, isThisYear ? {} : { year: 'numeric' });
  }
  return new Intl.RelativeTimeFormat(language(), { numeric: 'auto' }).format(-days, 'day');
}

function daysBefore(at: number, now: number): number {
  const midnight = (ms: number) => new Date(ms).setHours(0, 0, 0, 0);
  return Math.max(0, Math.round((midnight(now) - midnight(at * 1000)) / DAY_MS));
}

/** Return a minute of the day as "09:30". */
export function minuteOfDay(minute: number): string {
  return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
}

/** Return what a weekday is called, 0 being Monday: "Mon". */
export function weekday(day: number, length: 'short' | 'long' = 'short'): string {
  const tag = language() === 'en' ? 'en-GB' : language();
  return new Intl.DateTimeFormat(tag, { weekday: length, timeZone: 'UTC' }).format(Date.UTC(2024, 0, 1 + day));
}

/** Return a time in epoch milliseconds as "14:05". */
export function timeOfDay(atMs: number): string {
  const moment = new Date(atMs);
  return `${String(moment.getHours()).padStart(2, '0')}:${String(moment.getMinutes()).padStart(2, '0')}`;
}

/** Return the date as the rail shows it: "Monday, 23 November". */
export function longDate(atMs: number, options: Intl.DateTimeFormatOptions = {}): string {
  const tag = language() === 'en' ? 'en-GB' : language();
  return new Date(atMs).toLocaleDateString(tag, { weekday: 'long', day: 'numeric', month: 'long', ...options });
}

/** Return a span as "1:42". */
export function countdown(seconds: number): string {
  const whole = Math.max(0, Math.ceil(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}

/** Return a number with so many digits after the point, or as few as it needs (three at most). */
export function numeral(value: number, precision: number | null = null): string {
  const digits =
    precision === null
      ? { maximumFractionDigits: 3 }
      : { minimumFractionDigits: precision, maximumFractionDigits: precision };
  return new Intl.NumberFormat(language(), { ...digits, useGrouping: false }).format(value);
}

/** Return a value with its unit as it stands on tiles: "22.5°", "48%", "412 ppm". */
export function reading(value: number, unit: string | null, precision: number | null = null): string {
  const written = numeral(value, precision);
  if (unit === null || unit === '') return written;
  if (['°', '°C', '°F'].includes(unit)) return `${written}°`;
  return unit === '%' ? `${written}%` : `${written} ${unit}`;
}
