// Exports in progress. They continue when another screen is open.
import { call } from '../../../lib/calls';
import { onEvent } from '../../../lib/events';
import { plural } from '../../../lib/format';
import { Failure, host } from '../../../lib/host';
import { showToast, showFailure } from '../../../lib/toasts';
import type { ExportFormat, RecordsRequest } from '../../../lib/wire';

/** One export. */
export interface Export {
  id: string;
  records: RecordsRequest;
  format: ExportFormat;
  /** Records that are read, or written, of how many; nothing known yet: 0. */
  done: number;
  total: number;
}

class Exports {
  running = $state.raw<readonly Export[]>([]);

  /** The export of these records, if one is under way. */
  find(company: string, dataType: string): Export | undefined {
    return this.running.find(({ records }) => records.company === company && records.dataType === dataType);
  }

  /** Writes all matching records to a file and shows the outcome. */
  async start(records: RecordsRequest, format: ExportFormat, what: string): Promise<void> {
    const id = crypto.randomUUID();
    this.running = [...this.running, { id, records, format, done: 0, total: 0 }];
    const deafen = onEvent((event) => {
      if (event.type === 'export' && event.id === id) this.#move(id, event.records, event.total);
    });
    try {
      const {
        records: count,
        missing,
        path,
        download,
      } = await call('exportRecords', { id, records, format });
      if (download !== null) host().saveExport(download);
      const title = `${plural(count, 'record', 'records')} exported`;
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

/** Exports under way. */
export const exports = new Exports();
