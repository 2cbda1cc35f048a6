/** How people, what they may do and when, and the relay's refusals are told in words. Knows no screen. */

import { ago, minuteOfDay, weekday } from './format';
import type { RelayError } from './relay';
import type { Client, Hours, Role, Session, Terms } from './wire';
import { apart, say } from './words';

export const SHORTEST_PASSWORD = 8;
const LONGEST_RUN_APART = 2;
const DAYS_A_WEEK = 7;

/** Return a role within a sentence. */
export function roleName(role: Role): string {
  switch (role) {
    case 'owner':
      return say('owner');
    case 'resident':
      return say('family');
    case 'guest':
      return say('guest');
    case 'screen':
      return say('screen');
  }
}

/** Return a role as a heading. */
export function roleTitle(role: Role): string {
  switch (role) {
    case 'owner':
      return say('Owner');
    case 'resident':
      return say('Family');
    case 'guest':
      return say('Guest');
    case 'screen':
      return say('Screen');
  }
}

/** Return what a role may do. */
export function roleHint(role: Role): string {
  switch (role) {
    case 'owner':
      return say('Everything, and who may come in');
    case 'resident':
      return say('All devices and what happened');
    case 'guest':
      return say('What you choose');
    case 'screen':
      return say('All devices, and codes for pairing');
  }
}

/** Return what a client is, when it was here last, and from where. */
export function clientWords(client: Client, now: number = Date.now()): string {
  const seen = say('last here %1', ago(client.seen_at, now));
  return [roleName(client.role), seen, client.address].filter((part) => part !== '').join(' · ');
}

/** Return what was chosen for a guest. */
export function termsWords(terms: Terms = {}): string {
  const { devices, hours, sees_history: seesHistory } = terms;
  const parts = [
    devices == null
      ? say('all shared devices')
      : devices.length === 1
        ? say('1 device')
        : say('%1 devices', devices.length),
    hours == null ? say('at any time') : hoursWords(hours),
    ...(seesHistory === true ? [say('sees what happened')] : []),
  ];
  return parts.join(' · ');
}

/** Return hours as "Mon–Fri 09:00–18:00". */
export function hoursWords({ days, from_minute: from, until_minute: until }: Hours): string {
  return `${daysWords(days)} ${minuteOfDay(from)}–${minuteOfDay(until)}`;
}

/** Return whether a moment is within hours, by this machine's own clock. */
export function areNow({ days, from_minute: from, until_minute: until }: Hours, now: Date): boolean {
  const minute = now.getHours() * 60 + now.getMinutes();
  const today = (now.getDay() + 6) % DAYS_A_WEEK;
  if (from < until) return days.includes(today) && from <= minute && minute < until;
  const yesterday = (today + 6) % DAYS_A_WEEK;
  return (days.includes(today) && minute >= from) || (days.includes(yesterday) && minute < until);
}

/** Return days of the week, neighbours joined: "Mon–Wed, Sat". */
function daysWords(days: readonly number[]): string {
  if (days.length === DAYS_A_WEEK) return say('every day');
  const runs: [first: number, last: number][] = [];
  for (const day of [...days].sort((a, b) => a - b)) {
    const run = runs.at(-1);
    if (run !== undefined && run[1] === day - 1) run[1] = day;
    else runs.push([day, day]);
  }
  return runs
    .map(([first, last]) => {
      if (first === last) return weekday(first);
      return `${weekday(first)}${last - first < LONGEST_RUN_APART ? ', ' : '–'}${weekday(last)}`;
    })
    .join(', ');
}

/** Return why the relay refused what was asked about people. */
export function refusalWords({ code, message }: RelayError): string {
  switch (code) {
    case 'unreachable':
      return say('The home cannot be reached');
    case 'busy':
      return say('The home is busy. Try again in a moment.');
    case 'too_many_tries':
      return tooManyWords(/\d+/.exec(message)?.[0] ?? '60');
    case 'wrong_password':
      return say('That is not your password.');
    case 'forbidden':
      return say('You may not do that.');
    case 'not_found':
      return say('That is not there any more.');
    case 'invalid':
      return message.includes('guessed') ? say('This is guessed too easily. Choose another.') : message;
    default:
      return message;
  }
}

function tooManyWords(minutes: string): string {
  return minutes === '1'
    ? say('Too many wrong passwords. Try again in a minute.')
    : say('Too many wrong passwords. Try again in %1 minutes.', minutes);
}

/** Return the one rule for passwords. */
export function passwordRule(): string {
  return say('%1 characters or more', SHORTEST_PASSWORD);
}

/** Return whether a session is a login, which follows its account. */
export function isLogin(session: Session): boolean {
  return session.account !== undefined;
}

/** Ask whether somebody is to be removed. */
export function removalQuestion(name: string): string {
  return say('Remove %1?', apart(name));
}
