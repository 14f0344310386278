/** Registering a record of a layer of points: the place, the few fields that matter, save. */
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { ApiError } from '../../api/get';
import { nameOf, type Item } from '../../api/items';
import { failure, waiting } from '../../parts/part';
import { pick, t as general, within } from '../../texts';
import { Draft } from '../form/drafts';
import '../form/field-input';
import type { FieldValue } from '../form/field-input';
import { deliver, drop, kept, newKey, type Work } from '../form/outbox';
import '../form/record-form';
import { ownProblems, problemsOf, type Problems, type RecordForm } from '../form/record-form';
import { formLayer, type FormLayer } from '../form/schema';
import type { Position } from '../map/place-map';
import { askFor } from '../shell/dialog';
import { Page } from '../shell/page';
import { go } from '../shell/router';
import { toast } from '../shell/toasts';
import './place-chooser';
import { firstValues, forNext, remember } from './first-values';
import { t } from './texts';
import './register-page.css';

/** What is typed, and the key of its save: sent twice, it is registered once. */
interface Content {
  values: Record<string, unknown>;
  place: Position | undefined;
  /** Only the commune is known. */
  isUnplaced: boolean;
  key: string;
}

/** The direction in which something looks, and how wide it sees. */
const DIRECTION = 'azimuth_deg';
const OPENING = 'hfov_deg';

/** Where something is if nobody knows its place. */
const COMMUNE = 'declared_commune_code';
const ADDRESS = 'address';
/** The place is chosen on the map, and its commune follows from it. */
const ELSEWHERE = [COMMUNE, 'declared_on', 'effective_on'];

@customElement('register-page')
export class RegisterPage extends Page {
  @state() private layer: FormLayer | undefined;
  @state() private failed: Error | undefined;
  @state() private values: Record<string, unknown> = {};
  @state() private place: Position | undefined;
  @state() private isUnplaced = false;
  @state() private problems: Problems = new Map();
  @state() private isSaving = false;
  @state() private isRestored = false;
  private key = newKey();
  private draft!: Draft<Content>;

  override connectedCallback() {
    super.connectedCallback();
    void this.start();
  }

  private start = async () => {
    this.failed = undefined;
    try {
      const layer = await formLayer(this.parameters.layer!);
      this.draft = new Draft(this.session, `${layer.id}/new`);
      const content = (await this.reviewed()) ?? (await this.draft.read());
      this.values = content?.values ?? firstValues(layer, this.session);
      this.place = content?.place ?? placeOf(this.query.get('at'));
      this.isUnplaced = content?.isUnplaced ?? false;
      this.key = content?.key ?? this.key;
      this.isRestored = content !== undefined;
      this.layer = layer;
      this.entitle(t('register', { what: within(pick(layer.title)) }));
    } catch (error) {
      this.failed = error as Error;
    }
  };

  /** A save that the service refused later: it is opened again to be corrected. */
  private async reviewed(): Promise<Content | undefined> {
    const work = (await kept(this.session)).find(({ key }) => key === this.query.get('work'));
    if (!work) return undefined;
    const { geometry, properties } = work.body as Pick<Item, 'geometry' | 'properties'>;
    await drop(work);
    const place = geometry?.type === 'Point' ? (geometry.coordinates as Position) : undefined;
    const content = { values: properties, place, isUnplaced: !geometry, key: newKey() };
    this.draft.keep(content);
    return content;
  }

  protected override render() {
    const { layer, failed } = this;
    if (failed) return failure(failed.message, () => void this.start());
    if (!layer) return waiting(general('loading'));
    const title = html`<h1 tabindex="-1">${t('register', { what: within(pick(layer.title)) })}</h1>`;
    if (!this.session.mayWrite(layer))
      return html`${title}
        <p>${t('notWritable')}</p>`;
    if (layer.geometry !== 'point')
      return html`${title}
        <p>${t('notPoints')} <a href="/console/import">${t('toImport')}</a></p>`;
    const looks = layer.fields.some(({ name, isWritten }) => name === DIRECTION && isWritten);
    return html`${title}
      ${
        this.isRestored
          ? html`<p class="note">
              ${t('draftBack')} <button type="button" class="textual" @click=${() => this.startOver()}>${t('startOver')}</button>
            </p>`
          : nothing
      }
      <div class="halves">
        <section aria-label=${t('placeStep')}>
          ${this.isUnplaced ? this.communeOnly(layer) : this.chooser(layer, looks)}
          ${
            layer.fields.some(({ name, isWritten }) => name === COMMUNE && isWritten)
              ? html`<p>
                  <button type="button" class="textual" @click=${() => this.turn(!this.isUnplaced)}>
                    ${t(this.isUnplaced ? 'choosePlace' : 'noPlace')}
                  </button>
                </p>`
              : nothing
          }
        </section>
        <form novalidate aria-label=${t('detailStep')} @submit=${this.submit}>
          <record-form
            .layer=${layer}
            .values=${this.values}
            .problems=${this.problems}
            .except=${this.isUnplaced ? [...ELSEWHERE, ADDRESS] : ELSEWHERE}
            @field=${this.write}
          ></record-form>
          ${this.problems.get('')?.length ? html`<p class="wrong" role="alert">${this.problems.get('')!.join(' ')}</p>` : nothing}
          <div class="saving">
            ${this.problems.size ? html`<p class="wrong" role="alert">${t('checkFields', { n: this.problems.size })}</p>` : nothing}
            <button class="primary" ?disabled=${this.isSaving}>${this.isSaving ? t('saving') : t('save')}</button>
            <button type="button" ?disabled=${this.isSaving} @click=${() => this.save(true)}>
              ${t(this.isUnplaced ? 'saveAndNextThere' : 'saveAndNext')}
            </button>
          </div>
        </form>
      </div>`;
  }

  private chooser(layer: FormLayer, looks: boolean) {
    return html`<place-chooser
        .session=${this.session}
        .layer=${layer.id}
        .place=${this.place}
        ?looks=${looks}
        .azimuth=${this.values[DIRECTION] as number | null}
        .opening=${this.values[OPENING] as number | null}
        .problems=${this.problems.get('geometry') ?? []}
        @place=${({ detail }: CustomEvent<Position>) => this.put({ place: detail })}
        @azimuth=${({ detail }: CustomEvent<number>) => this.put({ values: { ...this.values, [DIRECTION]: detail } })}
      ></place-chooser>
      ${looks && this.place ? html`<p class="quiet">${t('turnSector')}</p>` : nothing}`;
  }

  /** Where it is as far as that is known; it is counted in the commune, and asked for among what there is to do. */
  private communeOnly({ fields }: FormLayer) {
    const title = { vi: t('commune'), en: t('commune') };
    const shown = fields
      .filter(({ name, isWritten }) => isWritten && (name === COMMUNE || name === ADDRESS))
      .map((field) => (field.name === COMMUNE ? { ...field, title, isRequired: true } : field));
    const problems = (name: string) => [...(this.problems.get(name) ?? []), ...((name === COMMUNE && this.problems.get('geometry')) || [])];
    return html`<div class="card unplaced" @field=${this.write}>
      <p class="quiet">${t('noPlaceHelp')}</p>
      ${shown.map(
        (field) => html`<field-input .field=${field} .value=${this.values[field.name]} .problems=${problems(field.name)}></field-input>`,
      )}
    </div>`;
  }

  private turn(isUnplaced: boolean) {
    const { communes } = this.session;
    const only = communes?.length === 1 ? communes[0]?.code : undefined;
    const { [COMMUNE]: said = only, ...others } = this.values;
    this.problems = new Map();
    this.put({ isUnplaced, values: isUnplaced ? { ...others, [COMMUNE]: said } : others });
    void this.updateComplete.then(() => this.querySelector<HTMLElement>('.unplaced input')?.focus());
  }

  private write = ({ detail }: CustomEvent<FieldValue>) => this.put({ values: { ...this.values, [detail.name]: detail.value } });

  private put(part: { values?: Record<string, unknown>; place?: Position; isUnplaced?: boolean }) {
    Object.assign(this, part);
    this.draft.keep({ values: this.values, place: this.place, isUnplaced: this.isUnplaced, key: this.key });
  }

  private startOver() {
    this.draft.forget();
    this.values = firstValues(this.layer!, this.session);
    this.isRestored = this.isUnplaced = false;
    this.key = newKey();
    this.problems = new Map();
  }

  private submit(event: SubmitEvent) {
    event.preventDefault();
    if (!this.isSaving) void this.save(false);
  }

  private save = async (another: boolean, confirm: string[] = []): Promise<void> => {
    const layer = this.layer!;
    const problems = ownProblems(layer, this.values, ELSEWHERE);
    if (this.isUnplaced && !this.values[COMMUNE]) problems.set(COMMUNE, [t('needCommune')]);
    if (!this.isUnplaced && !this.place) problems.set('geometry', [t('needPlace')]);
    if (problems.size) return this.refuse(problems);
    const geometry = this.isUnplaced ? null : { type: 'Point', coordinates: this.place };
    const properties = Object.fromEntries(Object.entries(this.values).filter(([, value]) => value != null && value !== ''));
    const work: Work = {
      key: confirm.length ? newKey() : this.key,
      account: this.session.me.account.id,
      method: 'POST',
      path: `/collections/${layer.id}/items`,
      body: { type: 'Feature', geometry, properties, ...(confirm.length ? { confirm } : {}) },
      contentType: 'application/geo+json',
      title: (properties.name as string | undefined) ?? pick(layer.title),
      page: `/console/${layer.id}/new`,
    };
    this.isSaving = true;
    try {
      const sent = await deliver<Item>(work);
      if (sent) {
        const open = { text: t('open'), act: () => go(`/console/${layer.id}/${sent.body.id}`) };
        toast(t('saved', { name: nameOf(sent.body) || work.title }), { action: open });
      } else toast(t('keptForLater'), { isFailure: true });
      this.next(another);
    } catch (error) {
      await this.refused(error, another);
    } finally {
      this.isSaving = false;
    }
  };

  /** Perhaps it is registered already: the officer decides. Everything else is shown at its field. */
  private async refused(error: unknown, another: boolean): Promise<void> {
    if (!(error instanceof ApiError)) throw error;
    // A corrected record is another write than the one that was refused.
    this.key = newKey();
    if (error.problem.errors?.some(({ code }) => code === 'dup.near')) {
      const question = { title: t('duplicate'), text: error.message, yes: t('saveAnyway'), no: t('lookAgain') };
      if ((await askFor(question)) !== undefined) return this.save(another, ['dup.near']);
      return;
    }
    this.refuse(problemsOf(error.problem));
  }

  private refuse(problems: Problems) {
    this.problems = problems;
    const [first] = problems.keys();
    if (first === 'geometry' || first === COMMUNE) this.querySelector('.halves section')?.scrollIntoView({ block: 'start' });
    else if (first) void this.querySelector<RecordForm>('record-form')?.show(first);
  }

  /** The form for the next one: on the same pole, everything but the direction stays. */
  private next(another: boolean) {
    const layer = this.layer!;
    remember(layer, this.session, this.values);
    this.draft.forget();
    this.key = newKey();
    this.problems = new Map();
    this.isRestored = false;
    this.values = another ? forNext(layer, this.values) : firstValues(layer, this.session);
    if (another) this.put({});
    else [this.place, this.isUnplaced] = [undefined, false];
    scrollTo({ top: 0 });
    this.querySelector<HTMLElement>('h1')?.focus();
  }
}

/** `105.7,19.8` of a link. */
function placeOf(text: string | null): Position | undefined {
  const [lng, lat] = (text ?? '').split(',').map(Number);
  return text && Number.isFinite(lng) && Number.isFinite(lat) ? [lng!, lat!] : undefined;
}
