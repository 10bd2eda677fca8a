// The day's requests in words.
import { count, interval } from './format';
import type { CauseUse, ForecastView, QuotaView, RequestCause } from './wire';

/** What requests are for, in their order. */
export const CAUSES: [RequestCause, string][] = [
  ['click', 'Your clicks'],
  ['screen', 'Screens you watch'],
  ['run', 'Runs you started'],
  ['look', 'Looks'],
  ['sweep', 'Sweeps'],
  ['keepAlive', 'Keep-alive'],
  ['schedule', 'Schedules'],
];

/** What a request is for, in a word or two. */
export function causeName(cause: RequestCause): string {
  return CAUSES.find(([known]) => known === cause)?.[1] ?? cause;
}

/** All requests of a list of causes. */
export function totalRequests(causes: CauseUse[]): number {
  return causes.reduce((sum, { requests }) => sum + requests, 0);
}

/** How far the day is spent, whoever spent it, and by this app. */
export function quotaText(quota: QuotaView): string {
  const own = totalRequests(quota.today) + quota.lost;
  if (quota.limit === null)
    return `${count(own)} sent by this app. Codat has not yet said how many a day has.`;
  const { spent } = quota;
  const others =
    spent > own ? `${count(own)} by this app and ${count(spent - own)} by others` : 'by this app';
  return `${count(spent)} of ${count(quota.limit)} spent, ${others}.`;
}

/** The mean of the days before, where there are any. */
export function meanPerDay(quota: QuotaView): number | null {
  const days = quota.days.slice(0, 7);
  if (days.length === 0) return null;
  return days.reduce((sum, day) => sum + totalRequests(day.causes), 0) / days.length;
}

/** What the forecast of the rest of the day rests on. */
export function forecastBasis(forecast: ForecastView, isPaused: boolean): string {
  const parts: string[] = [];
  if (isPaused) parts.push('background work being paused');
  else {
    parts.push(`a sweep every ${interval(forecast.sweepSecs)}`);
    if (forecast.statusSecs !== null) parts.push(`a status sweep every ${interval(forecast.statusSecs)}`);
    parts.push('what of schedules and keep-alive falls due today');
  }
  switch (forecast.basis) {
    case 'days':
      parts.push(
        forecast.basisDays === 1 ? 'the day before' : `the mean of the ${forecast.basisDays} days before`,
      );
      break;
    case 'today':
      parts.push('the pace of today so far');
      break;
    case 'nothing':
      parts.push('no pace yet: the day has just begun');
      break;
  }
  const last = parts.pop() ?? '';
  return `It rests on ${parts.length > 0 ? `${parts.join(', ')} and ` : ''}${last}.`;
}
