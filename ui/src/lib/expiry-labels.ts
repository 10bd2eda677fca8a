// What an estimate rests on, and what the table of clocks says, in words.
import { dayOf, daysBetween, plural } from './format';
import type { ClockKind, KeepAliveEntry, RestsOn } from './wire';

/** The kinds of clock. */
export const KINDS: Record<ClockKind, { title: string; text: string }> = {
  idle: { title: 'No read', text: 'Ends when nothing is read for long; a read keeps it alive' },
  consent: { title: 'Consent', text: 'Ends whatever is read; only the customer renews it' },
};

/** "60 days without a read; last read 12 Nov". */
export function basisText(rests: RestsOn, now: number): string {
  const days = plural(rests.days, 'day', 'days');
  const since = dayOf(rests.since, now);
  if (rests.clock === 'idle') {
    const from = {
      lastRead: `last read ${since}`,
      linked: `seen to be linked ${since}`,
      created: `never read, created ${since}`,
    }[rests.countedFrom];
    return `${days} without a read; ${from}`;
  }
  const from = {
    lastRead: `last read ${since}`,
    linked: `seen to be linked ${since}`,
    created: `created ${since}, nothing later is known`,
  }[rests.countedFrom];
  return `${days} after consent; ${from}`;
}

/** What came of a read that was to keep a connection alive. */
export const OUTCOMES: Record<KeepAliveEntry['outcome'], string> = {
  queued: 'Queued',
  read: 'Read',
  failed: 'Failed',
  unsupported: 'Not possible',
};

/** "9 days", "less than a day", "overdue": the calendar days left when a read was queued, as the list counts them. */
export function timeLeftText(entry: Pick<KeepAliveEntry, 'at' | 'expires'>): string {
  if (entry.expires < entry.at) return 'Overdue';
  const days = daysBetween(entry.at, entry.expires);
  return days === 0 ? 'Less than a day' : plural(days, 'day', 'days');
}
