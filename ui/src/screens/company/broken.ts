// What the strip under a company's name says about connections that are broken.
import { since } from '../../lib/format';
import type { ConnectionChip } from '../../lib/wire';

/** One broken connection in words. */
export interface BrokenText {
  /** What happened. */
  title: string;
  /** Since when there is no new data, and for an outage that nothing can be done. */
  text: string;
}

/** The broken connections, those that the customer can fix first. One-time connections are meant to end. */
export function brokenConnections(connections: readonly ConnectionChip[]): ConnectionChip[] {
  const broken = connections.filter(({ color, oneTime }) => color === 'red' && !oneTime);
  return broken.toSorted((one, other) => Number(one.isOutage) - Number(other.isOutage));
}

/** What happened to a broken connection, and since when. */
export function brokenText(chip: ConnectionChip, now: number): BrokenText {
  const data = chip.lastRead === null ? 'No data yet.' : `No new data since ${since(chip.lastRead, now)}.`;
  if (chip.isOutage) return { title: `${chip.name} isn’t responding.`, text: `${data} Nothing to send.` };
  const title =
    chip.status === 'Linked' ? `${chip.name} reports an error.` : `${chip.name} needs to be reconnected.`;
  return { title, text: data };
}
