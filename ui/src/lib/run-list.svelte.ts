// Bulk refreshes, unfinished and finished.
import { call } from './calls';
import { count } from './format';
import { LiveQuery } from './live-query.svelte';
import type { ColorName, RunActName, RunCounts, RunItemState, RunRow } from './wire';

/** The runs, updated by events. */
export class RunList {
  #query = new LiveQuery<RunRow[]>({
    fetch: () => call('runs', {}),
    query: 'runs',
  });

  /** Unfinished runs first, then newest first; `null` before the first answer. */
  get rows(): readonly RunRow[] | null {
    return this.#query.value;
  }

  /** The unfinished runs. */
  get unfinished(): readonly RunRow[] {
    return this.rows?.filter((run) => run.endedAt === null) ?? [];
  }

  /** Why there is no newer answer. */
  get failure() {
    return this.#query.failure;
  }

  /** Reads the runs and follows their events. */
  start(): void {
    void this.#query.start();
  }

  /** Stops following events. */
  stop(): void {
    this.#query.stop();
  }

  /** Asks again, now. */
  refetch(): Promise<void> {
    return this.#query.refetch();
  }

  /** Clears the runs when another workspace opens. */
  reset(): void {
    this.#query.reset();
    void this.refetch();
  }
}

/** The states of an item, each with its shape's color and its word. */
export const ITEM_STATES: Record<RunItemState, { color: ColorName; word: string }> = {
  waiting: { color: 'none', word: 'Waiting' },
  sent: { color: 'purple', word: 'Sending' },
  queued: { color: 'purple', word: 'In progress' },
  running: { color: 'grey', word: 'Already in progress' },
  read: { color: 'green', word: 'Done' },
  failed: { color: 'red', word: 'Failed' },
  skipped: { color: 'grey', word: 'Skipped' },
  cancelled: { color: 'grey', word: 'Cancelled' },
  unseen: { color: 'grey', word: 'Outcome unknown' },
};

function finishedCount(counts: RunCounts): number {
  return counts.read + counts.running + counts.failed + counts.skipped + counts.cancelled + counts.unseen;
}

/** The progress of runs; skipped and cancelled items do not count. */
export function progress(runs: readonly RunRow[]): { done: number; total: number; part: number } {
  const left = (counts: RunCounts) => counts.skipped + counts.cancelled;
  const total = runs.reduce((sum, run) => sum + run.total - left(run.counts), 0);
  const done = runs.reduce((sum, run) => sum + finishedCount(run.counts) - left(run.counts), 0);
  return { done, total, part: total === 0 ? 1 : done / total };
}

/** What a run does, in a word. */
export const RUN_NOUNS: Record<RunActName, string> = {
  refresh: 'Refresh',
  changeTags: 'Tag change',
  delete: 'Deletion',
};

/** What a run does, in words. */
export function runTitle(run: RunRow): string {
  return run.act === 'refresh' ? `Refresh of ${run.label}` : run.label;
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
        ? { color: 'red', word: 'Finished with failures' }
        : { color: 'green', word: 'Done' };
    case 'running':
      if (run.isHeld) return { color: 'grey', word: 'Blocked by safe mode' };
      if (run.canUndo) return { color: 'purple', word: 'Not started' };
      if (run.counts.waiting + run.counts.sent > 0) return { color: 'purple', word: 'Sending requests' };
      if (run.act !== 'refresh') return { color: 'purple', word: 'Finishing' };
      return run.counts.queued > 0
        ? { color: 'purple', word: 'Waiting for Codat' }
        : { color: 'purple', word: 'Checking data types' };
  }
}

/** The counts of a run that are not zero. */
export function runCountsText(counts: RunCounts): string {
  const parts: [number, string][] = [
    [counts.read, 'done'],
    [counts.queued, 'in progress'],
    [counts.waiting + counts.sent, 'waiting'],
    [counts.running, 'already in progress'],
    [counts.failed, 'failed'],
    [counts.unseen, 'outcome unknown'],
    [counts.skipped, 'skipped'],
    [counts.cancelled, 'cancelled'],
  ];
  return parts
    .filter(([many]) => many > 0)
    .map(([many, word]) => `${count(many)} ${word}`)
    .join(', ');
}
