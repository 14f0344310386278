/** A source of vector tiles of the service, and how it fares. */
import type { Map as MapLibre, Subscription, VectorTileSource } from 'maplibre-gl';
import { t } from '../texts';

/** The service draws tiles up to this zoom; nearer ones are made of these. */
const MAX_ZOOM = 18;

export class Tiles {
  error: Error | undefined;
  isPending = false;
  private address = '';
  private stamp = '';
  private map: MapLibre | undefined;
  private heard: Subscription[] = [];

  /** Calls `changed` when tiles begin to load, are here, or fail. */
  constructor(
    private readonly source: string,
    private readonly changed: () => void,
  ) {}

  /** Shows the tiles of an address. They are asked for anew when `stamp` changes. Says whether the source is new on the map. */
  show(map: MapLibre, address: string, stamp: string): boolean {
    this.listen(map);
    const existing = map.getSource<VectorTileSource>(this.source);
    const isSame = this.address === address && this.stamp === stamp;
    if (existing && isSame) return false;
    [this.address, this.stamp, this.error] = [address, stamp, undefined];
    if (existing) existing.setTiles([address]);
    else map.addSource(this.source, { type: 'vector', tiles: [address], maxzoom: MAX_ZOOM });
    return !existing;
  }

  stop(): void {
    for (const subscription of this.heard) subscription.unsubscribe();
    [this.heard, this.map] = [[], undefined];
  }

  private listen(map: MapLibre): void {
    if (this.map === map) return;
    this.stop();
    this.map = map;
    const kinds = ['dataloading', 'sourcedata', 'error'] as const;
    this.heard = [...kinds.map((kind) => map.on(kind, this.hear)), map.on('idle', this.rest)];
  }

  private hear = (event: { type: string; sourceId?: string; error?: { message: string; status?: number } }) => {
    if (event.sourceId !== this.source || !this.map?.getSource(this.source)) return;
    if (event.error) this.turn(false, new Error(reason(event.error.status)));
    else this.turn(!this.map.isSourceLoaded(this.source), this.error);
  };

  private rest = () => this.turn(false, this.error);

  private turn(isPending: boolean, error: Error | undefined): void {
    if (this.isPending === isPending && this.error === error) return;
    [this.isPending, this.error] = [isPending, error];
    this.changed();
  }
}

/** MapLibre's own message names the address; a reader needs to know whether the service or the line failed. */
function reason(status: number | undefined): string {
  return status ? t('serverError', { status }) : t('offline');
}
