/** Lucide's icons, from one sprite that holds those which the home and this client name. */

import { html, svg, type TemplateResult } from 'lit';

import names from '../generated/icons.json';
import sprite from '../generated/icons.svg?url';

const KNOWN = new Set(names);
/** What stands for an icon that is not in the sprite. */
const UNKNOWN = 'circle-question-mark';

/** Return an icon. It is decoration: the words beside it say the same. */
export function icon(name: string, size = 24): TemplateResult {
  const id = KNOWN.has(name) ? name : UNKNOWN;
  const use = svg`<use href="${sprite}#${id}"></use>`;
  return html`<svg
    width=${size}
    height=${size}
    viewBox="0 0 24 24"
    fill="none"
    stroke="currentColor"
    stroke-width="1.75"
    stroke-linecap="round"
    stroke-linejoin="round"
    aria-hidden="true"
  >
    ${use}
  </svg>`;
}
