// Refreshes of many companies: those that go on, and those that have ended.
import { call } from './calls';
import { count } from './format';
import { LiveQuery } from './live-query.svelte';
import type { ColorName, RunCounts, RunItemState, RunRow } from './wire';

/** The runs, kept true. */
export class RunList {
  #query = new LiveQuery<RunRow[]>({
    fetch: () => call('runs', {}),
    query: 'runs',
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

/** The states of an item, each with its shape's color and its word. */
export const ITEM_STATES: Record<RunItemState, { color: ColorName; word: string }> = {
  waiting: { color: 'none', word: 'Waiting' },
  sent: { color: 'purple', word: 'Being asked for' },
  queued: { color: 'purple', word: 'Reading' },
  running: { color: 'grey', word: 'Was being read already' },
  read: { color: 'green', word: 'Read' },
  failed: { color: 'red', word: 'Failed' },
  skipped: { color: 'grey', word: 'Left out' },
  cancelled: { color: 'grey', word: 'Cancelled' },
  unseen: { color: 'grey', word: 'End not seen' },
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
export function runStateLabel(run: RunRow): { color: ColorName; word: string } {
  switch (run.state) {
    case 'paused':
      return { color: 'grey', word: 'Paused' };
    case 'cancelled':
      return { color: 'grey', word: run.endedAt === null ? 'Stopping' : 'Cancelled' };
    case 'done':
      return run.counts.failed > 0
        ? { color: 'red', word: 'Ended with failures' }
        : { color: 'green', word: 'Done' };
    case 'running':
      if (run.isHeld) return { color: 'grey', word: 'Held by safe mode' };
      if (run.counts.waiting + run.counts.sent > 0) return { color: 'purple', word: 'Asking Codat' };
      return run.counts.queued > 0
        ? { color: 'purple', word: 'Codat is reading' }
        : { color: 'purple', word: 'Looking at what was read' };
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
