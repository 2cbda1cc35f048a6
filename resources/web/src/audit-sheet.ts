/** The audit log, for owners: who came in, was refused or removed, and who unlocked what; the newest first. */

import { css, html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';

import './modal-sheet';
import { Attempt } from './attempt';
import { auditWeight, auditWords } from './audit-words';
import { problemLine } from './fields';
import { dayOf, timeOfDay } from './format';
import { isolated } from './isolated';
import type { People } from './people';
import { refusalWords } from './people-words';
import { shared } from './style';
import type { AuditEntry } from './wire';
import { say } from './words';

/** So many entries are fetched at once. */
const PAGE = 50;

@customElement('audit-sheet')
export class AuditSheet extends LitElement {
  @property({ attribute: false }) people!: People;

  @state() private entries: readonly AuditEntry[] = [];
  @state() private hasMore = true;

  private readonly attempt = new Attempt(this, refusalWords);

  override connectedCallback(): void {
    super.connectedCallback();
    void this.fetchMore();
  }

  override render() {
    return html`<modal-sheet
      .label=${say('What happened')}
      back
      @back=${() => this.dispatchEvent(new CustomEvent('settings'))}
      @close=${() => this.dispatchEvent(new CustomEvent('close'))}
    >
      <h2 slot="head">${say('What happened')}</h2>
      ${repeat(
        this.days(),
        ({ day }) => day,
        ({ day, entries }) => html`<section>
          <h3>${day}</h3>
          <ol>
            ${repeat(
              entries,
              (entry) => entry.id,
              (entry) => this.entry(entry),
            )}
          </ol>
        </section>`,
      )}
      ${this.entries.length === 0 && !this.hasMore ? html`<p class="none">${say('Nothing yet')}</p>` : nothing}
      ${problemLine(this.attempt.problem)}
      ${this.hasMore
        ? html`<button class="pill" data-testid="audit-more" ?disabled=${this.attempt.isBusy} @click=${this.fetchMore}>
            ${this.attempt.isBusy ? say('Loading…') : say('Show older ones')}
          </button>`
        : nothing}
      <slot name="toasts" slot="toasts"></slot>
    </modal-sheet>`;
  }

  private entry(entry: AuditEntry) {
    const at = entry.at * 1000;
    return html`<li data-testid="audit-entry" data-event=${entry.event} data-weight=${auditWeight(entry)}>
      <time datetime=${new Date(at).toISOString()}>${timeOfDay(at)}</time>
      <div>
        <p>${isolated(auditWords(entry))}</p>
        ${entry.address === undefined ? nothing : html`<small>${entry.address}</small>`}
      </div>
    </li>`;
  }

  private days(): readonly { readonly day: string; readonly entries: readonly AuditEntry[] }[] {
    const days = new Map<string, AuditEntry[]>();
    for (const entry of this.entries) {
      const day = dayOf(entry.at);
      const there = days.get(day);
      if (there === undefined) days.set(day, [entry]);
      else there.push(entry);
    }
    return [...days].map(([day, entries]) => ({ day, entries }));
  }

  private readonly fetchMore = async (): Promise<void> => {
    await this.attempt.run(async () => {
      const older = await this.people.audit(PAGE, this.entries.at(-1)?.id);
      this.entries = [...this.entries, ...older];
      this.hasMore = older.length === PAGE;
    });
  };

  static override styles = [
    shared,
    css`
      h2 {
        padding-top: 10px;
        font-size: 1.25rem;
        font-weight: 600;
      }
      section + section {
        margin-top: 20px;
      }
      h3 {
        margin: 0;
        font-size: var(--text-second);
        font-weight: 600;
        color: var(--dim-ink);
      }
      h3::first-letter {
        text-transform: uppercase;
      }
      ol {
        margin: 0;
        padding: 0;
        list-style: none;
      }
      li {
        display: grid;
        grid-template-columns: 3.25rem minmax(0, 1fr);
        gap: 4px 12px;
        padding: 10px 0;
        border-bottom: 1px solid var(--line);
      }
      li:last-child {
        border-bottom: 0;
      }
      time {
        font-variant-numeric: tabular-nums;
        color: var(--dim-ink);
      }
      [data-weight='warning'] p {
        color: var(--red);
      }
      li p {
        overflow-wrap: anywhere;
      }
      bdi {
        font-weight: 600;
      }
      small {
        font-size: var(--text-small);
        color: var(--dim-ink);
      }
      .none {
        padding: 24px 0;
        text-align: center;
        color: var(--dim-ink);
      }
      .problem {
        margin-block: 12px;
        color: var(--red);
        font-weight: 600;
      }
      .problem:empty {
        display: none;
      }
      .pill {
        width: 100%;
        margin-top: 12px;
      }
    `,
  ];
}

declare global {
  interface HTMLElementTagNameMap {
    'audit-sheet': AuditSheet;
  }
}
