/** How the entries of the audit log are told in words. Knows no screen. */

import { roleName } from './people-words';
import type { AuditEntry, Role } from './wire';
import { apart, say } from './words';

/** How much an entry wants to be looked at. */
export type Weight = 'plain' | 'warning';

const ROLES: readonly string[] = ['owner', 'resident', 'guest', 'screen'];
/** How an unlocking ends that happened, as far as is known. */
const DONE: readonly string[] = ['confirmed', 'assumed', 'sent', 'superseded'];
const WARNINGS: readonly string[] = ['theft', 'wrong_code', 'wrong_password', 'wrong_pin', 'too_many_tries', 'restored', 'clock'];

/** Return what an entry tells; names in it are kept apart. */
export function auditWords(entry: AuditEntry): string {
  const { event, who: said = '', about: named = '', detail = '' } = entry;
  const who = actor(said);
  const about = apart(named);
  const role = ROLES.includes(detail) ? roleName(detail as Role) : detail;
  switch (event) {
    case 'paired':
      return say('%1 let %2 in as %3', who, about, role);
    case 'logged_in':
      return say('%1 logged in as %2', who, role);
    case 'logged_out':
      return say('%1 logged out', who);
    case 'removed':
      return say('%1 removed %2', who, about);
    case 'changed':
      return say('%1 changed what %2 may do: now %3', who, about, role);
    case 'expired':
      return say('%1 was away for long and is logged out', about);
    case 'theft':
      return say('A used key of %1 was tried again, perhaps by a thief, so it was put out', about);
    case 'wrong_code':
      return say('Somebody gave a wrong pairing code');
    case 'wrong_password':
      return named === ''
        ? say('Somebody gave a wrong name or password')
        : say('Somebody gave a wrong password for %1', about);
    case 'wrong_pin':
      return say('Somebody gave a wrong PIN at the panel');
    case 'too_many_tries':
      return say('Too many wrong tries: no more are taken for a while');
    case 'refused':
      return say('The panel refused %1', about);
    case 'account_added':
      return say('%1 made the account %2 as %3', who, about, role);
    case 'account_removed':
      return say('%1 removed the account %2', who, about);
    case 'password_changed':
      return said.startsWith(`${named} · `) || said === named
        ? say('%1 chose another password', about)
        : say('%1 gave %2 another password', who, about);
    case 'pin_changed':
      return say("The owner's PIN was set");
    case 'unlocked':
      return DONE.includes(detail)
        ? say('%1 unlocked %2', who, about)
        : say('%1 wanted to unlock %2, which did not happen', who, about);
    case 'restored':
      return say('The settings were damaged, and restored as of %1', apart(detail));
    case 'clock':
      return say("The machine's clock was behind: %1", apart(detail));
    default:
      return say('Something that this page has no words for');
  }
}

export function auditWeight(entry: AuditEntry): Weight {
  return WARNINGS.includes(entry.event) ? 'warning' : 'plain';
}

/** Return who did it; the home's own parts have names of ours. */
function actor(who: string): string {
  if (who === 'panel') return say('The panel');
  if (who === 'command line') return say('The machine itself');
  return who === '' ? say('Somebody') : apart(who);
}
