// Data of a company that the backend caches: the cached value is shown at once, and refreshed from the server meanwhile.
import { Failure } from './host';
import { LiveQuery } from './live-query.svelte';
import type { LiveCommand } from './query-events';

interface CachedResourceOptions<T> {
  /** The command that `fetchCached` calls. */
  query: LiveCommand;
  /** The company whose data it is; without it, of all companies. */
  companyId?: () => string;
  /** Reads the backend's cache. */
  fetchCached: () => Promise<T>;
  /** A value that was fetched before the screen was created, so that the first frame shows it. */
  initialValue?: () => T | null;
  /** Makes the backend refresh its cache from the server: if the cache is old, or always. */
  refreshFromServer: (always: boolean) => Promise<unknown>;
  /** Whether Codat is reading the options. Once that ends, the server may have newer data. */
  isSyncing?: (value: T) => boolean;
}

/** A cached value, kept up to date from `start` to `stop`. */
export class CachedResource<T> {
  /** Why the last refresh from the server failed. The cached value stays. */
  failure = $state.raw<Failure | null>(null);
  isRefreshing = $state(false);
  readonly #options: CachedResourceOptions<T>;
  readonly #query: LiveQuery<T>;
  #requestId = 0;
  #wasSyncing = false;

  constructor(options: CachedResourceOptions<T>) {
    this.#options = options;
    this.#query = new LiveQuery<T>({
      fetch: options.fetchCached,
      query: options.query,
      scope: options.companyId,
      onData: (value) => this.#onData(value),
    });
    this.#query.reset(options.initialValue?.() ?? null);
  }

  /** The cached value, or null before it was read. */
  get value(): T | null {
    return this.#query.value;
  }

  /** Why the cache could not be read. */
  get readFailure(): Failure | null {
    return this.#query.failure;
  }

  /** Reads the cache, listens to events, and refreshes from the server after the cache was read. */
  start(): void {
    void this.#refreshAfter(this.#query.start());
  }

  /** Stops listening to events. */
  stop(): void {
    this.#requestId += 1;
    this.#query.stop();
  }

  /** Reads the cache again, for example with other parameters. */
  refetch(): Promise<void> {
    return this.#query.refetch();
  }

  /** Refreshes from the server. */
  async refresh(always = false): Promise<void> {
    const requestId = (this.#requestId += 1);
    this.isRefreshing = true;
    let failure: Failure | null = null;
    try {
      await this.#options.refreshFromServer(always);
    } catch (thrown) {
      failure = Failure.from(thrown);
    }
    if (requestId !== this.#requestId) return;
    this.failure = failure;
    this.isRefreshing = false;
    this.#query.invalidate();
  }

  async #refreshAfter(reading: Promise<void>): Promise<void> {
    const requestId = (this.#requestId += 1);
    this.isRefreshing = true;
    await reading;
    if (requestId === this.#requestId) await this.refresh();
  }

  #onData(value: T): void {
    const isSyncing = this.#options.isSyncing?.(value) ?? false;
    if (this.#wasSyncing && !isSyncing) void this.refresh(true);
    this.#wasSyncing = isSyncing;
  }
}
