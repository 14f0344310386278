/** The answers of the service by their addresses: those on their way, and the last ones that came, failures too. */

/** An answer, or why there is none. */
type Kept = { answer: unknown } | { error: unknown };

interface Coming {
  answer: Promise<unknown>;
  /** How many still wait for it. */
  waiting: number;
  stop: AbortController;
}

export type Load<T> = (address: string, signal: AbortSignal) => Promise<T>;

export class Answers {
  /** Those used last stand last. */
  private kept = new Map<string, Kept>();
  private coming = new Map<string, Coming>();

  /** Keeps at most so many answers; `changed` is called when one sets out or arrives. */
  constructor(
    private readonly most: number,
    private readonly changed: () => void = () => undefined,
  ) {}

  /** The answer that is kept, or that is on its way already, or else a new one. A request stops when all who wait for it have aborted. */
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

  /** The answer that is kept of an address. */
  find<T>(address: string): T | undefined {
    const kept = this.touch(address);
    return kept && 'answer' in kept ? (kept.answer as T) : undefined;
  }

  /** Forgets what failed, so that it can be tried again. */
  forgive(): void {
    for (const [address, kept] of this.kept) if ('error' in kept) this.kept.delete(address);
  }

  /** Forgets all; what is on its way still reaches those who wait for it. */
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

  /** Unless it was given up meanwhile, or all was forgotten. */
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
