// What is kept of a company: shown at once as it is kept, and asked for anew beside that.
import { Failure } from './host';
import { LiveQuery } from './live-query.svelte';
import type { PortalEvent } from './wire';

/** How something kept is read, and how it is asked for. */
interface Source<T> {
  /** The company that it is about. */
  company: () => string;
  /** Reads what is kept. */
  read: () => Promise<T>;
  /** What was read of it before there was a screen: it is shown from the first frame on. */
  known?: () => T | null;
  /** Asks the server where that was not done lately, or always; the answer goes where `read` finds it. */
  load: (always: boolean) => Promise<unknown>;
  /** Whether the source is being read: when that ends, there may be something new to ask for. */
  isMoving?: (value: T) => boolean;
}

/** Something kept, which keeps itself true until it is stopped. */
export class CachedResource<T> {
  /** Why it could not be asked for anew; what is kept stays. */
  failure = $state.raw<Failure | null>(null);
  /** Whether it is being asked for. */
  loading = $state(false);
  readonly #source: Source<T>;
  readonly #live: LiveQuery<T>;
  #question = 0;
  #wasMoving = false;

  constructor(source: Source<T>) {
    this.#source = source;
    this.#live = new LiveQuery<T>({
      ask: source.read,
      concerns: (event) => this.#concerns(event),
      arriving: (value) => this.#arriving(value),
    });
    this.#live.forget(source.known?.() ?? null);
  }

  /** What is kept; nothing until it was read. */
  get value(): T | null {
    return this.#live.value;
  }

  /** Why what is kept could not be read. */
  get unread(): Failure | null {
    return this.#live.failure;
  }

  /** Reads, listens, and asks once what is kept is there: nothing holds that up. */
  start(): void {
    void this.#loadAfter(this.#live.start());
  }

  /** Ends listening. */
  stop(): void {
    this.#question += 1;
    this.#live.stop();
  }

  /** Something else is looked at: nothing of the former stays. */
  restart(): void {
    this.#live.forget();
    this.failure = null;
    this.#wasMoving = false;
    void this.#loadAfter(this.#live.again());
  }

  /** Reads what is kept once more, such as in another arrangement. */
  again(): Promise<void> {
    return this.#live.again();
  }

  /** Asks the server. */
  async load(always = false): Promise<void> {
    const question = (this.#question += 1);
    this.loading = true;
    let failure: Failure | null = null;
    try {
      await this.#source.load(always);
    } catch (thrown) {
      failure = Failure.from(thrown);
    }
    if (question !== this.#question) return;
    this.failure = failure;
    this.loading = false;
    this.#live.nudge();
  }

  async #loadAfter(reading: Promise<void>): Promise<void> {
    const question = (this.#question += 1);
    this.loading = true;
    await reading;
    if (question === this.#question) await this.load();
  }

  #concerns(event: PortalEvent): boolean {
    if (event.type === 'company') return event.id === this.#source.company();
    return event.type === 'changed' || event.type === 'session';
  }

  #arriving(value: T): void {
    const isMoving = this.#source.isMoving?.(value) ?? false;
    if (this.#wasMoving && !isMoving) void this.load(true);
    this.#wasMoving = isMoving;
  }
}
