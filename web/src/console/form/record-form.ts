/** The fields of a record: the few that matter first, the rest folded by group. */
import { html, LitElement, nothing } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import type { Problem } from '../../api/get';
import { pick } from '../../texts';
import './field-input';
import { problemOf, type FieldInput } from './field-input';
import { grouped, type FormField, type FormLayer } from './schema';
import './record-form.css';

/** Field problems by name; those of no field under `''`. */
export type Problems = Map<string, string[]>;

/** Bubbles `field` of its inputs. */
@customElement('record-form')
export class RecordForm extends LitElement {
  @property({ attribute: false }) layer!: FormLayer;
  @property({ attribute: false }) values: Record<string, unknown> = {};
  @property({ attribute: false }) problems: Problems = new Map();
  /** The fields that are entered elsewhere on the page. */
  @property({ attribute: false }) except: readonly string[] = [];
  /** The field that was asked for by a link. */
  @property() wanted = '';

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    const { layer, except } = this;
    const shown = (field: FormField) => field.isWritten && !except.includes(field.name);
    const first = layer.fields.filter((field) => shown(field) && field.isEssential);
    return html`<div class="fields">${first.map((field) => this.input(field))}</div>
      ${grouped(layer, (field) => shown(field) && !field.isEssential).map(({ label, fields }) => this.folded(pick(label), fields))}`;
  }

  private folded(title: string, fields: FormField[]) {
    const filled = fields.filter(({ name }) => this.values[name] != null && this.values[name] !== '').length;
    const isWanted = fields.some(({ name }) => this.problems.has(name) || name === this.wanted);
    return html`<details ?open=${isWanted || nothing}>
      <summary>${title}${filled ? html` <span class="count">${filled}</span>` : nothing}</summary>
      <div class="fields">${fields.map((field) => this.input(field))}</div>
    </details>`;
  }

  private input(field: FormField) {
    return html`<field-input
      data-field=${field.name}
      .field=${field}
      .value=${this.values[field.name]}
      .problems=${this.problems.get(field.name) ?? []}
    ></field-input>`;
  }

  /** Moves the focus to a field, and opens its group. */
  async show(name: string): Promise<void> {
    await this.updateComplete;
    const input = this.querySelector<FieldInput>(`field-input[data-field="${CSS.escape(name)}"]`);
    input?.closest('details')?.setAttribute('open', '');
    await input?.updateComplete;
    input?.focus();
  }
}

/** What the page sees to be wrong with the values, before the service is asked. */
export function ownProblems({ fields }: FormLayer, values: Record<string, unknown>, except: readonly string[] = []): Problems {
  const found: Problems = new Map();
  for (const field of fields) {
    const problem = field.isWritten && !except.includes(field.name) ? problemOf(field, values[field.name]) : undefined;
    if (problem) found.set(field.name, [problem]);
  }
  return found;
}

/** The problems of a refused write, each at its field: `/properties/eye_count` is that of `eye_count`, `/geometry` of the place. */
export function problemsOf(problem: Problem): Problems {
  const found: Problems = new Map();
  for (const { pointer, message } of problem.errors ?? []) {
    const name = /^\/properties\/(\w+)/.exec(pointer ?? '')?.[1] ?? (pointer?.startsWith('/geometry') ? 'geometry' : '');
    found.set(name, [...(found.get(name) ?? []), message]);
  }
  if (!found.size) found.set('', [problem.detail ?? problem.title ?? '']);
  return found;
}
