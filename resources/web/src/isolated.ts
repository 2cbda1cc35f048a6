/** Draws texts in which names are kept apart. */

import { html, type TemplateResult } from 'lit';

import { piecesOf } from './words';

/** Return a text with the names in it that `apart` marked, each in an element of its own. */
export function isolated(text: string): readonly (string | TemplateResult)[] {
  return piecesOf(text).map((piece, index) => (index % 2 === 0 ? piece : html`<bdi>${piece}</bdi>`));
}
