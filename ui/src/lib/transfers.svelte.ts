// Uploads and downloads in progress, from the events of the application.
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

  /** Reads the transfers and follows their events; returns a function that stops. */
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

  /** Stops a transfer, or removes a finished one from the list. */
  async dismiss(transfer: Transfer): Promise<void> {
    try {
      await call('putAwayTransfer', { id: transfer.id });
      if (transfer.state !== 'waiting' && transfer.state !== 'running') this.all.delete(transfer.id);
    } catch (thrown) {
      showFailure(`Couldn’t stop ${transfer.name}`, thrown);
    }
  }

  async #load(): Promise<void> {
    const known = await call('transfers', { id: this.#company }).catch(() => []);
    for (const transfer of known) this.all.set(transfer.id, transfer);
  }
}
