import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterEach, describe, expect, test } from 'vitest';

import korean from '../generated/ko.json';
import vocabulary from '../generated/vocabulary.json';
import { clientName } from '../src/client-name';
import { clockTime, countdown, numeral, reading, sayPhrase } from '../src/format';
import { preferredLanguage, say, sayOfHome, speak } from '../src/words';

const SOURCES = join(import.meta.dirname, '..', 'src');

afterEach(() => speak('en'));

/** Return the texts that the client's sources give to a function. */
function textsGivenTo(name: string): string[] {
  const pattern = new RegExp(`\\b${name}\\(\\s*(?:'([^']*)'|"([^"]*)")`, 'g');
  return readdirSync(SOURCES)
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...readFileSync(join(SOURCES, file), 'utf-8').matchAll(pattern)])
    .map((match) => match[1] ?? match[2] ?? '');
}

/** Return the texts of a page that are marked to be translated. */
function textsOfPage(name: string): string[] {
  const marked = readFileSync(join(SOURCES, '..', name), 'utf-8').matchAll(/\sdata-say>([^<]*)</g);
  return [...marked].map((match) => (match[1] ?? '').replace(/\s+/g, ' ').trim());
}

describe('Korean', () => {
  test.each(textsGivenTo('say'))('has a word for "%s"', (text) => {
    expect(korean.client).toHaveProperty([text]);
  });

  test.each(textsOfPage('trust.html'))('has a word for the page\'s "%s"', (text) => {
    expect(korean.client).toHaveProperty([text]);
  });

  test.each(textsGivenTo('sayOfHome'))('has a word of the home for "%s"', (text) => {
    expect(korean.home).toHaveProperty([text]);
  });

  test('has a word for everything in the tables of the home', () => {
    const { senses, sensor_icons: _, ...names } = vocabulary;
    const texts = [
      ...Object.values(names).flatMap((table) => Object.values(table)),
      ...Object.values(senses).flatMap(({ on, off }) => [on, off]),
    ];

    expect(texts.filter((text) => !(text in korean.home))).toEqual([]);
  });

  test('the sources are found', () => {
    expect(textsGivenTo('say').length).toBeGreaterThan(80);
    expect(textsGivenTo('sayOfHome').length).toBeGreaterThan(10);
  });

  test('is spoken once it is chosen', async () => {
    await speak('ko');

    expect(say('Lights off')).toBe('조명 끄기');
    expect(sayOfHome('Open')).toBe('열림');
    expect(sayPhrase(['%1 % open', '40'])).toBe('40 % 열림');
  });

  test('chooses its particles after what it was given', async () => {
    await speak('ko');

    expect(say('%1 is no longer there', '조명')).toBe('조명이 더 이상 없습니다');
    expect(say('%1 is no longer there', '스탠드')).toBe('스탠드가 더 이상 없습니다');
    expect(say('%1 is no longer there', 'TV')).toBe('TV이(가) 더 이상 없습니다');
  });
});

test('a text without a translation stays English', () => {
  expect(say('%1 of %2', 'one', 'two')).toBe('one of two');
});

test('what stands in an argument is not taken for a place', () => {
  expect(say('%1 and %2', '%2', 'x')).toBe('%2 and x');
});

describe('the language', () => {
  const memory = (choice: string | null) => ({ getItem: () => choice });

  test('is the one that was chosen here before', () => {
    expect(preferredLanguage(memory('en'), ['ko-KR'])).toBe('en');
  });

  test("is else the first of the browser's that is spoken", () => {
    expect(preferredLanguage(memory(null), ['de-AT', 'ko-KR', 'en'])).toBe('ko');
  });

  test('is else English', () => {
    expect(preferredLanguage(memory('xx'), ['de'])).toBe('en');
  });
});

describe('times and numbers', () => {
  const noon = new Date(2026, 10, 23, 12, 0).getTime();

  test('a time of today is told as the time of day', () => {
    expect(clockTime(new Date(2026, 10, 23, 9, 5).getTime() / 1000, noon)).toBe('09:05');
  });

  test('a time of another day is told with its day, one of another year with the year', () => {
    expect(clockTime(new Date(2026, 10, 21, 23, 59).getTime() / 1000, noon)).toBe('Nov 21 23:59');
    expect(clockTime(new Date(2024, 1, 1, 0, 0).getTime() / 1000, noon)).toBe('Feb 1, 2024 00:00');
  });

  test('a countdown never shows less than nothing, and ends when the last second has passed', () => {
    expect([119.2, 60, 0.1, 0, -5].map(countdown)).toEqual(['2:00', '1:00', '0:01', '0:00', '0:00']);
  });

  test('numbers have as many digits as they need, or as they were given', () => {
    expect([numeral(22.5), numeral(1 / 3), numeral(21.34, 1), numeral(1013.25, 0)]).toEqual([
      '22.5',
      '0.333',
      '21.3',
      '1013',
    ]);
  });

  test('readings look as on the tiles', () => {
    expect([reading(22.5, '°C'), reading(48, '%'), reading(412, 'ppm'), reading(3, null)]).toEqual([
      '22.5°',
      '48%',
      '412 ppm',
      '3',
    ]);
  });
});

describe('the proposed name', () => {
  test.each([
    ['Chrome on Android', 'Mozilla/5.0 (Linux; Android 15; K) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36', 5],
    ['Samsung Internet on Android', 'Mozilla/5.0 (Linux; Android 15) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36', 5],
    ['Safari on iPhone', 'Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1', 5],
    ['Safari on iPad', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15', 5],
    ['Safari on Mac', 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Version/18.0 Safari/605.1.15', 0],
    ['Edge on Windows', 'Mozilla/5.0 (Windows NT 10.0) Chrome/142.0.0.0 Safari/537.36 Edg/142.0.0.0', 0],
    ['Firefox on Linux', 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 0],
    ['A browser', 'curl/8', 0],
  ])('is "%s"', (name, userAgent, maxTouchPoints) => {
    expect(clientName({ userAgent, maxTouchPoints })).toBe(name);
  });
});
