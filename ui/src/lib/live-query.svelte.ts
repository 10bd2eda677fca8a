// One way for every screen to hold the answer of a query and keep it true.
import { onEvent } from './events';
import { Failure } from './host';
import type { PortalEvent } from './wire';

/** How a query is asked and what goes with it. */
interface Query<T> {
  /** Asks. */
  ask: () => Promise<T>;
  /** Events after which the answer may be another. */
  concerns: (event: PortalEvent) => boolean;
  /** Called with an answer just before it is shown: the moment to remember where the eye was. */
  arriving?: (answer: T) => void;
}

/** The answer of a query, which keeps itself true until it is stopped. */
export class LiveQuery<T> {
  /** The newest answer; stays while a newer one is on its way. */
  value = $state.raw<T | null>(null);
  /** Why the newest question had no answer. */
  failure = $state.raw<Failure | null>(null);
  /** Whether a question is under way. */
  asking = $state(false);
  readonly #query: Query<T>;
  #question = 0;
  #isOwed = false;
  #deafen: (() => void) | null = null;

  constructor(query: Query<T>) {
    this.#query = query;
  }

  /** Asks, and again whenever an event concerns it. Done when the first question is answered. */
  start(): Promise<void> {
    this.#deafen ??= onEvent((event) => {
      if (this.#query.concerns(event)) this.nudge();
    });
    return this.again();
  }

  /** Ends listening; what is under way is dropped. */
  stop(): void {
    this.#deafen?.();
    this.#deafen = null;
    this.#question += 1;
    this.asking = false;
  }

  /** Asks now. An answer that comes after a newer question was asked is dropped. */
  async again(): Promise<void> {
    const question = (this.#question += 1);
    this.#isOwed = false;
    this.asking = true;
    try {
      const answer = await this.#query.ask();
      if (question !== this.#question) return;
      this.#query.arriving?.(answer);
      this.value = answer;
      this.failure = null;
    } catch (thrown) {
      if (question !== this.#question) return;
      this.failure = Failure.from(thrown);
    }
    this.asking = false;
    if (this.#isOwed) await this.again();
  }

  /** Something changed: asks, or asks once more after the question that is under way. */
  nudge(): void {
    if (this.asking) this.#isOwed = true;
    else void this.again();
  }

  /** Forgets the answer, and whatever is still on its way; what is known already stands in its place. */
  forget(known: T | null = null): void {
    this.#question += 1;
    this.#isOwed = false;
    this.value = known;
    this.failure = null;
    this.asking = false;
  }
}

/** A query that is asked now, and again whenever an event concerns it. */
export function liveQuery<T>(query: Query<T>): LiveQuery<T> {
  const answer = new LiveQuery(query);
  void answer.start();
  return answer;
}
