/**
 * The page that tells how a device comes to trust this home. Its words stand in trust.html, so that it can be read
 * without this; here they are translated, what fits this device comes first, and the relay is asked what to compare.
 */

import { systemOf } from './client-name';
import { memoryOfBrowser } from './memory';
import { type Language, LANGUAGES, preferredLanguage, say, speak } from './words';

/** What the relay tells strangers of its secure address; without a fingerprint its certificate is not its own. */
interface Told {
  readonly https_url: string;
  readonly fingerprint?: string;
}

const memory = memoryOfBrowser();
const texts = new Map([...document.querySelectorAll('[data-say]')].map((one) => [one, sourceOf(one)]));

async function main(): Promise<void> {
  await translate(preferredLanguage(memory, navigator.languages));
  for (const button of document.querySelectorAll<HTMLElement>('[data-language]')) {
    const language = button.dataset.language as Language;
    button.addEventListener('click', () => void translate(language, memory));
  }
  show('.languages');
  putFirst(fitting());
  if (window.location.protocol === 'https:') show('#here');
  tell(await ask());
  void import('./type.css');
}

function sourceOf(element: Element): string {
  return (element.textContent ?? '').replace(/\s+/g, ' ').trim();
}

async function translate(language: Language, kept?: typeof memory): Promise<void> {
  await speak(language, kept);
  document.documentElement.lang = language;
  for (const [element, source] of texts) element.textContent = say(source);
  for (const one of Object.keys(LANGUAGES)) {
    const button = document.querySelector(`[data-language=${one}]`);
    button?.setAttribute('aria-pressed', String(one === language));
  }
}

/** Return the steps for the device that this page is read on. */
function fitting(): HTMLDetailsElement | null {
  const system = systemOf(navigator);
  // On a computer Firefox looks into a store of its own; on a phone it cannot be told so easily.
  const hasOwnStore = /Firefox\//.test(navigator.userAgent) && system !== 'Android';
  return document.querySelector(hasOwnStore ? '[data-browser=Firefox]' : `[data-systems~="${system}"]`);
}

function putFirst(steps: HTMLDetailsElement | null): void {
  if (steps === null) return;
  steps.open = true;
  document.querySelector('#steps details')?.before(steps);
}

/** Ask the relay; null when it has no secure address, undefined when it cannot be asked. */
async function ask(): Promise<Told | null | undefined> {
  try {
    const response = await fetch('/api/v1/trust');
    if (response.ok) return (await response.json()) as Told;
    return response.status === 404 ? null : undefined;
  } catch {
    return undefined;
  }
}

function tell(told: Told | null | undefined): void {
  if (told === undefined) return;
  if (told === null || told.fingerprint === undefined) {
    document.querySelector('#steps')?.remove();
    show(told === null ? '#off' : '#foreign');
  } else {
    // In lines, as the panel has them.
    write('#fingerprint', told.fingerprint.replace(/((?:\S+ ){7}\S+) /g, '$1\n'));
    show('#compare');
  }
  if (told === null || window.location.protocol === 'https:') return;
  document.querySelector<HTMLAnchorElement>('#secure')?.setAttribute('href', told.https_url);
  write('#secure-url', told.https_url);
  show('#then');
}

function write(selector: string, text: string): void {
  const element = document.querySelector(selector);
  if (element !== null) element.textContent = text;
}

function show(selector: string): void {
  document.querySelector(selector)?.removeAttribute('hidden');
}

void main();
