/** Chooses what somebody is to the home; says `role` with the one that was chosen. */

import { css, html, LitElement } from 'lit';
import { customElement, property } from 'lit/decorators.js';

import { fields } from './fields';
import { roleHint, roleTitle } from './people-words';
import { shared } from './style';
import type { AccountRole, Role } from './wire';
import { say } from './words';

export const ACCOUNT_ROLES: readonly AccountRole[] = ['owner', 'resident', 'guest'];
export const ROLES: readonly Role[] = [...ACCOUNT_ROLES, 'screen'];

@customElement('role-choice')
export class RoleChoice extends LitElement {
  @property({ attribute: false }) roles: readonly Role[] = ROLES;
  @property() chosen: Role = 'guest';

  override render() {
    return html`<fieldset>
      <legend>${say('May act as')}</legend>
      ${this.roles.map(
        (role) => html`<label class="choice">
          <input
            type="radio"
            name="role"
            data-testid="role-${role}"
            value=${role}
            .checked=${role === this.chosen}
            @change=${() => this.dispatchEvent(new CustomEvent('role', { detail: role }))}
          />
          <span>${roleTitle(role)}<small>${roleHint(role)}</small></span>
        </label>`,
      )}
    </fieldset>`;
  }

  static override styles = [
    shared,
    fields,
    css`
      :host {
        display: block;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'role-choice': RoleChoice;
  }
}
