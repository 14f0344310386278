/** Where one lands after signing in: one's own area, what is registered there, and the next thing to do. */
import { Task } from '@lit/task';
import { html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { get, query } from '../../api/get';
import type { ItemPage } from '../../api/items';
import type { Layer } from '../../api/layers';
import { layers } from '../../api/layers';
import { failure, waiting } from '../../parts/part';
import { number, pick, t as general } from '../../texts';
import { icon } from '../shell/icons';
import { Page } from '../shell/page';
import './first-steps';
import { t } from './texts';
import './start-page.css';

/** More communes than these are counted only. */
const MOST_NAMED = 5;

interface Counted {
  layer: Layer;
  count: number | undefined;
}

@customElement('start-page')
export class StartPage extends Page {
  private content = new Task(this, {
    args: () => [this.session.unit?.code] as const,
    task: async (_, { signal }) => {
      const all = await layers();
      const own = all.filter((layer) => !layer.unitLevel);
      const hasUnits = await this.count(
        all.find(({ unitLevel }) => unitLevel === 'commune')!,
        false,
        signal,
      );
      const counted = await Promise.all(own.map(async (layer) => ({ layer, count: await this.count(layer, true, signal) })));
      return { hasUnits: hasUnits !== 0, counted };
    },
  });

  protected override render() {
    const { session } = this;
    return html`<h1>${t('hello', { name: session.name })}</h1>
      ${session.grants.length ? html`<p class="scope">${t('scope', { what: this.scope() })}</p>` : nothing}
      ${this.content.render({
        pending: () => waiting(general('loading')),
        error: (error) => failure((error as Error).message, () => void this.content.run()),
        complete: ({ hasUnits, counted }) => (hasUnits ? this.layers(counted) : this.first(counted)),
      })}`;
  }

  private layers(counted: Counted[]) {
    const { unit } = this.session;
    return html`<h2>${unit ? t('inUnit', { unit: unit.name }) : t('inRegister')}</h2>
      <ul class="layers">
        ${counted.map((one) => this.layer(one))}
      </ul>`;
  }

  private layer({ layer, count }: Counted) {
    const isOnMap = layer.geometry === 'point' && this.session.mayWrite(layer);
    return html`<li class="card">
      <h3>${pick(layer.title)}</h3>
      <p class="number">${count === undefined ? '…' : number(count)}</p>
      <p class="do">
        ${isOnMap ? html`<a class="primary" href="/console/${layer.id}/new">${icon('plus')} ${t('register')}</a>` : nothing}
        <a class="button" href="/console/${layer.id}">${t('list')}</a>
      </p>
    </li>`;
  }

  private first(counted: Counted[]) {
    const [layer] = counted.filter(({ layer }) => layer.geometry === 'point' && this.session.mayWrite(layer));
    return html`<first-steps .session=${this.session} .layer=${layer?.layer} @written=${() => this.content.run()}></first-steps>`;
  }

  private async count(layer: Layer, isWithin: boolean, signal: AbortSignal): Promise<number | undefined> {
    const { unit } = this.session;
    const within = isWithin && unit ? `${unit.code}@${unit.on}` : undefined;
    const page = await get<ItemPage>(query(`/collections/${layer.id}/items`, { within, limit: 1, skipGeometry: 'true' }), signal);
    return page.numberMatched;
  }

  private scope(): string {
    const { own, communes, grants } = this.session;
    const operators = [...new Set(grants.flatMap((grant) => grant.operators ?? []))];
    if (!communes) return [own?.name ?? t('everywhere'), ...operators].join(' · ');
    const named = communes.slice(0, MOST_NAMED).map(({ name }) => name);
    const more = communes.length - named.length;
    return named.join(', ') + (more ? ` ${t('andMore', { n: more })}` : '');
  }
}
