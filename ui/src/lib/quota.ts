// The day's requests in words.
import { count, interval } from './format';
import type { CauseUse, ForecastView, QuotaView, RequestCause } from './wire';

/** The purposes of requests, in display order. */
export const CAUSES: [RequestCause, string][] = [
  ['click', 'Your clicks'],
  ['screen', 'Open screens'],
  ['run', 'Refreshes you started'],
  ['look', 'Follow-ups'],
  ['sweep', 'Status checks'],
  ['keepAlive', 'Keep-alive'],
  ['schedule', 'Schedules'],
];

/** The purpose of a request. */
export function causeName(cause: RequestCause): string {
  return CAUSES.find(([known]) => known === cause)?.[1] ?? cause;
}

/** The sum of requests over all causes. */
export function totalRequests(causes: CauseUse[]): number {
  return causes.reduce((sum, { requests }) => sum + requests, 0);
}

/** The requests used today, by anyone and by this app. */
export function quotaText(quota: QuotaView): string {
  const own = totalRequests(quota.today) + quota.lost;
  if (quota.limit === null)
    return `This app has sent ${count(own)}. Codat hasn’t reported the daily limit yet.`;
  const { spent } = quota;
  const others =
    spent > own ? `${count(own)} by this app and ${count(spent - own)} by others` : 'all by this app';
  return `${count(spent)} of ${count(quota.limit)} requests used, ${others}.`;
}

/** The average of up to seven previous days; `null` if there are none. */
export function meanPerDay(quota: QuotaView): number | null {
  const days = quota.days.slice(0, 7);
  if (days.length === 0) return null;
  return days.reduce((sum, day) => sum + totalRequests(day.causes), 0) / days.length;
}

/** The basis of the forecast for the rest of the day. */
export function forecastBasis(forecast: ForecastView, isPaused: boolean): string {
  const parts: string[] = [];
  if (isPaused) parts.push('paused background work');
  else {
    parts.push(`a check every ${interval(forecast.sweepSecs)}`);
    if (forecast.statusSecs !== null) parts.push(`a status check every ${interval(forecast.statusSecs)}`);
    parts.push('today’s schedules and keep-alive');
  }
  switch (forecast.basis) {
    case 'days':
      parts.push(
        forecast.basisDays === 1 ? 'the previous day' : `the average of the last ${forecast.basisDays} days`,
      );
      break;
    case 'today':
      parts.push('your usage so far');
      break;
    case 'nothing':
      parts.push('no usage yet, since the day has just started');
      break;
  }
  const last = parts.pop() ?? '';
  return `Based on ${parts.length > 0 ? `${parts.join(', ')} and ` : ''}${last}.`;
}
