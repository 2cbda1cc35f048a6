/** Chooses which devices a guest sees, and when; says `terms` with each change. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';

import { fields } from './fields';
import { minuteOfDay, weekday } from './format';
import type { Home } from './store';
import { shared } from './style';
import type { Hours, Terms } from './wire';
import { say } from './words';

const DAYS = [0, 1, 2, 3, 4, 5, 6];
/** What is proposed when hours are chosen: office hours, for a cleaner or a nurse. */
const PROPOSED: Hours = { days: [0, 1, 2, 3, 4], from_minute: 9 * 60, until_minute: 18 * 60 };

@customElement('terms-editor')
export class TermsEditor extends LitElement {
  @property({ attribute: false }) terms: Terms = {};
  @property({ attribute: false }) home!: Home;

  override render() {
    const { devices, hours } = this.terms;
    return html`<div class="stack">
      <fieldset data-testid="terms-devices">
        <legend>${say('Devices')}</legend>
        ${this.radio('devices', say('All that are shared with guests'), devices == null, { devices: null })}
        ${this.radio('devices', say('Only these'), devices != null, { devices: devices ?? [] }, 'devices-chosen')}
        ${devices == null ? nothing : this.deviceList(devices)}
      </fieldset>
      <fieldset data-testid="terms-hours">
        <legend>${say('When')}</legend>
        ${this.radio('hours', say('At any time'), hours == null, { hours: null })}
        ${this.radio('hours', say('At chosen hours'), hours != null, { hours: hours ?? PROPOSED }, 'hours-chosen')}
        ${hours == null ? nothing : this.hourFields(hours)}
      </fieldset>
      <label class="choice">
        <input
          type="checkbox"
          data-testid="terms-history"
          .checked=${this.terms.sees_history === true}
          @change=${(event: Event) => this.change({ sees_history: isChecked(event) })}
        />
        <span>${say('May see what happened')}<small>${say('Of the devices above')}</small></span>
      </label>
    </div>`;
  }

  private radio(name: string, words: string, isChosen: boolean, terms: Partial<Terms>, id: string = name) {
    return html`<label class="choice">
      <input
        type="radio"
        name=${name}
        data-testid="terms-${id}"
        .checked=${isChosen}
        @change=${() => this.change(terms)}
      />
      <span>${words}</span>
    </label>`;
  }

  private deviceList(chosen: readonly string[]) {
    return html`<div class="devices" role="group" aria-label=${say('Devices')}>
      ${repeat(
        this.home.places.flatMap((place) => place.devices.map((id) => ({ id, area: place.area?.name ?? '' }))),
        ({ id }) => id,
        ({ id, area }) => html`<label class="choice">
          <input
            type="checkbox"
            data-testid="terms-device"
            .checked=${chosen.includes(id)}
            @change=${(event: Event) => {
              const others = chosen.filter((one) => one !== id);
              this.change({ devices: isChecked(event) ? [...others, id] : others });
            }}
          />
          <span><bdi>${this.home.devices.get(id)?.name ?? id}</bdi><small>${area}</small></span>
        </label>`,
      )}
    </div>`;
  }

  private hourFields(hours: Hours) {
    const time = (field: 'from_minute' | 'until_minute', words: string) => html`<label class="field">
      <span>${words}</span>
      <input
        type="time"
        required
        data-testid="terms-${field}"
        .value=${minuteOfDay(hours[field])}
        @change=${(event: Event) => {
          const minute = minuteOf((event.target as HTMLInputElement).value);
          if (minute !== null) this.change({ hours: { ...hours, [field]: minute } });
        }}
      />
    </label>`;
    return html`<div class="days" role="group" aria-label=${say('Days')}>
        ${DAYS.map((day) => {
          const others = hours.days.filter((one) => one !== day);
          const isChosen = others.length < hours.days.length;
          return html`<button
            type="button"
            data-testid="terms-day"
            aria-pressed=${String(isChosen)}
            aria-label=${weekday(day, 'long')}
            ?disabled=${isChosen && others.length === 0}
            @click=${() => this.change({ hours: { ...hours, days: (isChosen ? others : [...others, day]).sort() } })}
          >
            ${weekday(day)}
          </button>`;
        })}
      </div>
      <div class="times">
        ${time('from_minute', say('Begins at'))} ${time('until_minute', say('Ends at'))}
      </div>
      ${hours.until_minute <= hours.from_minute
        ? html`<p class="hint" data-testid="terms-overnight">${say('Until the next day')}</p>`
        : nothing}`;
  }

  private change(terms: Partial<Terms>): void {
    this.dispatchEvent(new CustomEvent('terms', { detail: { ...this.terms, ...terms } }));
  }

  static override styles = [
    shared,
    fields,
    css`
      :host {
        display: block;
        container-type: inline-size;
      }
      .devices {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(13rem, 100%), 1fr));
        gap: 8px;
        padding-inline-start: 12px;
        border-inline-start: 3px solid var(--teal-fill);
      }
      .days {
        display: grid;
        grid-template-columns: repeat(4, 1fr);
        gap: 6px;
      }
      .days button {
        min-height: var(--touch);
        border-radius: calc(var(--touch) / 2);
        background: var(--inset);
        font-size: var(--text-small);
        font-weight: 600;
      }
      .days [aria-pressed='true'] {
        background: var(--teal);
        color: var(--on-accent);
      }
      .days button:disabled {
        opacity: 1;
      }
      @container (min-width: 21.75rem) {
        .days {
          grid-template-columns: repeat(7, 1fr);
          gap: 2px;
        }
      }
      .times {
        display: grid;
        grid-template-columns: repeat(auto-fit, minmax(9.5rem, 1fr));
        gap: 12px;
      }
      .hint {
        text-align: center;
      }
    `,
  ];
}

function isChecked(event: Event): boolean {
  return (event.target as HTMLInputElement).checked;
}

/** Return the minute of the day that a time field holds; null while there is none. */
function minuteOf(value: string): number | null {
  const match = /^(\d\d):(\d\d)/.exec(value);
  return match === null ? null : Number(match[1]) * 60 + Number(match[2]);
}

declare global {
  interface HTMLElementTagNameMap {
    'terms-editor': TermsEditor;
  }
}
