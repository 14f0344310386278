/** What was chosen: a record with its fields, the rows behind a figure, or records that lie at one place. */
import { html, nothing } from 'lit';
import { customElement, state } from 'lit/decorators.js';
import type { Items } from '../api/items';
import type { Layer } from '../api/layers';
import { pick, t } from '../texts';
import { model } from '../view/model';
import { short } from '../view/property';
import { icon } from './icons';
import { answered, Part } from './part';
import { record } from './record';
import { rowList } from './row-list';

@customElement('detail-panel')
export class DetailPanel extends Part {
  /** Records of one cluster that no zoom parts. */
  @state() private gathered: { layer: Layer; ids: Set<number> } | undefined;
  private last = '';

  override connectedCallback() {
    super.connectedCallback();
    addEventListener('gathered', this.gather);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener('gathered', this.gather);
  }

  protected override render() {
    const { layer, ...answer } = model.record();
    if (layer) return this.frame(t('record'), () => model.change({ selected: '' }), answered(answer, (item) => record(item, layer)), pick(layer.title));
    if (this.gathered) {
      const { layer, ids } = this.gathered;
      const features = (model.items(layer).value?.features ?? []).filter(({ id }) => ids.has(id));
      return this.frame(t('clustered', { n: features.length }), () => (this.gathered = undefined), rowList({ features, cut: false }, layer), pick(layer.title));
    }
    if (model.view.rows) return this.rows();
    return nothing;
  }

  /** Focus goes to what was opened, for those who cannot see it open. */
  protected override updated() {
    const { selected, rows } = model.view;
    const now = `${selected.startsWith('unit/') ? '' : selected} ${rows} ${this.gathered ? 'gathered' : ''}`;
    if (now !== this.last && this.last !== '' && now.trim()) this.querySelector<HTMLElement>('.detail')?.focus({ preventScroll: false });
    this.last = now;
  }

  private rows() {
    const [code = '', value] = model.view.rows.split(':');
    const definition = model.definitions.find((definition) => definition.code === code);
    const { layer, ...answer } = model.rows();
    const field = layer?.fields.find(({ name }) => name === definition?.by);
    const label = field?.values.find((choice) => choice.value === value)?.label;
    const title = definition ? short(pick(definition)) + (label ? `: ${pick(label)}` : '') : code;
    const waiting: { value?: Items; error?: Error } = layer ? answer : model.figures().error ? { error: model.figures().error! } : {};
    return this.frame(title, () => model.change({ rows: '' }), answered(waiting, (items) => rowList(items, layer!)), t('rowsOf'));
  }

  private frame(title: string, close: () => void, content: unknown, kind: string) {
    return html`<section class="detail" tabindex="-1" aria-label=${title}>
      <header><div><p class="quiet">${kind}</p><h2>${title}</h2></div>
        <button type="button" class="tool" aria-label=${t('close')} title=${t('close')} @click=${close}>${icon('close')}</button></header>
      ${content}
    </section>`;
  }

  private gather = (event: Event) => {
    const { layer, ids } = (event as CustomEvent<{ layer: string; ids: number[] }>).detail;
    const found = model.layers.find(({ id }) => id === layer);
    if (found) this.gathered = { layer: found, ids: new Set<number>(ids) };
    if (model.record().layer) model.change({ selected: '' });
  };
}

