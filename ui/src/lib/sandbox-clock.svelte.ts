// By how much the sandbox's clock is ahead of this computer's. The sandbox's dates are by its own clock, and the app
// counts ages and time left by the computer's.
import { call } from './calls';
import { session } from './session.svelte';

/** A difference below this is not mentioned. */
const SMALL = 3_600_000;

/** The sandbox's clock, as its control endpoint answers. */
export interface Clock {
  now: string;
  mode: string;
  timeScale: string;
}

class SandboxClock {
  #offset = $state(0);

  /** Milliseconds that it is ahead, where the sandbox is shown and the difference matters; else none. */
  get offset(): number | null {
    return session.workspace?.kind === 'sandbox' && this.#offset >= SMALL ? this.#offset : null;
  }

  /** Takes an answer of the control endpoint. */
  update(clock: Clock): void {
    const ahead = Date.parse(clock.now) - Date.now();
    this.#offset = Number.isNaN(ahead) ? 0 : ahead;
  }

  /** Reads the clock. If that fails, the value stays; the screens that need the sandbox show the failure. */
  async read(): Promise<void> {
    const answer = await call('sandboxCall', { method: 'GET', path: '/_sandbox/clock' }).catch(() => null);
    if (answer) this.update(answer.body as Clock);
  }
}

export const sandboxClock = new SandboxClock();
