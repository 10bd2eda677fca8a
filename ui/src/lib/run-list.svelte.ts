// Refreshes of many companies: those that go on, and those that have ended.
import { call } from './calls';
import { count } from './format';
import { LiveQuery } from './live-query.svelte';
import type { ColourName, RunCounts, RunItemState, RunRow } from './wire';

/** The runs, kept true. */
export class RunList {
  #query = new LiveQuery<RunRow[]>({
    fetch: () => call('runs', {}),
    isAffectedBy: (event) => event.type === 'run' || event.type === 'runEnded' || event.type === 'session',
  });

  /** Newest first, those that go on before the others; nothing before the first answer. */
  get rows(): readonly RunRow[] | null {
    return this.#query.value;
  }

  /** Those that go on. */
  get unfinished(): readonly RunRow[] {
    return this.rows?.filter((run) => run.endedAt === null) ?? [];
  }

  /** Why there is no newer answer. */
  get failure() {
    return this.#query.failure;
  }

  /** Asks, and keeps the answer true from now on. */
  start(): void {
    void this.#query.start();
  }

  /** Ends listening. */
  stop(): void {
    this.#query.stop();
  }

  /** Asks again, now. */
  refetch(): Promise<void> {
    return this.#query.refetch();
  }

  /** Another workspace: nothing of the former one stays. */
  reset(): void {
    this.#query.reset();
    void this.refetch();
  }
}

/** The states of an item, each with its shape's colour and its word. */
export const ITEM_STATES: Record<RunItemState, { colour: ColourName; word: string }> = {
  waiting: { colour: 'none', word: 'Waiting' },
  sent: { colour: 'purple', word: 'Being asked for' },
  queued: { colour: 'purple', word: 'Reading' },
  running: { colour: 'grey', word: 'Was being read already' },
  read: { colour: 'green', word: 'Read' },
  failed: { colour: 'red', word: 'Failed' },
  skipped: { colour: 'grey', word: 'Left out' },
  cancelled: { colour: 'grey', word: 'Cancelled' },
  unseen: { colour: 'grey', word: 'End not seen' },
};

function finishedCount(counts: RunCounts): number {
  return counts.read + counts.running + counts.failed + counts.skipped + counts.cancelled + counts.unseen;
}

/** How far runs are: of what is read at all, as what is left out or cancelled is no progress. */
export function progress(runs: readonly RunRow[]): { done: number; total: number; part: number } {
  const left = (counts: RunCounts) => counts.skipped + counts.cancelled;
  const total = runs.reduce((sum, run) => sum + run.total - left(run.counts), 0);
  const done = runs.reduce((sum, run) => sum + finishedCount(run.counts) - left(run.counts), 0);
  return { done, total, part: total === 0 ? 1 : done / total };
}

/** A run's state in a shape and a word. */
export function runStateLabel(run: RunRow): { colour: ColourName; word: string } {
  switch (run.state) {
    case 'paused':
      return { colour: 'grey', word: 'Paused' };
    case 'cancelled':
      return { colour: 'grey', word: run.endedAt === null ? 'Stopping' : 'Cancelled' };
    case 'done':
      return run.counts.failed > 0
        ? { colour: 'red', word: 'Ended with failures' }
        : { colour: 'green', word: 'Done' };
    case 'running':
      if (run.isHeld) return { colour: 'grey', word: 'Held by safe mode' };
      if (run.counts.waiting + run.counts.sent > 0) return { colour: 'purple', word: 'Asking Codat' };
      return run.counts.queued > 0
        ? { colour: 'purple', word: 'Codat is reading' }
        : { colour: 'purple', word: 'Looking at what was read' };
  }
}

/** How a run stands, in a sentence of numbers: only those that are not zero. */
export function runCountsText(counts: RunCounts): string {
  const parts: [number, string][] = [
    [counts.read, 'read'],
    [counts.queued, 'reading'],
    [counts.waiting + counts.sent, 'to go'],
    [counts.running, 'read already'],
    [counts.failed, 'failed'],
    [counts.unseen, 'not seen to end'],
    [counts.skipped, 'left out'],
    [counts.cancelled, 'cancelled'],
  ];
  return parts
    .filter(([many]) => many > 0)
    .map(([many, word]) => `${count(many)} ${word}`)
    .join(', ');
}
