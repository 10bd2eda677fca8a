// What happened with a company, in words.
import { plural, words } from './format';
import { STATUS_WORDS } from './text';
import type { Activity, ColorName, Happened, ReadBrief, RowPhase } from './wire';

/** A line of the timeline. */
interface ActivityLine {
  color: ColorName;
  title: string;
  /** A few more words. */
  detail: string | null;
}

/** The text of one entry. */
export function activityLine(activity: Activity): ActivityLine {
  const what = activity.what;
  switch (what.type) {
    case 'change':
      return ofChange(what);
    case 'reads':
      return ofReads(what);
    case 'write':
      return ofWrite(what);
    case 'files':
      return ofFiles(what);
    case 'own':
      return ofOwn(what);
  }
}

function ofChange(what: Extract<Happened, { type: 'change' }>): ActivityLine {
  const platform = what.platform ?? 'A connection';
  const own = what.own ? 'from this app' : null;
  switch (what.kind) {
    case 'companyAppeared':
      return { color: 'none', title: 'Portal Desktop started tracking this company', detail: own };
    case 'companyChanged':
      return { color: 'none', title: 'Details changed', detail: own };
    case 'companyRemoved':
      return { color: 'none', title: 'Deleted', detail: own };
    case 'connectionAppeared':
      return ofFirst(platform, what, own);
    case 'connectionRemoved':
      return { color: 'grey', title: `${platform} removed`, detail: own };
    case 'statusChanged':
      return {
        color: statusColor(what.became),
        title: `${platform}: ${statusText(what.became)}`,
        detail: [what.was ? `was ${statusText(what.was)}` : null, own].filter(Boolean).join(', ') || null,
      };
    case 'colourChanged':
      return ofColor(platform, what, own);
    default:
      return { color: 'none', title: `${platform}: ${words(what.kind).toLowerCase()}`, detail: own };
  }
}

/** A connection as it stood when it was first seen: its status, and its color where an error is on it. */
function ofFirst(
  platform: string,
  what: Extract<Happened, { type: 'change' }>,
  own: string | null,
): ActivityLine {
  const isBroken = what.was === 'Linked' && what.became === 'red';
  const how = isBroken ? `${statusText(what.was)} with an error` : statusText(what.was);
  return {
    color: isBroken ? 'red' : statusColor(what.was),
    title: `${platform}: ${how} when first checked`,
    detail: own,
  };
}

/** A color that changed alone: an error came or went. */
function ofColor(
  platform: string,
  what: Extract<Happened, { type: 'change' }>,
  own: string | null,
): ActivityLine {
  if (what.became === 'red') return { color: 'red', title: `${platform}: broken by an error`, detail: own };
  if (what.was === 'red') return { color: 'green', title: `${platform}: working again`, detail: own };
  return { color: 'none', title: `${platform}: ${what.became ?? 'changed'}`, detail: own };
}

function ofReads(what: Extract<Happened, { type: 'reads' }>): ActivityLine {
  const count = (phase: RowPhase) => what.reads.filter((read) => read.phase === phase).length;
  const [failed, running, unknown] = [count('failed'), count('running'), count('unrecognized')];
  const [first] = what.reads;
  const types =
    what.reads.length === 1 && first ? nameOf(first) : plural(what.reads.length, 'data type', 'data types');
  const odd = unknown === 0 ? null : `${unknown} with a status this version doesn’t know`;
  if (running > 0) {
    const rest = what.reads.length === 1 ? null : `${running} still running`;
    return { color: 'purple', title: `Refreshing ${types}`, detail: rest };
  }
  if (failed > 0) {
    const names = what.reads.filter((read) => read.phase === 'failed').map((read) => read.name);
    const which =
      names.length <= 3 ? names.join(', ') : `${names.slice(0, 3).join(', ')} and ${names.length - 3} more`;
    if (what.reads.length === 1) return { color: 'red', title: `Couldn’t refresh ${types}`, detail: odd };
    return { color: 'red', title: `Refreshed ${types}, ${failed} failed`, detail: which };
  }
  return { color: odd ? 'none' : 'green', title: `Refreshed ${types}`, detail: odd };
}

/** The data type Company isn’t the company. */
function nameOf({ dataType, name }: ReadBrief): string {
  return dataType === 'company' ? 'the data type Company' : name;
}

function ofWrite(what: Extract<Happened, { type: 'write' }>): ActivityLine {
  const to = `Write to ${what.dataType}`;
  switch (what.status) {
    case 'Success':
      return { color: 'green', title: to, detail: null };
    case 'Pending':
      return { color: 'purple', title: to, detail: 'still running' };
    case 'Failed':
    case 'TimedOut':
      return { color: 'red', title: `${to}: ${words(what.status).toLowerCase()}`, detail: null };
    default:
      return { color: 'none', title: `${to}: ${words(what.status).toLowerCase()}`, detail: null };
  }
}

function ofFiles(what: Extract<Happened, { type: 'files' }>): ActivityLine {
  const names = what.names.slice(0, 3).join(', ');
  const more = what.names.length > 3 ? ` and ${what.names.length - 3} more` : '';
  return {
    color: 'green',
    title: `${plural(what.names.length, 'file', 'files')} uploaded`,
    detail: `${names}${more}`,
  };
}

const ACTS: Record<string, string> = {
  create: 'Created',
  rename: 'Renamed',
  refresh: 'Refresh data',
  delete: 'Deleted',
  tag: 'Tags changed',
  describe: 'Description changed',
  connect: 'Connection added',
  unlink: 'Connection unlinked',
  deleteConnection: 'Connection deleted',
  refreshType: 'One data type refreshed',
  syncSettings: 'Sync settings changed',
  upload: 'File uploaded',
};

/** The outcome of a company's part in a change of many. */
const REFRESHED: Record<string, { color: ColorName; end: string }> = {
  done: { color: 'none', end: '' },
  failed: { color: 'red', end: ' failed' },
  cancelled: { color: 'grey', end: ' cancelled' },
  skipped: { color: 'grey', end: ' skipped' },
};

/** What was done with many companies. */
const MANY: Record<string, string> = {
  refreshMany: 'Refresh',
  tagMany: 'Tags changed',
  deleteMany: 'Deleted',
};

/** A company's part in a change of many. */
function ofMany(what: Extract<Happened, { type: 'own' }>): ActivityLine {
  const title = MANY[what.act] ?? what.act;
  const label = detailLabel(what.detail);
  if (what.outcome === null)
    return { color: 'purple', title, detail: [label, 'in progress'].filter(Boolean).join(', ') };
  const { color, end } = REFRESHED[what.outcome] ?? { color: 'none', end: `: ${what.outcome}` };
  const why = what.act === 'refreshMany' && what.outcome === 'skipped' ? ': no connections' : '';
  return { color, title: `${title}${end}${why}`, detail: label };
}

/** The label of the bulk refresh, as stored when it started. */
function detailLabel(detail: string): string | null {
  try {
    const { label } = JSON.parse(detail) as { label?: unknown };
    return typeof label === 'string' ? label : null;
  } catch {
    return null;
  }
}

function ofOwn(what: Extract<Happened, { type: 'own' }>): ActivityLine {
  if (what.act in MANY) return ofMany(what);
  const title = `${ACTS[what.act] ?? what.act}, from this app`;
  if (what.outcome === null) return { color: 'purple', title, detail: 'We don’t know if it went through.' };
  if (what.outcome === 'done') return { color: 'none', title, detail: null };
  return { color: 'red', title: `${title}: failed`, detail: what.outcome };
}

function statusText(status: string | null): string {
  return status === null ? 'unknown' : (STATUS_WORDS[status] ?? status).toLowerCase();
}

function statusColor(status: string | null): ColorName {
  switch (status) {
    case 'Linked':
      return 'green';
    case 'Deauthorized':
      return 'red';
    case 'Unlinked':
      return 'grey';
    case 'PendingAuth':
      return 'purple';
    case null:
    default:
      return 'none';
  }
}
