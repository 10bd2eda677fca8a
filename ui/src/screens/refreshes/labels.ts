// Who started a refresh.
import type { RunCauseName } from '../../lib/wire';

/** Each cause in a few words. */
export const CAUSES: Record<RunCauseName, string> = {
  person: 'Started by you',
  schedule: 'Started by a schedule',
  keepAlive: 'Started by keep-alive',
};
