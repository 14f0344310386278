/** Writes of many rows at once: all or none, with a word on each row that stands in the way, and without them if wanted. */
import { html, nothing } from 'lit';
import { ApiError } from '../../api/get';
import type { Field, Layer } from '../../api/layers';
import { send } from '../../api/send';
import { number, pick } from '../../texts';
import '../../parts/date-field';
import { today } from '../../view/address';
import { show } from '../shell/dialog';
import { toast } from '../shell/toasts';
import { t } from './texts';

/** A row that somebody picked. */
export interface Picked {
  id: number;
  version: number;
  name: string;
}

interface Written {
  items: { index: number; status: string; warnings?: { message: string }[] }[];
  batch: number;
}

/** One service call over a list of rows. */
interface Task {
  run: (rows: Picked[], key: string) => Promise<{ body: Written }>;
  /** The rows whose write is left out until somebody says what to do. */
  done: (count: number) => string;
}

const MERGE = 'application/merge-patch+json';

/** The most rows of one write. */
export const MOST = 10_000;

/** Asks which value a field shall have from now on, and writes it. Resolves to whether something was written. */
export async function changeRows(layer: Layer, rows: Picked[]): Promise<boolean> {
  const fields = layer.fields.filter(
    ({ values, type, isReadOnly, isList }) => !isReadOnly && !isList && (values.length > 0 || type === 'boolean'),
  );
  const order = (field: Field) => ['lifecycle_status', 'operational_state'].indexOf(field.name) >>> 0;
  const asked = await show<{ properties: Record<string, unknown>; reason: string }>((answer) => {
    const sorted = [...fields].sort((a, b) => order(a) - order(b));
    const submit = (event: SubmitEvent) => {
      event.preventDefault();
      const given = new FormData(event.currentTarget as HTMLFormElement);
      const text = (name: string) => ((given.get(name) as string | null) ?? '').trim();
      const [name = '', value = ''] = text('change').split('=');
      const field = fields.find((field) => field.name === name)!;
      const typed = field.type === 'boolean' ? value === 'true' : value;
      answer({ properties: { [name]: typed, ...(text('on') ? { effective_on: text('on') } : {}) }, reason: text('reason') });
    };
    return html`<form @submit=${submit}>
      <h2>${t('changeTitle', { n: number(rows.length) })}</h2>
      <label
        >${t('changeTo')}<select name="change" required>
          <option value=""></option>
          ${sorted.map(
            (field) =>
              html`<optgroup label=${pick(field.title)}>
                ${choices(field).map(([value, label]) => html`<option value=${`${field.name}=${value}`}>${label}</option>`)}
              </optgroup>`,
          )}
        </select></label
      >
      ${since()} ${reasonField(true)} ${buttons(answer, t('write'))}
    </form>`;
  });
  if (!asked) return false;
  const { properties, reason } = asked;
  return perform(
    rows,
    patch(layer, reason, () => properties),
  );
}

/** Takes rows out of use, with the day and the reason. */
export async function decommissionRows(layer: Layer, rows: Picked[]): Promise<boolean> {
  const asked = await show<{ on: string; reason: string }>((answer) => {
    const submit = (event: SubmitEvent) => {
      event.preventDefault();
      const given = new FormData(event.currentTarget as HTMLFormElement);
      answer({ on: given.get('on') as string, reason: (given.get('reason') as string).trim() });
    };
    return html`<form @submit=${submit}>
      <h2>${t('decommissionTitle', { n: number(rows.length) })}</h2>
      <p>${t('decommissionText')}</p>
      <date-field compact name="on" required .label=${t('decommissionedOn')} .value=${today()} max=${today()}></date-field>
      ${reasonField(true)} ${buttons(answer, t('decommission'), true)}
    </form>`;
  });
  if (!asked) return false;
  const properties = { lifecycle_status: 'decommissioned', decommissioned_on: asked.on, effective_on: asked.on };
  return perform(
    rows,
    patch(layer, asked.reason, () => properties),
  );
}

/** Says that the rows are still true. */
export async function verifyRows(layer: Layer, rows: Picked[]): Promise<boolean> {
  const run = (some: Picked[], key: string) =>
    send<Written>('POST', `/collections/${layer.id}/verify`, { body: { items: some.map(({ id }) => id) }, idempotencyKey: key });
  return perform(rows, { run, done: (n) => t('verified', { n: number(n) }) });
}

function patch(layer: Layer, reason: string, propertiesOf: (row: Picked) => Record<string, unknown>): Task {
  const run = (rows: Picked[], key: string) => {
    const features = rows.map((row) => ({ id: row.id, version: row.version, properties: propertiesOf(row) }));
    const body = { features, ...(reason ? { reason } : {}) };
    return send<Written>('PATCH', `/collections/${layer.id}/items`, { body, contentType: MERGE, idempotencyKey: key });
  };
  return { run, done: (n) => t('written', { n: number(n) }) };
}

/** Writes, and when rows stand in the way says why and offers the others. */
async function perform(rows: Picked[], task: Task): Promise<boolean> {
  let left = rows;
  while (left.length) {
    try {
      const { body } = await task.run(left, crypto.randomUUID());
      const changed = body.items.filter(({ status }) => status !== 'unchanged').length;
      const undo = { text: t('undo'), act: () => void undoBatch(body.batch) };
      toast(task.done(changed), { ...(changed ? { action: undo } : {}) });
      const warned = body.items.filter(({ warnings }) => warnings?.length);
      if (warned.length)
        await report(
          t('writtenWarned', { n: number(warned.length) }),
          warned.map(({ index, warnings }) => line(left[index], warnings!)),
        );
      return true;
    } catch (error) {
      const wrong = wrongRows(error, left);
      if (!wrong) {
        toast((error as Error).message, { isFailure: true });
        return false;
      }
      const good = left.filter((_, i) => !wrong.has(i));
      const lines = [...wrong].map(([i, messages]) =>
        line(
          left[i],
          messages.map((message) => ({ message })),
        ),
      );
      if (!(await report(t('refusedRows', { n: number(wrong.size), all: number(left.length) }), lines, good.length))) return false;
      left = good;
    }
  }
  return false;
}

/** The rows that an error names, with what is wrong with each; undefined if it is about something else. */
export function wrongRows(error: unknown, rows: Picked[]): Map<number, string[]> | undefined {
  if (!(error instanceof ApiError) || error.status !== 422) return undefined;
  const wrong = new Map<number, string[]>();
  for (const { pointer, message } of error.problem.errors ?? []) {
    const index = Number(/^\/(?:features|items)\/(\d+)/.exec(pointer ?? '')?.[1] ?? NaN);
    if (!rows[index]) return undefined;
    wrong.set(index, [...(wrong.get(index) ?? []), message]);
  }
  return wrong.size ? wrong : undefined;
}

async function undoBatch(batch: number): Promise<void> {
  try {
    await send('POST', `/batches/${batch}/undo`);
    toast(t('undone'));
  } catch (error) {
    toast((error as Error).message, { isFailure: true });
  }
}

function line(row: Picked | undefined, messages: { message: string }[]) {
  return html`<li><strong>${row?.name}</strong>: ${messages.map(({ message }) => message).join(' ')}</li>`;
}

/** Shows rows with what is said of each; resolves to true when the others shall be written. */
async function report(title: string, lines: unknown[], others = 0): Promise<boolean | undefined> {
  return show<boolean>(
    (answer) =>
      html`<h2>${title}</h2>
        <ul class="report" tabindex="0">
          ${lines.slice(0, 200)}
        </ul>
        <p class="choices">
          <button type="button" @click=${() => answer(undefined)}>${t('close')}</button>
          ${others ? html`<button type="button" class="primary" @click=${() => answer(true)}>${t('writeOthers', { n: number(others) })}</button>` : nothing}
        </p>`,
  );
}

function choices(field: Field): [string, string][] {
  if (field.type === 'boolean') return [['true', t('yes')] as [string, string], ['false', t('no')]];
  return field.values.map(({ value, label }) => [value, pick(label)]);
}

function since() {
  return html`<date-field compact name="on" .label=${t('since')} max=${today()}></date-field>`;
}

function reasonField(isRequired: boolean) {
  return html`<label>${t('reason')}<input name="reason" maxlength="500" ?required=${isRequired} /></label>`;
}

function buttons(answer: (value: undefined) => void, yes: string, isDangerous = false) {
  return html`<p class="choices">
    <button type="button" @click=${() => answer(undefined)}>${t('cancel')}</button>
    <button class=${isDangerous ? 'danger' : 'primary'}>${yes}</button>
  </p>`;
}
