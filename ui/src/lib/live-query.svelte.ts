// A query of the backend whose result is fetched again after every event that may have changed it.
import { onEvent } from './events';
import { Failure } from './host';
import { isAffected, type LiveCommand } from './query-events';

interface LiveQueryOptions<T> {
  fetch: () => Promise<T>;
  /** The command that `fetch` calls. It declares which events may change the result. */
  query: LiveCommand;
  /** The company or run that it reads; without it, all. */
  scope?: () => string | number | undefined;
  /** Called with a new result just before it is shown, so that the scroll position can be read first. */
  onData?: (result: T) => void;
}

/** The result of a query, kept up to date from `start` to `stop`. */
export class LiveQuery<T> {
  /** The latest result. It stays while a newer one is fetched. */
  value = $state.raw<T | null>(null);
  /** Why the latest fetch failed. */
  failure = $state.raw<Failure | null>(null);
  isFetching = $state(false);
  readonly #options: LiveQueryOptions<T>;
  #requestId = 0;
  #isInvalidated = false;
  #unsubscribe: (() => void) | null = null;

  constructor(options: LiveQueryOptions<T>) {
    this.#options = options;
  }

  /**
   * Fetches now and after every event that affects the result. Resolves after the first fetch and never rejects:
   * a failed fetch sets `failure`.
   */
  start(): Promise<void> {
    this.#unsubscribe ??= onEvent((event) => {
      if (isAffected(this.#options.query, event, this.#options.scope?.())) this.invalidate();
    });
    return this.refetch();
  }

  /** Stops listening to events and ignores a fetch that is in flight. */
  stop(): void {
    this.#unsubscribe?.();
    this.#unsubscribe = null;
    this.#requestId += 1;
    this.isFetching = false;
  }

  /** Fetches now. The result of an older fetch that ends later is ignored. */
  async refetch(): Promise<void> {
    const requestId = (this.#requestId += 1);
    this.#isInvalidated = false;
    this.isFetching = true;
    try {
      const result = await this.#options.fetch();
      if (requestId !== this.#requestId) return;
      this.#options.onData?.(result);
      this.value = result;
      this.failure = null;
    } catch (thrown) {
      if (requestId !== this.#requestId) return;
      this.failure = Failure.from(thrown);
    }
    this.isFetching = false;
    if (this.#isInvalidated) await this.refetch();
  }

  /** Fetches now, or once more after the fetch that is in flight. */
  invalidate(): void {
    if (this.isFetching) this.#isInvalidated = true;
    else void this.refetch();
  }

  /** Replaces the result with an initial value and ignores a fetch that is in flight. */
  reset(initialValue: T | null = null): void {
    this.#requestId += 1;
    this.#isInvalidated = false;
    this.value = initialValue;
    this.failure = null;
    this.isFetching = false;
  }
}

/** Creates a live query and starts it. */
export function liveQuery<T>(options: LiveQueryOptions<T>): LiveQuery<T> {
  const query = new LiveQuery(options);
  void query.start();
  return query;
}
