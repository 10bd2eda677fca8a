// Who started a run, and what it needs.
import { clock } from '../../lib/clock.svelte';
import { plural } from '../../lib/format';
import type { RequiredMode } from '../../lib/permission';
import type { RunCauseName, RunRow } from '../../lib/wire';

/** Each cause in a few words. */
export const CAUSES: Record<RunCauseName, string> = {
  person: 'Started by you',
  schedule: 'Started by a schedule',
  keepAlive: 'Started by keep-alive',
};

/** The least safe mode in which a run continues. */
export function requiredMode(run: RunRow): RequiredMode {
  return run.act === 'delete' ? 'administer' : 'operate';
}

/** How long a deletion can be undone. */
export function undoText(run: RunRow): string {
  const seconds = Math.max(1, Math.ceil((run.startsAt - clock.second) / 1000));
  return `Deleting starts in ${plural(seconds, 'second', 'seconds')}. Nothing was sent to Codat yet.`;
}
