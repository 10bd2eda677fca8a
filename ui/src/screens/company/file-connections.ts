// Which connections take files: the keys of their integrations are not published, their names are (§1.7).
import type { ConnectionChip } from '../../lib/wire';

/** Whether files can be uploaded to it. */
export function takesFiles(connection: Pick<ConnectionChip, 'name'>): boolean {
  return /\bfile upload$/i.test(connection.name.trim());
}
