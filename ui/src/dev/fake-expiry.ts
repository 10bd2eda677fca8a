// What may expire, of the companies of the fake application.
import type { CompanyRow, ExpiringPage, ExpiringRequest, KeepAliveView, Skyline } from '../lib/wire';

/** The list of what may expire. */
export function expiring(
  rows: readonly CompanyRow[],
  { filter, offset, limit }: ExpiringRequest,
): ExpiringPage {
  const all = rows.flatMap((row) =>
    row.connections
      .filter(({ expires, restsOn }) => {
        if (expires === null || (filter.clock !== null && restsOn?.clock !== filter.clock)) return false;
        return expires >= (filter.from ?? -Infinity) && expires < (filter.until ?? Infinity);
      })
      .map((connection) => ({ company: row.id, companyName: row.name, connection })),
  );
  all.sort((a, b) => (a.connection.expires ?? 0) - (b.connection.expires ?? 0));
  return { total: all.length, rows: all.slice(offset, offset + limit) };
}

/** How many may expire, day by day. */
export function skyline(rows: readonly CompanyRow[], edges: readonly number[]): Skyline {
  const days = edges.slice(1).map(() => ({ idle: 0, consent: 0 }));
  const answer: Skyline = {
    overdue: { idle: 0, consent: 0 },
    days,
    later: { idle: 0, consent: 0 },
    unknown: [{ integrationKey: 'mqjo', name: 'Sandbox', connections: 3 }],
  };
  for (const { expires, restsOn } of rows.flatMap((row) => row.connections)) {
    if (expires === null || restsOn === null) continue;
    const at = edges.findLastIndex((edge) => edge <= expires);
    const day = at < 0 ? answer.overdue : (days[at] ?? answer.later);
    day[restsOn.clock] += 1;
  }
  return answer;
}

/** Keep-alive as it is until it is set. */
export const KEEP_ALIVE: KeepAliveView = { mode: 'off', due: 0, entries: [] };
