/** The work on one import: its plan at the service, and the answers that wait to be sent. */
import { ApiError, get, query } from '../../api/get';
import { send } from '../../api/send';
import { draftOf, dropDraft, isEmpty, keepDraft, merged, type Draft, type Pending } from './draft';
import { isOfRow, lacksZone, type Correction, type Import, type Pair } from './plan';

export type Step = 'columns' | 'values' | 'rows' | 'pairs' | 'summary';
export const STEPS: Step[] = ['columns', 'values', 'rows', 'pairs', 'summary'];

export interface Consent {
  only?: 'valid';
  confirm_missing?: boolean;
}

/** How long further answers are waited for before the file is planned again. */
const IDLE_MS = 500;
const POLL_MS = 800;

export class Work {
  plan: Import | undefined;
  draft: Draft = { pending: {}, seen: [], different: [] };
  /** What the service is doing. */
  busy: 'planning' | 'writing' | 'undoing' | undefined;
  /** Why the last request failed. */
  failure: Error | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private sending: Promise<void> | undefined;
  private isClosed = false;

  constructor(
    readonly id: string,
    private readonly changed: () => void,
  ) {}

  close(): void {
    this.isClosed = true;
    clearTimeout(this.timer);
  }

  async load(): Promise<void> {
    await this.attempt('planning', async () => {
      this.draft = (await draftOf(this.id)) ?? this.draft;
      await this.settle(await get<Import>(query(`/imports/${this.id}`, {})));
    });
    if (this.plan?.status === 'planned' && !isEmpty(this.draft.pending)) await this.flush();
  }

  /** Keeps an answer, and sends it with those that follow at once. */
  say(part: Pending): void {
    this.draft = { ...this.draft, pending: merged(this.draft.pending, part) };
    this.keep();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), IDLE_MS);
    this.changed();
  }

  /** Sends what waits. */
  flush(): Promise<void> {
    clearTimeout(this.timer);
    this.sending ??= this.sendAll().finally(() => (this.sending = undefined));
    return this.sending;
  }

  private async sendAll(): Promise<void> {
    while (!isEmpty(this.draft.pending) && !this.isClosed) {
      const { cells, ...said } = this.draft.pending;
      const sent = this.draft.pending;
      const isDone = await this.attempt('planning', async () => {
        if (!isEmpty(said)) await this.planAgain(said);
        if (cells) await this.settle(await this.post('suggestions', { rows: cells }));
      });
      if (!isDone) return;
      // What was said meanwhile still waits.
      const rest = this.draft.pending === sent ? {} : without(this.draft.pending, sent);
      this.draft = { ...this.draft, pending: rest };
      this.keep();
      this.changed();
    }
  }

  private async planAgain({ mapping, defaults, values }: Pending): Promise<void> {
    const known = this.plan!.options;
    await this.settle(
      await this.post('plan', {
        ...(mapping && { mapping: { ...known.mapping, ...mapping } }),
        ...(defaults && { defaults: { ...known.defaults, ...defaults } }),
        ...(values && { values: merged({ values: known.values ?? {} }, { values }).values }),
      }),
    );
  }

  /** Takes the suggestions of the findings with these codes, or all. */
  async take(codes?: string[]): Promise<void> {
    await this.flush();
    await this.attempt('planning', async () => this.settle(await this.post('suggestions', codes ? { codes } : { all: true })));
  }

  /** Plans the file again as it is, since the register has changed. */
  async renew(): Promise<void> {
    await this.attempt('planning', async () => this.settle(await this.post('plan', {})));
  }

  /** Puts the corrections of cells back to an earlier state. */
  async restore(corrections: Correction[]): Promise<void> {
    await this.attempt('planning', async () => this.settle(await this.post('plan', { corrections })));
  }

  async commit(consent: Consent): Promise<void> {
    await this.flush();
    const { plan, pairs } = this.plan!;
    const body = { plan, accept_warnings: true, ...(pairs.length && { confirm_new: true }), ...consent };
    const isDone = await this.attempt('writing', async () => this.settle(await this.post('commit', body)));
    if (isDone) await dropDraft(this.id);
  }

  async undo(): Promise<void> {
    await this.attempt('undoing', async () => this.settle(await this.post('undo', undefined)));
  }

  see(step: Step): void {
    if (this.draft.seen.includes(step)) return;
    this.draft = { ...this.draft, seen: [...this.draft.seen, step] };
    this.keep();
  }

  /** Says that a new row and a missing record are two. */
  tellApart(pair: Pair): void {
    this.draft = { ...this.draft, different: [...this.draft.different, nameOf(pair)] };
    this.keep();
    this.changed();
  }

  isApart(pair: Pair): boolean {
    return this.draft.different.includes(nameOf(pair));
  }

  /** Whether there is something to do in a step; of warnings, until they were seen. */
  needs(step: Step): boolean {
    const { plan, draft } = this;
    if (!plan) return false;
    const isNew = !draft.seen.includes(step);
    switch (step) {
      case 'columns': {
        const unknown = plan.mapping?.some(({ columns }) => columns.some(({ target }) => target === 'unknown'));
        const ofFile = plan.findings.filter(
          ({ row, code, severity }) => row === null && !code.startsWith('snapshot.') && severity !== 'info',
        );
        return lacksZone(plan) || ofFile.some(({ severity }) => severity === 'error') || (isNew && (Boolean(unknown) || ofFile.length > 0));
      }
      case 'values':
        return plan.questions.length > 0;
      case 'rows':
        return plan.findings.some((finding) => isOfRow(finding) && (isNew || finding.severity === 'error'));
      case 'pairs':
        return plan.pairs.some((pair) => !this.isApart(pair));
      case 'summary':
        return true;
    }
  }

  private keep(): void {
    void keepDraft(this.id, this.draft);
  }

  private async post(act: string, body: unknown): Promise<Import> {
    return (await send<Import>('POST', `/imports/${this.id}/${act}`, body === undefined ? {} : { body })).body;
  }

  /** Waits until an import is planned. */
  private async settle(plan: Import): Promise<void> {
    this.plan = plan;
    this.changed();
    while (this.plan.status === 'planning' && !this.isClosed) {
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
      this.plan = await get<Import>(query(`/imports/${this.id}`, {}));
      this.changed();
    }
  }

  private async attempt(busy: NonNullable<Work['busy']>, work: () => Promise<void>): Promise<boolean> {
    this.busy = busy;
    this.failure = undefined;
    this.changed();
    try {
      await work();
      return true;
    } catch (error) {
      this.failure = error instanceof Error ? error : new Error(String(error));
      // Somebody wrote it, or planned it anew, in another tab.
      if (error instanceof ApiError && error.status === 409 && busy === 'planning') await this.reload();
      return false;
    } finally {
      this.busy = undefined;
      this.changed();
    }
  }

  private async reload(): Promise<void> {
    const plan = await get<Import>(query(`/imports/${this.id}`, {})).catch(() => undefined);
    if (plan) this.plan = plan;
  }
}

const nameOf = ({ sheet, row, id }: Pair) => `${sheet}/${row}/${id}`;

/** What of the later answers is not among those sent. */
function without(later: Pending, sent: Pending): Pending {
  const differ = <T>(all: Record<string, T> | undefined, known: Record<string, T> | undefined) => {
    const entries = Object.entries(all ?? {}).filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(known?.[name]));
    return entries.length ? Object.fromEntries(entries) : undefined;
  };
  const mapping = differ(later.mapping, sent.mapping);
  const defaults = differ(later.defaults, sent.defaults);
  const values = differ(later.values, sent.values);
  const cells = later.cells?.filter((cell) => !sent.cells?.some((known) => JSON.stringify(known) === JSON.stringify(cell)));
  return { ...(mapping && { mapping }), ...(defaults && { defaults }), ...(values && { values }), ...(cells?.length && { cells }) };
}
