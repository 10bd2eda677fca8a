// What changed in the workspace while nobody saw it, until it is put away.
import { call } from './calls';
import { LiveQuery } from './live-query.svelte';
import { session } from './session.svelte';
import { showFailure } from './toasts';
import type { SinceYouLeft } from './wire';

/** How often a visible page says that it shows the workspace, in milliseconds. */
const HEARTBEAT = 5 * 60_000;

class SinceYouLeftState {
  readonly #query = new LiveQuery<SinceYouLeft | null>({
    query: 'sinceYouLeft',
    fetch: () => call('sinceYouLeft', {}),
  });

  /** The changes; `null` if there are none or they were put away. */
  get value(): SinceYouLeft | null {
    return this.#query.value;
  }

  /** Reports that the workspace is seen, and follows what changed before. Returns a function that stops. */
  start(): () => void {
    const report = () => {
      // Only the length of an absence depends on it, and the application logs why it failed.
      void call('workspaceSeen', {}).catch(() => undefined);
    };
    const reportIfVisible = () => {
      if (!document.hidden) report();
    };
    reportIfVisible();
    void this.#query.start();
    const timer = setInterval(reportIfVisible, HEARTBEAT);
    document.addEventListener('visibilitychange', report);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', report);
      this.#query.stop();
      this.#query.reset();
    };
  }

  /** Puts it away in all windows. */
  async putAway(): Promise<void> {
    try {
      await call('putAwaySinceYouLeft', {});
      this.#query.reset();
    } catch (thrown) {
      showFailure('Couldn’t hide what changed', thrown);
    }
  }
}

/** What changed in the shown workspace since the user left. */
export const sinceYouLeft = new SinceYouLeftState();

/** Starts it for each workspace that is shown. Call it while a component is created. */
export function followSinceYouLeft(): void {
  const workspace = $derived(session.workspace?.id ?? null);
  // Until the first sweep has ended, the application does not store that the workspace is seen.
  const isImported = $derived(session.health?.firstSweepDone ?? false);
  $effect(() => (workspace === null || !isImported ? undefined : sinceYouLeft.start()));
}
