// What can be done with many companies at once: the words and calls of each.
import { call } from '../../lib/calls';
import { plural } from '../../lib/format';
import { TEXT } from '../../lib/text';
import type { BulkPreview, CompanySelection, RefreshPreview, RunActName, RunBegan } from '../../lib/wire';

/** What is filled in. */
export interface BulkForm {
  /** The data type to refresh; empty: all that are fetched on first link. */
  dataType: string;
  /** The name and value of each tag to add; one without a name is not filled in yet. */
  add: { key: string; value: string }[];
  /** The name of each tag to remove. */
  remove: string[];
  /** The number of companies, typed to confirm a delete. */
  typedCount: string;
}

/** An act in words and calls. */
interface BulkAct {
  title: string;
  /** What is sent, on its button; `null`: not known yet. */
  verb: (companies: string | null) => string;
  /** What is being started: *the …*. */
  noun: string;
  /** What else there is to know before it starts. */
  footer: string;
  /** Said where no company changes. */
  nothing: string;
  preview: (selection: CompanySelection, form: BulkForm) => Promise<BulkPreview & Partial<RefreshPreview>>;
  start: (selection: CompanySelection, form: BulkForm) => Promise<RunBegan>;
}

const CONTINUES = 'You can pause this at any time, and it continues after a restart.';

/** The acts. */
export const BULK_ACTS: Record<RunActName, BulkAct> = {
  refresh: {
    title: TEXT.refreshData,
    verb: (companies) => `Refresh${companies === null ? '' : ` ${companies}`}`,
    noun: 'refresh',
    footer: `${CONTINUES} Codat fetches the data in the background.`,
    nothing: 'There’s nothing to refresh.',
    preview: async (selection, form) => {
      const found = await call('refreshPreview', { selection, dataType: form.dataType || null });
      const skipped = [
        { reason: 'no connections', companies: found.unlinked },
        { reason: 'already in progress', companies: found.running },
      ].filter(({ companies }) => companies > 0);
      return { ...found, changing: found.requests, skipped, notes: [], tags: [] };
    },
    start: (selection, form) => call('refreshMany', { selection, dataType: form.dataType || null }),
  },
  changeTags: {
    title: 'Change tags',
    verb: (companies) => `Change tags${companies === null ? '' : ` of ${companies}`}`,
    noun: 'change of tags',
    footer: `${CONTINUES} Each company’s other tags stay. To undo this, change the tags back.`,
    nothing: 'There’s nothing to change. Enter a tag to add, or choose one to remove.',
    preview: (selection, form) => call('tagPreview', { selection, ...tagChange(form) }),
    start: (selection, form) => call('tagMany', { selection, ...tagChange(form) }),
  },
  delete: {
    title: 'Delete companies',
    verb: (companies) => `Delete${companies === null ? '' : ` ${companies}`}`,
    noun: 'deletion',
    footer:
      'You can undo this for 10 seconds. We send nothing to Codat before then. After that, a deleted company can’t be restored.',
    nothing: 'There’s nothing to delete.',
    preview: (selection) => call('bulkDeletePreview', { selection }),
    start: (selection, { typedCount }) => call('deleteMany', { selection, typedCount }),
  },
};

/** The change of tags as the application takes it. */
function tagChange({ add, remove }: BulkForm): { add: [string, string][]; remove: string[] } {
  const filled = add.filter(({ key }) => key.trim() !== '');
  return { add: filled.map(({ key, value }) => [key, value]), remove };
}

/** Companies in words. */
export function companiesText(many: number): string {
  return plural(many, 'company', 'companies');
}
