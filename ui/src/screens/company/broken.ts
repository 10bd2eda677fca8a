// What the strip under a company's name says about connections that are broken.
import { since } from '../../lib/format';
import type { ActorName, ConnectionChip } from '../../lib/wire';

/** Who can act: those first that the customer can fix. */
const ORDER: ActorName[] = ['customer', 'we', 'platform'];

/** One broken connection in words. */
export interface BrokenText {
  /** What happened. */
  title: string;
  /** Why, what to do, and since when there is no new data. */
  text: string;
}

/** The broken connections, those that the customer can fix first. One-time connections are meant to end. */
export function brokenConnections(connections: readonly ConnectionChip[]): ConnectionChip[] {
  const broken = connections.filter(({ color, oneTime }) => color === 'red' && !oneTime);
  const rank = ({ problem }: ConnectionChip) => ORDER.indexOf(problem?.actor ?? 'we');
  return broken.toSorted((one, other) => rank(one) - rank(other));
}

/** What happened to a broken connection, and since when. */
export function brokenText(chip: ConnectionChip, now: number): BrokenText {
  const data = chip.lastRead === null ? 'No data yet.' : `No new data since ${since(chip.lastRead, now)}.`;
  const { problem } = chip;
  if (problem === null) return { title: `${chip.name} is broken.`, text: data };
  const text = [problem.meaning, problem.toDo, data].join(' ');
  return { title: `${chip.name} ${problem.happened}.`, text };
}
