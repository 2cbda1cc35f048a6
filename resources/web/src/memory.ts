/** What the browser remembers of this client from one visit to the next. */

/** Texts by name. */
export type Memory = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

/** Return what outlives the page; where the browser keeps nothing, it lasts as long as the page. */
export function memoryOfBrowser(): Memory {
  try {
    return localStorage;
  } catch {
    const kept = new Map<string, string>();
    return {
      getItem: (key) => kept.get(key) ?? null,
      setItem: (key, value) => void kept.set(key, value),
      removeItem: (key) => void kept.delete(key),
    };
  }
}
