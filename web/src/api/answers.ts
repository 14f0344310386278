/** The service's answers by address: requests under way, and the last answers, including failures. */

/** An answer or an error. */
type Kept = { answer: unknown } | { error: unknown };

interface Coming {
  answer: Promise<unknown>;
  /** How many callers still wait for it. */
  waiting: number;
  stop: AbortController;
}

export type Load<T> = (address: string, signal: AbortSignal) => Promise<T>;

export class Answers {
  /** The least recently used come first. */
  private kept = new Map<string, Kept>();
  private coming = new Map<string, Coming>();

  /** Keeps at most `most` answers. Calls `changed` when a request starts or ends. */
  constructor(
    private readonly most: number,
    private readonly changed: () => void = () => undefined,
  ) {}

  /** The kept answer, the answer of a request under way, or that of a new request. A request stops when all its callers have aborted. */
  async ask<T>(address: string, load: Load<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const kept = this.touch(address);
    if (kept && 'error' in kept) throw kept.error;
    if (kept) return kept.answer as T;
    const coming = this.coming.get(address) ?? this.send(address, load);
    coming.waiting++;
    signal.addEventListener('abort', () => this.leave(address, coming), { once: true });
    return coming.answer as Promise<T>;
  }

  /** The kept answer of an address. */
  find<T>(address: string): T | undefined {
    const kept = this.touch(address);
    return kept && 'answer' in kept ? (kept.answer as T) : undefined;
  }

  /** Forgets failures, so that they can be tried again. */
  forgive(): void {
    for (const [address, kept] of this.kept) if ('error' in kept) this.kept.delete(address);
  }

  /** Forgets everything. Requests under way still answer their callers. */
  clear(): void {
    this.kept.clear();
    this.coming.clear();
  }

  get busy(): boolean {
    return this.coming.size > 0;
  }

  private send<T>(address: string, load: Load<T>): Coming {
    const stop = new AbortController();
    const coming: Coming = { answer: load(address, stop.signal), waiting: 0, stop };
    this.coming.set(address, coming);
    this.changed();
    coming.answer
      .then(
        (answer) => this.keep(address, { answer }, coming),
        (error: unknown) => this.keep(address, { error }, coming),
      )
      .finally(() => this.end(address, coming));
    return coming;
  }

  private touch(address: string): Kept | undefined {
    const kept = this.kept.get(address);
    if (kept) {
      this.kept.delete(address);
      this.kept.set(address, kept);
    }
    return kept;
  }

  /** Keeps an answer, unless its request was given up or everything was forgotten meanwhile. */
  private keep(address: string, kept: Kept, coming: Coming): void {
    if (this.coming.get(address) !== coming) return;
    this.kept.set(address, kept);
    for (const oldest of [...this.kept.keys()].slice(0, -this.most)) this.kept.delete(oldest);
  }

  private leave(address: string, coming: Coming): void {
    if (--coming.waiting > 0) return;
    coming.stop.abort();
    this.end(address, coming);
  }

  private end(address: string, coming: Coming): void {
    if (this.coming.get(address) === coming) this.coming.delete(address);
    this.changed();
  }
}
