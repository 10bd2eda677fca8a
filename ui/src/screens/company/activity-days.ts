// The timeline by day, without what says nothing: how things stood when this app first looked.
import { dayOf, daysBetween, longDate, plural } from '../../lib/format';
import type { Activity, ActivityKind } from '../../lib/wire';

/** The entries of one day, newest first. */
export interface ActivityDay {
  /** "Today", "Yesterday", "20 Nov". */
  label: string;
  /** The whole date. */
  title: string;
  entries: Activity[];
}

/** An entry, and how many connections the company had when this app first looked, if it says that it did. */
export interface ShownActivity {
  entries: Activity[];
  /** By the entry’s identifier. */
  firstSeen: ReadonlyMap<string, string>;
}

/** What the first look at a company saw is stored within this time, in milliseconds. */
const FIRST_LOOK = 60_000;

/** Leaves out connections that the first look found, and changes that an act of this app says already. */
export function withoutNoise(entries: readonly Activity[], kind: 'all' | ActivityKind): ShownActivity {
  const firstLooks = entries.filter((entry) => isChange(entry, 'companyAppeared'));
  const firstSeen = new Map<string, string>();
  const found = new Set<string>();
  for (const look of firstLooks) {
    const connections = entries.filter(
      (entry) => isChange(entry, 'connectionAppeared') && Math.abs(entry.at - look.at) <= FIRST_LOOK,
    );
    for (const { id } of connections) found.add(id);
    if (connections.length > 0)
      firstSeen.set(look.id, plural(connections.length, 'connection', 'connections'));
  }
  const isRepeated = ({ what }: Activity): boolean =>
    kind === 'all' && what.type === 'change' && what.own && what.kind === 'companyChanged';
  return { entries: entries.filter((entry) => !found.has(entry.id) && !isRepeated(entry)), firstSeen };
}

/**
 * The entries by day, as the calendar is here. A day occurs once, also where an older entry moved up, such as a
 * refresh that got another read.
 */
export function byDay(entries: readonly Activity[], now: number): ActivityDay[] {
  const days = new Map<string, ActivityDay>();
  for (const entry of entries) {
    const title = longDate(entry.at);
    const day = days.get(title);
    if (day) day.entries.push(entry);
    else days.set(title, { label: labelOf(entry.at, now), title, entries: [entry] });
  }
  return [...days.values()];
}

function labelOf(at: number, now: number): string {
  const days = daysBetween(at, now);
  if (days === 0) return 'Today';
  return days === 1 ? 'Yesterday' : dayOf(at, now);
}

function isChange({ what }: Activity, kind: string): boolean {
  return what.type === 'change' && what.kind === kind && !what.own;
}
