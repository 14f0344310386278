/** An event of the trail as a line. */
import { html, nothing } from 'lit';
import type { Layer } from '../../api/layers';
import { pick } from '../../texts';
import type { AuditEvent } from './accounts';
import { moment } from './moment';
import { ACTIONS, t } from './texts';

export function eventLine({ at, actor, action, collection, detail, address }: AuditEvent, layers: Layer[]) {
  const layer = layers.find(({ id }) => id === collection);
  const details = Object.entries(detail).filter(([, value]) => value != null && value !== '');
  return html`<li>
    <span class="what">
      <strong>${actionInWords(action)}</strong>${layer ? html` · ${pick(layer.title)}` : nothing}
      <small>${[moment(at), actor, address].filter(Boolean).join(' · ')}</small>
      ${
        details.length
          ? html`<small
              >${details.map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`).join('; ')}</small
            >`
          : nothing
      }
    </span>
  </li>`;
}

function actionInWords(action: string): string {
  const known = ACTIONS.find((known) => known === action);
  return known ? t(`action.${known}`) : action;
}
