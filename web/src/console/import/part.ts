/** The base of the steps: elements without a shadow that are drawn anew whenever the work changes. */
import { html, LitElement, nothing } from 'lit';
import { property } from 'lit/decorators.js';
import type { Field, Layer } from '../../api/layers';
import { language, pick } from '../../texts';
import { OTHERS, PLACES, type Finding } from './plan';
import { t } from './texts';
import type { Work } from './work';

export class ImportPart extends LitElement {
  @property({ attribute: false }) work!: Work;
  @property({ attribute: false }) layer!: Layer & { required: string[] };
  /** Counts the changes of `work`. */
  @property({ attribute: false }) version = 0;

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected get plan() {
    return this.work.plan!;
  }

  protected field(name: string): Field | undefined {
    return this.layer.fields.find((field) => field.name === name);
  }

  /** What people call a field, the place, or what else a column holds. */
  protected titleOf(name: string): string {
    const [own = name, tick] = name.split('=');
    const field = this.field(own);
    if (field) {
      const value = field.values.find(({ value }) => value === tick);
      return pick(field.title) + (tick ? `: ${value ? pick(value.label) : tick}` : '');
    }
    const known = [...PLACES, ...OTHERS, 'geom', 'ignore', 'unknown', 'central_meridian'];
    return known.includes(name) ? t(`target.${name}` as Parameters<typeof t>[0]) : name;
  }

  /** A value as people write it. */
  protected shown(name: string, value: unknown): string {
    const field = this.field(name);
    if (value === null || value === undefined || value === '') return '–';
    if (Array.isArray(value)) return value.map((one) => this.shown(name, one)).join(', ');
    if (typeof value === 'boolean') return t(value ? 'yes' : 'no');
    if (typeof value === 'object') return t('place');
    const choice = field?.values.find((choice) => choice.value === value);
    if (choice) return pick(choice.label);
    const text = typeof value === 'number' ? new Intl.NumberFormat(language()).format(value) : String(value as string);
    return /^\d{4}-\d\d-\d\d$/.test(text) ? text.split('-').reverse().join('/') : text;
  }
}

/** Notes about the whole file. */
export function notes(findings: Finding[]) {
  if (!findings.length) return nothing;
  return html`<ul class="notes">
    ${findings.map(({ severity, message }) => html`<li class=${severity}><span class="unseen">${t(`severity.${severity}`)}: </span>${message}</li>`)}
  </ul>`;
}
