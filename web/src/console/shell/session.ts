/** Who is signed in, and what their grants allow. The service decides; the console only leaves out what would be refused. */
import { get, query } from '../../api/get';
import type { Layer } from '../../api/layers';
import type { Schemas } from '../../api/schemas';
import { ask } from '../../api/send';

export type Me = Schemas['Me'];
export type Grant = Me['grants'][number];

/** A unit, and the day on which its code is read. */
export interface WorkUnit {
  code: string;
  on: string;
  name: string;
  level: string;
}

export interface Commune {
  code: string;
  name: string;
}

/** The name of who is signed in, for the link on the map page, which asks nobody. */
const NAME = 'hatang.name';

export class Session {
  /** The grants in force today. */
  readonly grants: Grant[];
  private chosen: WorkUnit | undefined;

  constructor(readonly me: Me) {
    this.grants = me.grants.filter(({ holds }) => holds);
    try {
      this.chosen = (JSON.parse(localStorage.getItem(this.unitKey) ?? 'null') as WorkUnit | null) ?? undefined;
    } catch {
      this.choose(undefined);
    }
  }

  get name(): string {
    return this.me.account.display_name ?? this.me.account.username;
  }

  /** `Lan · CA phường Đông Sơn`. */
  get title(): string {
    const { organisation } = this.me.account;
    return organisation ? `${this.name} · ${organisation}` : this.name;
  }

  get administers(): boolean {
    return this.me.administers;
  }

  /** Whether some grant lets them write something. */
  get edits(): boolean {
    return this.grants.some(({ role }) => role !== 'viewer');
  }

  /** The grants by which somebody may write records of a layer. */
  writing(layer: Pick<Layer, 'id' | 'fields'>): Grant[] {
    const hasOperator = layer.fields.some(({ name }) => name === 'operator');
    return this.grants.filter(
      ({ role, collections, operators }) =>
        role !== 'viewer' && (!collections || collections.includes(layer.id)) && (!operators || hasOperator),
    );
  }

  mayWrite(layer: Pick<Layer, 'id' | 'fields'>): boolean {
    return this.writing(layer).length > 0;
  }

  /** The unit in which they work: the one they chose, at first that of the first grant that has one. */
  get unit(): WorkUnit | undefined {
    return this.chosen ?? this.own;
  }

  /** The unit of their grants. */
  get own(): WorkUnit | undefined {
    const unit = this.grants.find(({ unit }) => unit)?.unit;
    return unit?.code ? (unit as WorkUnit) : undefined;
  }

  /** Works in another unit, on this machine until they choose again; `undefined`: that of the grants. */
  choose(unit: WorkUnit | undefined): void {
    this.chosen = unit;
    if (unit) localStorage.setItem(this.unitKey, JSON.stringify(unit));
    else localStorage.removeItem(this.unitKey);
  }

  private get unitKey(): string {
    return `hatang.unit.${this.me.account.id}`;
  }

  /** The communes of all grants; `undefined`: any. */
  get communes(): Commune[] | undefined {
    if (this.grants.some(({ communes }) => !communes)) return undefined;
    const all = this.grants.flatMap(({ communes }) => (communes ?? []) as Commune[]);
    return [...new Map(all.map((commune) => [commune.code, commune])).values()];
  }
}

/** Throws an `ApiError` with status 401 when nobody is signed in. */
export async function loadSession(): Promise<Session> {
  try {
    const me = await get<Me>(query('/auth/me', {}));
    ask.csrf = me.csrf ?? '';
    const session = new Session(me);
    localStorage.setItem(NAME, session.name);
    return session;
  } catch (error) {
    if ((error as { status?: number }).status === 401) forgetName();
    throw error;
  }
}

export function forgetName(): void {
  localStorage.removeItem(NAME);
}

/** Where somebody signs in, to come back to this page. */
export function signInAddress(): string {
  return `/login?then=${encodeURIComponent(location.pathname + location.search)}`;
}
