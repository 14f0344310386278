/** One line for each text that was not understood: answered once for all its cells, and remembered. */
import { html, nothing, type PropertyValues } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import { repeat } from 'lit/directives/repeat.js';
import { number, pick } from '../../texts';
import type { Commune, Session } from '../shell/session';
import { ImportPart } from './part';
import type { Answers, Question } from './plan';
import { t } from './texts';
import { choicesOf, communesOf, valueInput } from './value-input';

/** More candidates than these are a list to open. */
const MOST_BUTTONS = 6;

@customElement('step-values')
export class StepValues extends ImportPart {
  @property({ attribute: false }) session!: Session;
  @state() private communes: Commune[] = [];
  private isAsked = false;

  protected override willUpdate(changed: PropertyValues<this>) {
    if (this.isAsked || !changed.has('session')) return;
    this.isAsked = true;
    void communesOf(this.session).then(
      (communes) => (this.communes = communes),
      () => undefined,
    );
  }

  protected override render() {
    const { questions, options } = this.plan;
    const waiting = this.work.draft.pending.values;
    const open = questions.filter(({ field, text }) => waiting?.[field]?.[text] === undefined);
    const given: Answers = {};
    for (const part of [options.remembered?.values, options.values, waiting])
      for (const [field, answers] of Object.entries(part ?? {})) given[field] = { ...given[field], ...answers };
    const answered = Object.entries(given).flatMap(([field, answers]) =>
      Object.entries(answers).map(([text, value]) => ({ field, text, value })),
    );
    return html`<h2>${t('valuesTitle')}</h2>
      <p>${open.length ? t('valuesHelp') : t('valuesNone')}</p>
      <ul class="questions">
        ${repeat(
          open,
          ({ field, text }) => `${field}/${text}`,
          (question) => this.question(question),
        )}
      </ul>
      ${
        answered.length
          ? html`<h3>${t('answered')}</h3>
              <ul class="questions">
                ${repeat(
                  answered,
                  ({ field, text }) => `${field}/${text}`,
                  (answer) => this.answer(answer),
                )}
              </ul>`
          : nothing
      }`;
  }

  private question({ field, text, rows, candidates }: Question) {
    const say = (value: string | null) => this.say(field, text, value);
    const choices = candidates.map(({ value, label }) => ({ value, text: pick(label) }));
    const all = choices.length ? choices : choicesOf(this.field(field), this.communes);
    return html`<li class="card">
      <p>${this.titleOf(field)}: <strong>“${text}”</strong> <span class="quiet">${t('cells', { n: number(rows) })}</span></p>
      <div class="answers" role="group" aria-label="${this.titleOf(field)}: ${text}">
        ${
          choices.length && choices.length <= MOST_BUTTONS
            ? choices.map((choice) => html`<button type="button" @click=${() => say(choice.value)}>${choice.text}</button>`)
            : valueInput(
                { id: `answer-${field}-${text}`, label: `${this.titleOf(field)}: ${text}`, value: '', choices: all },
                (value) => value && say(value),
              )
        }
        <button type="button" class="textual" @click=${() => say(null)}>${t('leaveEmpty')}</button>
      </div>
    </li>`;
  }

  private answer({ field, text, value }: { field: string; text: string; value: string | null }) {
    const choices = [...choicesOf(this.field(field), this.communes), { value: '', text: t('saysNothing') }];
    const label = `${this.titleOf(field)}: “${text}”`;
    return html`<li class="answered">
      <label for="given-${field}-${text}">${label}</label>
      ${
        choices.length > 1
          ? html`<select
              id="given-${field}-${text}"
              @change=${(event: Event) => this.say(field, text, (event.target as HTMLSelectElement).value || null)}
            >
              ${choices.map((choice) => html`<option value=${choice.value} ?selected=${choice.value === (value ?? '')}>${choice.text}</option>`)}
            </select>`
          : html`<input
              id="given-${field}-${text}"
              .value=${value ?? ''}
              @change=${(event: Event) => this.say(field, text, (event.target as HTMLInputElement).value || null)}
            />`
      }
    </li>`;
  }

  /** The line goes away: the focus goes to the next one. */
  private say(field: string, text: string, value: string | null) {
    this.work.say({ values: { [field]: { [text]: value } } });
    void this.updateComplete.then(() => {
      const next =
        this.querySelector<HTMLElement>('.answers :is(button, input, select)') ?? document.querySelector<HTMLElement>('.foot .primary');
      next?.focus();
    });
  }
}
