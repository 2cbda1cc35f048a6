/** What forms are made of: labelled fields, a password that can be looked at, choices, and what went wrong. */

import { css, html } from 'lit';
import { live } from 'lit/directives/live.js';

import { icon } from './icon';
import { say } from './words';

/** A field for a password; whoever draws it keeps `value` and `isShown`. */
export interface PasswordField {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  readonly value: string;
  readonly autocomplete: 'current-password' | 'new-password' | 'off';
  readonly isShown: boolean;
  /** A PIN is typed with a keyboard of digits. */
  readonly isPin?: boolean;
  readonly onInput: (value: string) => void;
  readonly onShow: () => void;
}

/** Draw a field for a password within a form, so that whatever keeps passwords finds it there. */
export function passwordField(field: PasswordField) {
  const { id, label, hint, value, autocomplete, isShown, isPin, onInput, onShow } = field;
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <div class="secret">
      <input
        id=${id}
        name=${id}
        data-testid=${id}
        type=${isShown ? 'text' : 'password'}
        inputmode=${isPin === true ? 'numeric' : 'text'}
        autocomplete=${autocomplete}
        autocapitalize="none"
        spellcheck="false"
        required
        aria-describedby="${id}-hint"
        .value=${live(value)}
        @input=${(event: Event) => onInput((event.target as HTMLInputElement).value)}
      />
      <button
        class="round"
        type="button"
        data-testid="${id}-show"
        aria-label=${say('Show what is typed')}
        aria-pressed=${String(isShown)}
        @click=${onShow}
      >
        ${icon(isShown ? 'eye-off' : 'eye', 22)}
      </button>
    </div>
    <small id="${id}-hint">${hint ?? ''}</small>
  </div>`;
}

/** Draw the line that says why something was not done. */
export function problemLine(problem: string) {
  return html`<p class="problem" role="alert" data-testid="problem">${problem}</p>`;
}

export const fields = css`
  form,
  .stack {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 16px;
  }
  .field {
    display: grid;
    gap: 6px;
    text-align: start;
    font-size: var(--text-second);
    color: var(--dim-ink);
  }
  .field input {
    width: 100%;
    min-height: 56px;
    min-width: 0;
    padding: 8px 20px;
    border: 0;
    border-radius: 28px;
    background: var(--inset);
    color: var(--ink);
    font-size: 1.0625rem;
  }
  .field small,
  .hint {
    font-size: var(--text-small);
    color: var(--dim-ink);
  }
  .field small {
    padding-inline-start: 20px;
  }
  .field small:empty {
    display: none;
  }
  .secret {
    position: relative;
  }
  .secret input {
    padding-inline-end: 60px;
  }
  .secret .round {
    position: absolute;
    inset-block: 4px;
    inset-inline-end: 6px;
  }
  .big {
    min-height: 56px;
    border-radius: 28px;
    font-size: 1.0625rem;
  }
  .problem {
    color: var(--red);
    font-weight: 600;
    overflow-wrap: anywhere;
  }
  .problem:empty {
    display: none;
  }
  fieldset {
    display: grid;
    grid-template-columns: minmax(0, 1fr);
    gap: 8px;
    min-width: 0;
    margin: 0;
    padding: 0;
    border: 0;
  }
  legend {
    margin-bottom: 6px;
    padding: 0;
    font-size: var(--text-second);
    color: var(--dim-ink);
  }
  .choice {
    position: relative;
    display: flex;
    align-items: center;
    gap: 14px;
    min-height: 56px;
    padding: 8px 18px;
    border-radius: var(--radius-inset);
    background: var(--inset);
    cursor: pointer;
  }
  .choice input {
    position: absolute;
    inset: 0;
    width: 100%;
    height: 100%;
    margin: 0;
    opacity: 0;
    cursor: inherit;
  }
  .choice > span {
    display: grid;
    min-width: 0;
    line-height: 1.25;
    overflow-wrap: anywhere;
  }
  .choice small {
    font-size: var(--text-small);
    color: var(--dim-ink);
  }
  .choice::before {
    content: '';
    flex: none;
    width: 22px;
    height: 22px;
    border: 2px solid var(--dim-ink);
    border-radius: 50%;
  }
  .choice:has([type='checkbox'])::before {
    border-radius: 7px;
  }
  .choice:has(:checked) {
    background: var(--teal-fill);
  }
  .choice:has(:checked)::before {
    border-color: var(--teal);
    background: var(--teal);
    box-shadow: inset 0 0 0 4px var(--teal-fill);
  }
  .choice:has(:focus-visible) {
    outline: 3px solid var(--teal);
    outline-offset: 2px;
  }
`;
