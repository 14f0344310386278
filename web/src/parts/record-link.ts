/** A link with the name of a record of another layer. It opens the record. */
import { html } from 'lit';
import { customElement, property } from 'lit/decorators.js';
import { nameOf, type Item } from '../api/items';
import { itemAddress } from '../view/addresses';
import { Question } from '../view/question';
import { Part } from './part';

@customElement('record-link')
export class RecordLink extends Part {
  @property({ attribute: false }) layer = '';
  @property({ attribute: false }) record = '';
  private found = new Question<Item>(this, () => itemAddress(this.layer, this.record));

  protected override render() {
    const { value } = this.found;
    const open = () => this.model.change({ selected: `${this.layer}/${this.record}` });
    return html`<button type="button" class="textual" @click=${open}>${(value && nameOf(value)) || this.record}</button>`;
  }
}
