/** What to do in one's area, first what moves the figures most; how much is in order already. */
import { Task } from '@lit/task';
import { html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Layer } from '../../api/layers';
import { send } from '../../api/send';
import { failure, waiting } from '../../parts/part';
import { day, number, pick, t as general, within } from '../../texts';
import { askFor } from '../shell/dialog';
import { homeUnit } from '../shell/known';
import { listen } from '../shell/live';
import { Page } from '../shell/page';
import { toast } from '../shell/toasts';
import '../shell/unit-field';
import './problem-card';
import { loadTodo, type Ended, type Todo } from './quality';
import { t } from './texts';
import './todo-page.css';

/** How long the page waits for more changes before it counts again. */
const CALM_MS = 800;

@customElement('todo-page')
export class TodoPage extends Page {
  private unlisten: () => void = () => undefined;
  private timer = 0;

  private todo = new Task(this, {
    args: () => [this.query.get('unit') ?? ''] as const,
    task: async ([unit], { signal }) => {
      const shown = unit || (await homeUnit(this.session));
      if (!shown) return undefined;
      return { shown, ...(await loadTodo(this.session, shown, signal)) };
    },
  });
  /** What was counted last; it stays until it is counted again. */
  private last: (Todo & { shown: string }) | undefined;

  override connectedCallback() {
    super.connectedCallback();
    this.unlisten = listen(() => {
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => void this.todo.run(), CALM_MS);
    });
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.unlisten();
    clearTimeout(this.timer);
  }

  protected override render() {
    const { value, error } = this.todo;
    if (value) this.last = value;
    const shown = this.last;
    return html`<h1>${t('title')}</h1>
      <unit-field
        .label=${t('area')}
        .value=${this.query.get('unit') ?? shown?.shown ?? ''}
        @unit=${(event: CustomEvent<string>) => this.setQuery({ unit: event.detail })}
      ></unit-field>
      ${error ? failure((error as Error).message, () => void this.todo.run()) : nothing}
      ${shown ? this.tasks(shown) : error ? nothing : waiting(general('loading'))}`;
  }

  private tasks({ checked, problems, ended, layers }: Todo) {
    const counted = checked.filter(({ count }) => count > 0);
    const isDone = !problems.length && !ended.length;
    return html`${counted.length ? this.progress(counted, layers) : nothing} ${isDone ? html`<p class="done">${t('nothing')}</p>` : nothing}
    ${ended.map(({ layer, ended }) => this.ended(layer, ended))}
    ${repeat(
      problems,
      ({ collection, check }) => `${collection} ${check}`,
      (problem) => {
        const layer = layers.get(problem.collection)!;
        return html`<problem-card .problem=${problem} .layer=${layer} ?writable=${this.session.mayWrite(layer)}></problem-card>`;
      },
    )}`;
  }

  private progress(checked: Todo['checked'], layers: Todo['layers']) {
    const sum = (key: 'count' | 'sound') => checked.reduce((sum, layer) => sum + layer[key], 0);
    const [count, sound] = [sum('count'), sum('sound')];
    const share = t('inOrder', { sound: number(sound), count: number(count) });
    return html`<section class="card progress-card" aria-label=${t('progress')}>
      <label><strong>${share}</strong><progress max=${count} .value=${sound}></progress></label>
      <ul>
        ${checked.map(
          ({ collection, count, sound }) =>
            html`<li>
              <label
                >${pick(layers.get(collection)!.title)} <span class="quiet">${number(sound)}/${number(count)}</span
                ><progress max=${count} .value=${sound}></progress
              ></label>
            </li>`,
        )}
      </ul>
    </section>`;
  }

  private ended(layer: Layer, ended: Ended) {
    const field = layer.fields.find(({ name }) => name === ended.field);
    const n = number(ended.writable);
    return html`<section class="card ended">
      <h2>${t('ended', { field: field ? pick(field.title) : ended.field, value: ended.title, on: day(ended.until) })}</h2>
      <p>${t('endedRows', { n, what: within(pick(layer.title)) })}</p>
      <p class="choices">
        ${
          ended.plan
            ? ended.successors.map(
                ({ value, title }) =>
                  html`<button type="button" @click=${() => void this.replace(layer, ended, value, title)}>
                    ${t('becomes', { title })}
                  </button>`,
              )
            : nothing
        }
        <a href=${listOfValue(layer, ended, this.last!.shown)}>${t('allRows', { n })}</a>
      </p>
    </section>`;
  }

  private async replace(layer: Layer, { field, value, title, writable, plan }: Ended, to: string, toTitle: string) {
    const text = t('replaceText', { n: number(writable), from: title, to: toTitle });
    const reason = await askFor({ title: t('replaceTitle'), text, yes: t('replace'), field: { label: t('reason'), required: true } });
    if (reason === undefined) return;
    try {
      const path = `/collections/${layer.id}/reclassification?within=${this.last!.shown}`;
      await send('POST', path, { body: { field, from: value, to, plan, reason }, idempotencyKey: crypto.randomUUID() });
      toast(t('replaced', { n: number(writable) }));
      void this.todo.run();
    } catch (error) {
      toast((error as Error).message, { isFailure: true });
    }
  }
}

function listOfValue(layer: Layer, { field, value }: Ended, within: string): string {
  return `/console/${layer.id}?${new URLSearchParams({ [field]: value, within }).toString()}`;
}
