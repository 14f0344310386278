/** What the reader chose: a record with its fields, the rows behind a figure, or records in one place. */
import { html, nothing } from 'lit';
import { customElement } from 'lit/decorators.js';
import { number, pick, t, within } from '../texts';
import { Chosen } from '../view/chosen';
import { short } from '../view/property';
import { icon } from './icons';
import { Part } from './part';
import './record-view';
import { rowList } from './row-list';
import './detail-panel.css';

@customElement('detail-panel')
export class DetailPanel extends Part {
  private chosen = new Chosen(this);
  private last = '';

  protected override render() {
    const { model, chosen } = this;
    const { layer, record } = chosen;
    if (layer) {
      const content = this.answered(record, (item) => html`<record-view .item=${item} .layer=${layer}></record-view>`);
      return this.frame(pick(layer.title), () => model.change({ selected: '' }), content);
    }
    if (model.gathered) {
      const { layer, features } = model.gathered;
      const title = t('clustered', { n: number(features.length), what: within(pick(layer.title)) });
      return this.frame(title, () => model.ungather(), rowList(model, layer, { features, cut: false }));
    }
    return model.view.rows ? this.rows() : nothing;
  }

  /** Moves the focus to what was opened, for readers who cannot see it open. */
  protected override updated() {
    const { gathered, view } = this.model;
    const now = `${view.selected.startsWith('unit/') ? '' : view.selected} ${view.rows} ${gathered ? 'gathered' : ''}`;
    if (now !== this.last && this.last !== '' && now.trim()) this.querySelector<HTMLElement>('.detail')?.focus({ preventScroll: false });
    this.last = now;
  }

  private rows() {
    const { model } = this;
    const { figures, rows, rowsLayer: layer } = this.chosen;
    const [code = '', value] = model.view.rows.split(':');
    const definition = model.definitions.find((definition) => definition.code === code);
    const field = layer?.fields.find(({ name }) => name === definition?.by);
    const label = field?.values.find((choice) => choice.value === value)?.label;
    const title = definition ? short(pick(definition)) + (label ? `: ${pick(label)}` : '') : code;
    const content = layer
      ? this.answered(rows, (items) => rowList(model, layer, items))
      : this.answered({ error: figures.error }, () => nothing);
    return this.frame(title, () => model.change({ rows: '' }), content);
  }

  private frame(title: string, close: () => void, content: unknown) {
    return html`<section class="detail" tabindex="-1" aria-label=${title}>
      <header>
        <h2>${title}</h2>
        <button type="button" class="tool" aria-label=${t('close')} title=${t('close')} @click=${close}>${icon('close')}</button>
      </header>
      ${content}
    </section>`;
  }
}
