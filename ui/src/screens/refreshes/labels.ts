// Who wanted a refresh, in words.
import type { RunCauseName } from '../../lib/wire';

/** Each cause in a few words. */
export const CAUSES: Record<RunCauseName, string> = {
  person: 'By hand',
  schedule: 'By a schedule',
  keepAlive: 'To keep connections alive',
};
