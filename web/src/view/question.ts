/** A request of a part: a task that runs again when its address changes, and stops when nobody needs it. */
import { initialState, Task, TaskStatus } from '@lit/task';
import type { ReactiveController, ReactiveControllerHost } from 'lit';
import type { Load } from '../api/answers';
import { get } from '../api/get';
import type { Model } from './model';

export interface Asker extends ReactiveControllerHost {
  readonly model: Model;
}

export class Question<T> implements ReactiveController {
  private readonly task: Task<readonly [string | undefined, number, number], T>;
  private tries = 0;
  private failedAt = 0;
  private isStopped = false;

  /** Requests nothing while there is no address. */
  constructor(
    private readonly host: Asker,
    private readonly address: () => string | undefined,
    load: Load<T> = get,
  ) {
    this.task = new Task(host, {
      args: () => {
        const { refreshes, retries } = host.model;
        if (this.task.status === TaskStatus.ERROR && retries > this.failedAt) this.tries = this.failedAt = retries;
        return [address(), refreshes, this.tries] as const;
      },
      task: ([address], { signal }) => (address === undefined ? initialState : host.model.answers.ask(address, load, signal)),
      onError: () => (this.failedAt = host.model.retries),
    });
    host.addController(this);
  }

  hostConnected(): void {
    if (this.isStopped) void this.task.run();
    this.isStopped = false;
  }

  hostDisconnected(): void {
    this.isStopped = this.isPending;
    this.task.abort();
  }

  /** The answer to the current request; at once if it is kept. */
  get value(): T | undefined {
    if (this.task.status === TaskStatus.COMPLETE) return this.task.value;
    const address = this.isPending ? this.address() : undefined;
    return address === undefined ? undefined : this.host.model.answers.find<T>(address);
  }

  /** What may stay on the screen: the last answer, until the next one comes or fails. */
  get shown(): T | undefined {
    return this.value ?? (this.isPending ? this.task.value : undefined);
  }

  get error(): Error | undefined {
    const { error, status } = this.task;
    if (status !== TaskStatus.ERROR || (error instanceof DOMException && error.name === 'AbortError')) return undefined;
    return error instanceof Error ? error : new Error(String(error));
  }

  get isPending(): boolean {
    return this.task.status === TaskStatus.PENDING;
  }
}
