/** A label to print and stick on the thing: its name, its code, and a QR code that leads to its record. */
import { html } from 'lit';
import { generate } from 'lean-qr';
import { toSvg } from 'lean-qr/extras/svg';
import { nameOf, type Item } from '../../api/items';
import { pick } from '../../texts';
import type { FormLayer } from '../form/schema';
import { show } from '../shell/dialog';
import { t } from './texts';
import './qr-label.css';

export async function showLabel(layer: FormLayer, item: Item): Promise<void> {
  const address = new URL(`/console/${layer.id}/${item.id}`, location.href).href;
  const code = toSvg(generate(address), document, { width: null, height: null, padX: 2, padY: 2 });
  code.setAttribute('role', 'img');
  code.setAttribute('aria-label', address);
  await show<undefined>(
    (answer) =>
      html`<div class="label">
          <div class="code">${code}</div>
          <div>
            <p>${pick(layer.title)}</p>
            <h2>${nameOf(item)}</h2>
            <p class="number">${item.properties.code as string}</p>
            <p class="quiet">${t('scan')}</p>
          </div>
        </div>
        <p class="choices">
          <button type="button" @click=${() => answer(undefined)}>${t('cancel')}</button>
          <button type="button" class="primary" @click=${() => print()}>${t('print')}</button>
        </p>`,
  );
}
