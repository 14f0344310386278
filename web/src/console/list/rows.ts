/** The rows of a list, page after page, as one scrolls. */
import { get, local } from '../../api/get';
import type { Item, ItemPage } from '../../api/items';

const PAGE = 200;
/** A list is read again in one request up to this many rows; a longer one is read from its beginning. */
const MOST_AGAIN = 2000;

export class Rows {
  items: Item[] = [];
  /** How many rows there are; undefined if the service did not count them. */
  total: number | undefined;
  error: Error | undefined;
  isLoading = false;
  private next: string | undefined;
  private stop = new AbortController();

  /** `address` gives the question with the most rows of its answer. */
  constructor(
    private readonly address: (limit: number) => string,
    private readonly changed: () => void,
  ) {
    void this.load(address(PAGE), false);
  }

  get hasMore(): boolean {
    return this.next !== undefined;
  }

  /** Reads the next page, unless one is on its way. */
  more(): void {
    if (this.next && !this.isLoading) void this.load(this.next, true);
  }

  /** Reads the rows again; what is shown stays until they are here. */
  again(): void {
    const shown = Math.ceil(Math.max(1, this.items.length) / PAGE) * PAGE;
    void this.load(this.address(shown > MOST_AGAIN ? PAGE : shown), false);
  }

  end(): void {
    this.stop.abort();
  }

  private async load(address: string, isNext: boolean): Promise<void> {
    this.stop.abort();
    const { signal } = (this.stop = new AbortController());
    this.isLoading = true;
    this.error = undefined;
    this.changed();
    try {
      const page = await get<ItemPage>(address, signal);
      if (signal.aborted) return;
      const next = page.links.find(({ rel }) => rel === 'next');
      this.next = next && local(next.href).replace(/([?&])limit=\d+/, `$1limit=${PAGE}`);
      this.items = isNext ? [...this.items, ...page.features] : page.features;
      this.total = page.numberMatched ?? (this.next ? undefined : this.items.length);
    } catch (error) {
      if (signal.aborted) return;
      this.error = error as Error;
    }
    this.isLoading = false;
    this.changed();
  }
}
