// What the workspace's safe mode allows. The application enforces it; here it is shown beforehand.
import type { SafeMode, Workspace } from './wire';

/** The least mode in which something is allowed. */
export type RequiredMode = 'operate' | 'administer';

const RANK: Record<SafeMode, number> = { view: 0, operate: 1, administer: 2 };
const NAMES: Record<SafeMode, string> = { view: 'View', operate: 'Operate', administer: 'Administer' };

/** Why an act is not allowed in this workspace; `null` if it is allowed. */
export function permissionDeniedReason(workspace: Workspace | null, needs: RequiredMode): string | null {
  if (workspace === null) return 'No workspace is open.';
  if (RANK[workspace.safeMode] >= RANK[needs]) return null;
  return `${workspace.name} is in safe mode “${NAMES[workspace.safeMode]}”; this needs “${NAMES[needs]}”.`;
}
