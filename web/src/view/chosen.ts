/** What the reader chose: the rows of a figure, and a record. */
import { itemAddress, rowsAddress, unitAddress } from './addresses';
import type { UnitFigures } from '../api/figures';
import { items, type Item, type Items } from '../api/items';
import type { Layer } from '../api/layers';
import { Question, type Asker } from './question';

export class Chosen {
  readonly figures: Question<UnitFigures>;
  readonly rows: Question<Items>;
  private readonly alone: Question<Item>;

  constructor(private readonly host: Asker) {
    this.figures = new Question(host, () => (host.model.view.rows ? unitAddress(host.model) : undefined));
    this.rows = new Question(host, () => rowsAddress(host.model, this.figures.value)?.address, items);
    this.alone = new Question(host, () => this.aloneAddress());
  }

  /** The layer of the rows; undefined until the figures are loaded. */
  get rowsLayer(): Layer | undefined {
    return rowsAddress(this.host.model, this.figures.value)?.layer;
  }

  /** The layer of the chosen record. */
  get layer(): Layer | undefined {
    const [id] = this.host.model.view.selected.split('/');
    return this.host.model.layers.find((layer) => layer.id === id);
  }

  /** The record as it is in the list, otherwise as it was on the day shown. */
  get record(): { value?: Item | undefined; error?: Error | undefined } {
    const value = this.listed ?? this.alone.value;
    return value ? { value } : { error: this.alone.error };
  }

  private get listed(): Item | undefined {
    const { layer } = this;
    const id = this.host.model.view.selected.split('/')[1];
    const rows = this.rowsLayer === layer ? this.rows.value : undefined;
    return rows?.features.find((item) => String(item.id) === id);
  }

  private aloneAddress(): string | undefined {
    const { model } = this.host;
    const [, id] = model.view.selected.split('/');
    return this.layer && id && !this.listed ? itemAddress(this.layer.id, id, model.view.asOf) : undefined;
  }
}
