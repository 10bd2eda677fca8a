// What happened with a company, in words.
import { plural } from '../../lib/format';
import { STATUS_WORDS } from '../../lib/text';
import type { Activity, ColourName, Happened } from '../../lib/wire';

/** A line of the timeline. */
export interface Line {
  colour: ColourName;
  title: string;
  /** A few more words. */
  detail: string | null;
}

/** What is said of something that happened. */
export function lineOf(activity: Activity): Line {
  const what = activity.what;
  switch (what.type) {
    case 'change':
      return ofChange(what);
    case 'reads':
      return ofReads(what);
    case 'write':
      return {
        colour: what.status === 'Success' ? 'green' : what.status === 'Pending' ? 'purple' : 'red',
        title: `Write to ${what.dataType}: ${what.status.toLowerCase()}`,
        detail: null,
      };
    case 'own':
      return ofOwn(what);
  }
}

function ofChange(what: Extract<Happened, { type: 'change' }>): Line {
  const platform = what.platform ?? 'A connection';
  const own = what.own ? 'from this app' : null;
  switch (what.kind) {
    case 'companyAppeared':
      return { colour: 'none', title: 'First seen', detail: own };
    case 'companyChanged':
      return { colour: 'none', title: 'Details changed', detail: own };
    case 'companyRemoved':
      return { colour: 'none', title: 'Deleted', detail: own };
    case 'connectionAppeared':
      return { colour: colourOf(what.was), title: `${platform}: ${said(what.was)}, first seen`, detail: own };
    case 'connectionRemoved':
      return { colour: 'grey', title: `${platform} removed`, detail: own };
    case 'statusChanged':
      return {
        colour: colourOf(what.became),
        title: `${platform}: ${said(what.became)}`,
        detail: [what.was ? `was ${said(what.was)}` : null, own].filter(Boolean).join(', ') || null,
      };
    default:
      return { colour: 'none', title: `${platform}: ${what.kind}`, detail: own };
  }
}

function ofReads(what: Extract<Happened, { type: 'reads' }>): Line {
  const count = (is: (status: string) => boolean) => what.reads.filter(({ status }) => is(status)).length;
  const failed = count((status) => status.endsWith('Error') || status === 'PrerequisiteNotMet');
  const over = count(
    (status) => status === 'Complete' || status === 'NotSupported' || status === 'Cancelled',
  );
  const running = what.reads.length - failed - over;
  const types = plural(what.reads.length, 'data type', 'data types');
  if (running > 0) return { colour: 'purple', title: `Reading ${types}`, detail: `${running} still running` };
  if (failed > 0) return { colour: 'red', title: `Read ${types}: ${failed} failed`, detail: null };
  return { colour: 'green', title: `Read ${types}`, detail: null };
}

const ACTS: Record<string, string> = {
  create: 'Created',
  rename: 'Renamed',
  refresh: 'Refresh data',
  delete: 'Deletion',
  tag: 'Tags changed',
  describe: 'Description changed',
  connect: 'Connection added',
  unlink: 'Connection unlinked',
  deleteConnection: 'Connection deleted',
};

function ofOwn(what: Extract<Happened, { type: 'own' }>): Line {
  const title = `${ACTS[what.act] ?? what.act}, from this app`;
  if (what.outcome === null) return { colour: 'purple', title, detail: 'What came of it is not known.' };
  if (what.outcome === 'done') return { colour: 'none', title, detail: null };
  return { colour: 'red', title, detail: what.outcome };
}

function said(status: string | null): string {
  return status === null ? 'unknown' : (STATUS_WORDS[status] ?? status).toLowerCase();
}

function colourOf(status: string | null): ColourName {
  switch (status) {
    case 'Linked':
      return 'green';
    case 'Deauthorized':
      return 'red';
    case 'Unlinked':
      return 'grey';
    case 'PendingAuth':
      return 'purple';
    default:
      return 'none';
  }
}
