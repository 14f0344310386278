/** Entering a file: choosing it, then the steps of its import at `/console/import/{id}`. */
import { html, nothing, type PropertyValues } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { ApiError } from '../../api/get';
import type { Layer } from '../../api/layers';
import { failure, waiting } from '../../parts/part';
import { number, pick } from '../../texts';
import { icon } from '../shell/icons';
import { Page } from '../shell/page';
import { writable } from './plan';
import { t } from './texts';
import { STEPS, Work, type Step } from './work';
import './import-page.css';
import './import-start';
import './step-columns';
import './step-done';
import './step-pairs';
import './step-rows';
import './step-summary';
import './step-values';

@customElement('import-page')
export class ImportPage extends Page {
  @state() private layer: (Layer & { required: string[] }) | undefined;
  @state() private version = 0;
  private work: Work | undefined;
  private shown: Step | undefined;

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.work?.close();
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    const { id } = this.parameters;
    if (!changed.has('parameters') || !id || this.work?.id === id) return;
    this.work?.close();
    this.work = new Work(id, () => this.version++);
    void this.work.load();
  }

  protected override render() {
    const { work } = this;
    if (!work) return html`<import-start .session=${this.session}></import-start>`;
    const { plan } = work;
    if (plan && !this.layer) void writable(plan.collection).then((layer) => (this.layer = layer));
    if (!plan || !this.layer) {
      if (work.failure instanceof ApiError && work.failure.status === 404) return this.gone();
      return work.failure ? failure(work.failure.message, () => void work.load()) : waiting(t('opening'));
    }
    return html`<h1>${plan.file.name ?? t('file')} → ${pick(this.layer.title)}</h1>
      ${plan.status === 'planned' || plan.status === 'planning' ? this.steps(work) : this.ended(work)}`;
  }

  private gone() {
    return html`<h1>${t('gone')}</h1>
      <p><a href="/console/import">${t('another')}</a></p>`;
  }

  private ended(work: Work) {
    if (work.plan!.status !== 'failed') return html`<step-done .work=${work} .layer=${this.layer} .version=${this.version}></step-done>`;
    return html`<p class="note">${t('failed')}</p>
      <p><a class="primary" href="/console/import">${t('another')}</a></p>`;
  }

  /** The step of the address, or the one shown, or the first in which there is something to do. An answer moves nobody on, but the last about pairs. */
  private get step(): Step {
    const asked = STEPS.find((step) => step === this.query.get('step'));
    return asked ?? this.shown ?? STEPS.find((step) => this.work!.needs(step)) ?? 'summary';
  }

  private steps(work: Work) {
    // While the file is planned again, the step stays; before the first plan there is none.
    if (work.plan!.status === 'planning' && !this.shown) return this.progress(work);
    const { step } = this;
    this.shown = step;
    return html`<nav class="steps" aria-label=${t('steps')}>
        <ol>
          ${STEPS.filter((one) => one !== 'pairs' || work.plan!.mode === 'snapshot').map((one) => this.mark(work, one, step))}
        </ol>
      </nav>
      ${work.failure ? failure(work.failure.message, () => void this.again(work)) : nothing}
      <div
        class="step"
        aria-busy=${work.busy === 'planning'}
        @open-step=${({ detail }: CustomEvent<Step>) => this.open(detail)}
        @step-done=${() => void this.next(work, step)}
      >
        ${this.content(work, step)}
      </div>
      <p class="working" role="status" ?hidden=${!work.busy}>${work.busy ? waiting(t(work.busy)) : nothing}</p>
      ${step === 'summary' ? nothing : this.foot(work, step)}`;
  }

  private async again(work: Work): Promise<void> {
    if (work.failure instanceof ApiError && work.failure.status === 409) await work.renew();
    else await work.flush();
    if (work.failure && work.plan?.status !== 'planned') await work.load();
  }

  private mark(work: Work, step: Step, current: Step) {
    const isOpen = work.needs(step) && step !== 'summary';
    return html`<li>
      <button
        type="button"
        class=${isOpen ? 'open' : 'done'}
        aria-current=${step === current ? 'step' : nothing}
        @click=${() => this.open(step)}
      >
        ${isOpen || step === 'summary' ? nothing : icon('check')}<span>${t(`step.${step}`)}</span>
        ${isOpen || step === 'summary' ? nothing : html`<span class="unseen">${t('nothingToDo')}</span>`}
      </button>
    </li>`;
  }

  private content(work: Work, step: Step) {
    const { layer, version, session } = this;
    switch (step) {
      case 'columns':
        return html`<step-columns .work=${work} .layer=${layer} .session=${session} .version=${version}></step-columns>`;
      case 'values':
        return html`<step-values .work=${work} .layer=${layer} .session=${session} .version=${version}></step-values>`;
      case 'rows':
        return html`<step-rows .work=${work} .layer=${layer} .session=${session} .version=${version}></step-rows>`;
      case 'pairs':
        return html`<step-pairs .work=${work} .layer=${layer} .version=${version}></step-pairs>`;
      case 'summary':
        return html`<step-summary .work=${work} .layer=${layer} .version=${version}></step-summary>`;
    }
  }

  private foot(work: Work, step: Step) {
    const before = STEPS.slice(0, STEPS.indexOf(step))
      .reverse()
      .find((one) => one !== 'pairs' || work.plan!.mode === 'snapshot');
    return html`<p class="foot">
      ${before ? html`<button type="button" @click=${() => this.open(before)}>${t('back')}</button>` : nothing}
      <button type="button" class="primary" ?disabled=${work.busy !== undefined} @click=${() => void this.next(work, step)}>
        ${t('next')}
      </button>
    </p>`;
  }

  /** Goes on, past the steps in which there is nothing to do. */
  private async next(work: Work, step: Step): Promise<void> {
    if (step === 'columns') this.leaveUnknown(work);
    work.see(step);
    await work.flush();
    if (work.failure) return;
    this.open(STEPS.slice(STEPS.indexOf(step) + 1).find((one) => work.needs(one)) ?? 'summary');
  }

  /** Columns that were seen and left alone are not asked for again next time. */
  private leaveUnknown(work: Work) {
    const columns = work.plan!.mapping?.flatMap(({ columns }) => columns) ?? [];
    const unknown = columns.filter(({ target, header }) => target === 'unknown' && header);
    if (unknown.length) work.say({ mapping: Object.fromEntries(unknown.map(({ header }) => [header, 'ignore'])) });
  }

  private open(step: Step) {
    this.setQuery({ step });
    void this.updateComplete.then(() => {
      const heading = this.querySelector<HTMLElement>('.step h2');
      heading?.setAttribute('tabindex', '-1');
      heading?.focus();
      scrollTo({ top: 0 });
    });
  }

  private progress(work: Work) {
    const { done, total } = work.plan!.progress;
    return html`<div class="progress-of" role="status">
      <p>${total ? t('planningOf', { done: number(done), total: number(total) }) : t('planning')}</p>
      <progress max=${total ?? 1} value=${total ? done : nothing} aria-label=${t('planning')}></progress>
    </div>`;
  }
}
