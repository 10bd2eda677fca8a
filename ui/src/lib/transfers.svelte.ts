// Files on their way, as the application tells of them.
import { SvelteMap } from 'svelte/reactivity';
import { call } from './calls';
import { onEvent } from './events';
import { showFailure } from './toasts';
import type { Transfer } from './wire';

/** The transfers of one company. */
export class Transfers {
  readonly all = new SvelteMap<number, Transfer>();
  readonly #company: string;

  constructor(company: string) {
    this.#company = company;
  }

  /** Asks, and listens from now on; returns the way to stop. */
  start(): () => void {
    const stop = onEvent((event) => {
      if (event.type === 'transfer' && event.transfer.company === this.#company)
        this.all.set(event.transfer.id, event.transfer);
      if (event.type === 'session') void this.#load();
    });
    void this.#load();
    return stop;
  }

  /** Newest first. */
  get list(): Transfer[] {
    return [...this.all.values()].sort((one, other) => other.id - one.id);
  }

  /** Stops one that runs, or forgets one that has ended. */
  async dismiss(transfer: Transfer): Promise<void> {
    try {
      await call('putAwayTransfer', { id: transfer.id });
      if (transfer.state !== 'waiting' && transfer.state !== 'running') this.all.delete(transfer.id);
    } catch (thrown) {
      showFailure(`${transfer.name} was not stopped`, thrown);
    }
  }

  async #load(): Promise<void> {
    const known = await call('transfers', { id: this.#company }).catch(() => []);
    for (const transfer of known) this.all.set(transfer.id, transfer);
  }
}
