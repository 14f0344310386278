/** The audit trail: who signed in, who was given what, who read or took out what. */
import { Task } from '@lit/task';
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import { get, local, query as address } from '../../api/get';
import type { Layer } from '../../api/layers';
import '../../parts/date-field';
import type { DateField } from '../../parts/date-field';
import { failure, waiting } from '../../parts/part';
import { pick, t as general } from '../../texts';
import { icon } from '../shell/icons';
import { knownLayers } from '../shell/known';
import { Page } from '../shell/page';
import type { AuditEvent } from './accounts';
import { eventLine } from './events';
import { tabs } from './tabs';
import './admin-page.css';
import { ACTIONS, t } from './texts';

interface EventPage {
  events: AuditEvent[];
  links: { rel: string; href: string }[];
}

const FILTERS = ['actor', 'action', 'collection', 'from', 'to'] as const;

@customElement('audit-page')
export class AuditPage extends Page {
  @state() private more: AuditEvent[] = [];
  @state() private next: string | undefined;

  private first = new Task(this, {
    args: () => [this.asked({})] as const,
    task: async ([path], { signal }) => {
      const [page, layers] = await Promise.all([get<EventPage>(path, signal), knownLayers()]);
      this.more = [];
      this.next = nextOf(page);
      return { events: page.events, layers };
    },
  });

  protected override render() {
    const { value, error } = this.first;
    return html`<h1>${t('admin')}</h1>
      ${tabs('audit')} ${this.filters(value?.layers ?? [])}
      ${
        error
          ? failure((error as Error).message, () => void this.first.run())
          : value
            ? this.list([...value.events, ...this.more], value.layers)
            : waiting(general('loading'))
      }`;
  }

  private filters(layers: Layer[]) {
    const value = (name: string) => this.query.get(name) ?? '';
    const set = (event: Event) => {
      const { name, value } = event.target as HTMLInputElement;
      // The parts of a day have no name.
      if (name) this.setQuery({ [name]: value.trim() });
    };
    const moved = ({ target, detail }: CustomEvent<string | null>) => this.setQuery({ [(target as DateField).name]: detail ?? '' });
    return html`<form class="toolbar" @change=${set} @submit=${(event: Event) => event.preventDefault()}>
      <label>${t('actor')}<input name="actor" .value=${value('actor')} autocomplete="off" /></label>
      <label
        >${t('action')}<select name="action">
          <option value="">${t('any')}</option>
          ${ACTIONS.map((action) => html`<option value=${action} ?selected=${value('action') === action}>${t(`action.${action}`)}</option>`)}
        </select></label
      >
      <label
        >${t('layer')}<select name="collection">
          <option value="">${t('any')}</option>
          ${layers.map(({ id, title }) => html`<option value=${id} ?selected=${value('collection') === id}>${pick(title)}</option>`)}
        </select></label
      >
      <date-field compact name="from" .label=${t('fromDay')} .value=${value('from')} @date=${moved}></date-field>
      <date-field compact name="to" .label=${t('toDay')} .value=${value('to')} @date=${moved}></date-field>
      <a class="button" download href=${this.asked({ f: 'csv' })}>${icon('download')}${t('csv')}</a>
    </form>`;
  }

  private list(events: AuditEvent[], layers: Layer[]) {
    if (!events.length) return html`<p class="quiet" role="status">${t('noEvents')}</p>`;
    return html`<ul class="entries">
        ${events.map((event) => eventLine(event, layers))}
      </ul>
      ${this.next ? html`<p class="actions"><button type="button" @click=${this.loadMore}>${t('more')}</button></p>` : nothing}`;
  }

  private asked(more: Record<string, string>): string {
    const given = FILTERS.map((name) => [name, this.query.get(name) ?? ''] as const);
    const parameters = Object.fromEntries(given);
    // The day `to` is meant with its end.
    if (parameters.to) parameters.to = new Date(Date.parse(parameters.to) + 86400e3).toISOString().slice(0, 10);
    return address('/audit', { ...parameters, ...more });
  }

  private loadMore = async () => {
    if (!this.next) return;
    const page = await get<EventPage>(this.next).catch(() => undefined);
    if (!page) return;
    this.more = [...this.more, ...page.events];
    this.next = nextOf(page);
  };
}

function nextOf({ links }: EventPage): string | undefined {
  const next = links.find(({ rel }) => rel === 'next');
  return next && local(next.href);
}
