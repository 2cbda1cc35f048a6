/**
 * What this client says: English source texts and their translations from the home's one catalogue.
 *
 * `say` takes source texts literally, so that a test can find every one of them. Knows no screen.
 */

export type Language = 'en' | 'ko';

export const LANGUAGES: Readonly<Record<Language, string>> = { en: 'English', ko: '한국어' };

/** Translations by source text: of the words of the home, which the wall says as well, and of this client's own. */
interface Catalogue {
  readonly home: Readonly<Record<string, string>>;
  readonly client: Readonly<Record<string, string>>;
}

const CHOICE = 'intercom.language';

let spoken: Language = 'en';
let catalogue: Catalogue | null = null;

/** Return the language that was chosen here before, else the browser's, else English. */
export function preferredLanguage(memory: Pick<Storage, 'getItem'>, languages: readonly string[]): Language {
  const wishes = [memory.getItem(CHOICE) ?? '', ...languages].map((wish) => wish.split('-')[0]);
  return wishes.find((wish): wish is Language => wish !== undefined && wish in LANGUAGES) ?? 'en';
}

/** Speak a language from now on; whoever holds texts has to fetch them anew. */
export async function speak(language: Language, memory?: Pick<Storage, 'setItem'>): Promise<void> {
  catalogue = language === 'ko' ? (await import('../generated/ko.json')).default : null;
  spoken = language;
  memory?.setItem(CHOICE, language);
}

/** Return the language that is spoken. */
export function language(): Language {
  return spoken;
}

/** Return one of this client's texts in the language that is spoken, with its arguments for %1, %2, … */
export function say(text: string, ...args: readonly (string | number)[]): string {
  return fill(catalogue?.client[text] ?? text, args);
}

/** Return one of the home's texts, such as "Open" of a door, in the language that is spoken. */
export function sayOfHome(text: string, ...args: readonly (string | number)[]): string {
  return fill(catalogue?.home[text] ?? text, args);
}

function fill(text: string, args: readonly (string | number)[]): string {
  const filled = text.replace(/%([1-9])/g, (place, number: string) => String(args[Number(number) - 1] ?? place));
  return filled.includes('(') ? settleParticles(filled) : filled;
}

/**
 * Return a name as an argument that is kept apart from the text around it, whichever way it is written: no character in
 * it turns the rest around. `isolated` draws it.
 */
export function apart(name: string): string {
  return `${ISOLATE}${name.replace(TURNS, '')}${END_OF_ISOLATE}`;
}

/** Return a text as pieces; those at odd places are names that were kept apart. */
export function piecesOf(text: string): readonly string[] {
  return text.split(/[\u2068\u2069]/);
}

const ISOLATE = '\u2068';
const END_OF_ISOLATE = '\u2069';
/** Characters that change the direction of what follows them (UAX #9). */
const TURNS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

const PARTICLES = /(.)(\u2069?)(이\(가\)|을\(를\)|은\(는\)|과\(와\))/gu;
const FIRST_SYLLABLE = 0xac00;
const LAST_SYLLABLE = 0xd7a3;
const FINALS = 28;
const DIGITS_WITH_FINAL = '013678';

/** Choose the Korean particle after a final consonant or a vowel, where the writing tells which it is. */
function settleParticles(text: string): string {
  return text.replace(PARTICLES, (all: string, before: string, end: string, particles: string) => {
    const point = before.codePointAt(0) ?? 0;
    const isSyllable = point >= FIRST_SYLLABLE && point <= LAST_SYLLABLE;
    if (!isSyllable && !/\d/.test(before)) return all;
    const hasFinal = isSyllable ? (point - FIRST_SYLLABLE) % FINALS > 0 : DIGITS_WITH_FINAL.includes(before);
    return before + end + (hasFinal ? particles[0] : particles[2]);
  });
}
