/** What to do first in an empty register: load units, create accounts, register, import. */
import { html, LitElement, nothing } from 'lit';
import { customElement, property, state } from 'lit/decorators.js';
import type { Layer } from '../../api/layers';
import { query } from '../../api/get';
import { send } from '../../api/send';
import '../../parts/date-field';
import { today } from '../../view/address';
import type { Session } from '../shell/session';
import { toast } from '../shell/toasts';
import { t } from './texts';

interface Plan {
  plan: string | null;
  counts?: Record<string, number>;
  findings: { message?: string }[];
}

/** Dispatches `written` when units were loaded. */
@customElement('first-steps')
export class FirstSteps extends LitElement {
  @property({ attribute: false }) session!: Session;
  /** A layer that they may write, on the map. */
  @property({ attribute: false }) layer: Layer | undefined;
  @state() private file: File | undefined;
  @state() private plan: Plan | undefined;
  @state() private isBusy = false;
  private day: string | null = today();

  protected override createRenderRoot(): HTMLElement {
    return this;
  }

  protected override render() {
    return html`<p>${t('firstSteps')}</p>
      <ol class="steps">
        <li class="card">
          <h2>${t('stepUnits')}</h2>
          <p>${t('stepUnitsText')}</p>
          ${this.session.administers ? this.units() : nothing}
        </li>
        ${this.step(t('stepAccounts'), t('stepAccountsText'), this.session.administers ? '/console/admin' : undefined)}
        ${this.step(t('stepRegister'), t('stepRegisterText'), this.layer && `/console/${this.layer.id}/new`)}
        ${this.step(t('stepImport'), t('stepImportText'), this.session.edits ? '/console/import' : undefined)}
      </ol>`;
  }

  private step(title: string, text: string, href: string | undefined) {
    return html`<li class="card">
      <h2>${title}</h2>
      <p>${text}</p>
      ${href ? html`<p><a class="button" href=${href}>${t('open')}</a></p>` : nothing}
    </li>`;
  }

  private units() {
    const { plan } = this;
    const counts = Object.entries(plan?.counts ?? {}).map(([name, count]) => `${name} ${count}`);
    return html`<fieldset>
        <legend>${t('unitsDay')}</legend>
        <date-field name="units" .value=${this.day} @value=${({ detail }: CustomEvent<string | null>) => (this.day = detail)}></date-field>
      </fieldset>
      <label>${t('chooseFile')}<input type="file" accept=".csv,.geojson,.json" @change=${this.choose} /></label>
      ${
        plan
          ? html`<p role="status">${t('planned', { counts: counts.join(', ') })}</p>
              <ul class="quiet">
                ${plan.findings.slice(0, 10).map(({ message }) => html`<li>${message}</li>`)}
              </ul>
              ${plan.plan ? html`<button type="button" class="primary" ?disabled=${this.isBusy} @click=${() => this.send(plan.plan!)}>${t('write')}</button>` : nothing}`
          : nothing
      }`;
  }

  private choose = (event: Event) => {
    this.file = (event.target as HTMLInputElement).files?.[0];
    this.plan = undefined;
    if (this.file) void this.send();
  };

  /** Plans the file, or writes what was planned. */
  private send = async (commit?: string) => {
    const kind = this.file!.name.endsWith('.csv') ? 'list' : 'boundaries';
    this.isBusy = true;
    try {
      const path = query('/units/imports', { kind, as_of: this.day ?? '', commit });
      const contentType = kind === 'list' ? 'text/csv' : 'application/geo+json';
      const { body } = await send<Plan>('POST', path, { body: this.file, contentType });
      this.plan = commit ? undefined : body;
      if (commit) {
        toast(t('written'));
        this.dispatchEvent(new CustomEvent('written'));
      }
    } catch (error) {
      toast((error as Error).message, { isFailure: true });
    } finally {
      this.isBusy = false;
    }
  };
}
