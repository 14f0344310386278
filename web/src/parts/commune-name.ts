/** A code with the name of the commune that has it today. */
import { customElement, property } from 'lit/decorators.js';
import { query } from '../api/get';
import { nameOf, type ItemPage } from '../api/items';
import { Question } from '../view/question';
import { Part } from './part';

@customElement('commune-name')
export class CommuneName extends Part {
  @property({ attribute: false }) code = '';
  private found = new Question<ItemPage>(this, () => this.address());

  protected override render() {
    const [commune] = this.found.value?.features ?? [];
    return commune ? `${nameOf(commune)} (${this.code})` : this.code;
  }

  private address(): string | undefined {
    const layer = this.model.layers.find(({ unitLevel }) => unitLevel === 'commune');
    return layer && query(`/collections/${layer.id}/items`, { code: this.code });
  }
}
