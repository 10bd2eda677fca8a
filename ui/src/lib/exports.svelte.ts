// Exports in progress. They continue when another screen is open.
import { call } from './calls';
import { onEvent } from './events';
import { plural } from './format';
import { Failure, host } from './host';
import { showToast, showFailure } from './toasts';
import type { Exported } from './wire';

/** An export to start. */
export interface NewExport {
  /** Identifies what is exported, so that its screen finds the export. */
  key: string;
  /** What is exported, for messages. */
  what: string;
  /** What is counted. */
  unit: readonly [one: string, many: string];
  /** Exports to a file under the ID of the export. */
  run: (id: string) => Promise<Exported>;
}

/** One export in progress. */
export interface Export {
  id: string;
  key: string;
  /** The number that is written, of how many; 0 while that is unknown. */
  done: number;
  total: number;
}

class Exports {
  running = $state.raw<readonly Export[]>([]);

  /** The export with this key, if it is in progress. */
  find(key: string): Export | undefined {
    return this.running.find((one) => one.key === key);
  }

  /** Exports to a file and shows the outcome. */
  async start({ key, what, unit, run }: NewExport): Promise<void> {
    const id = crypto.randomUUID();
    this.running = [...this.running, { id, key, done: 0, total: 0 }];
    const deafen = onEvent((event) => {
      if (event.type === 'export' && event.id === id) this.#move(id, event.records, event.total);
    });
    try {
      const { records, missing, path, download } = await run(id);
      if (download !== null) host().saveExport(download);
      const title = `${plural(records, ...unit)} exported`;
      const text = path ?? what;
      if (path === null && download === null) return;
      if (missing === 0) showToast({ tone: 'done', title, text });
      else
        showToast({
          tone: 'warning',
          title,
          text: `Codat counted ${plural(missing, 'more', 'more')}. ${text}`,
        });
    } catch (thrown) {
      const failure = Failure.from(thrown);
      if (failure.code === 'cancelled')
        showToast({ tone: 'info', title: 'Export stopped', text: 'We didn’t save a file.' });
      else showFailure(`Couldn’t export ${what}`, failure);
    } finally {
      deafen();
      this.running = this.running.filter((one) => one.id !== id);
    }
  }

  /** Stops one; nothing of its file stays. */
  stop(id: string): void {
    void call('stopExport', { id }).catch(() => {});
  }

  #move(id: string, done: number, total: number): void {
    this.running = this.running.map((one) => (one.id === id ? { ...one, done, total } : one));
  }
}

/** Exports in progress. */
export const exports = new Exports();
