// Texts about expiry: the basis of an estimate, and the expiry rules.
import { dayOf, daysBetween, plural } from './format';
import type { ClockKind, KeepAliveEntry, RestsOn } from './wire';

/** The kinds of clock. */
export const KINDS: Record<ClockKind, { title: string; text: string }> = {
  idle: { title: 'Inactivity', text: 'Access ends after a period without a sync. A refresh keeps it alive.' },
  consent: { title: 'Consent', text: 'Access ends on its date. Only the customer can renew it.' },
};

/** "60 days without a refresh (last refresh 12 Nov)", "90-day consent, given 12 Nov or later". */
export function basisText(rests: RestsOn, now: number): string {
  const days = plural(rests.days, 'day', 'days');
  const since = dayOf(rests.since, now);
  const estimate = rests.estimate ? ' · estimate' : '';
  if (rests.clock === 'idle') {
    const from = {
      lastRead: `last refresh ${since}`,
      linked: `linked by ${since}`,
      created: `never refreshed, created ${since}`,
    }[rests.countedFrom];
    return `${days} without a refresh (${from})${estimate}`;
  }
  const from = {
    lastRead: `last refresh ${since}`,
    linked: `linked by ${since}`,
    created: `given ${since} or later`,
  }[rests.countedFrom];
  return `${rests.days}-day consent, ${from}${estimate}`;
}

/** What came of a read that was to keep a connection alive. */
export const OUTCOMES: Record<KeepAliveEntry['outcome'], string> = {
  queued: 'Queued',
  read: 'Refreshed',
  failed: 'Failed',
  unsupported: 'Not possible',
};

/** "9 days", "less than a day", "past its date": the calendar days left when a read was queued, as the list counts them. */
export function timeLeftText(entry: Pick<KeepAliveEntry, 'at' | 'expires'>): string {
  if (entry.expires < entry.at) return 'Past its date';
  const days = daysBetween(entry.at, entry.expires);
  return days === 0 ? 'Less than a day' : plural(days, 'day', 'days');
}
