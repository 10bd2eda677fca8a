// Formats dates, times, durations, numbers and identifiers. Times are milliseconds since 1970, shown in local time.

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WHOLE = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });
/** One digit after the point, also where it is a zero. */
const ONE_DIGIT = new Intl.NumberFormat('en-GB', {
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
  useGrouping: false,
});
const UP_TO_ONE_DIGIT = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 1 });
const TIME = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const TIME_WITH_SECONDS = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
// American English abbreviates every month to three letters; British English has "Sept".
const MONTH = new Intl.DateTimeFormat('en-US', { month: 'short' });
const MONTH_IN_UTC = new Intl.DateTimeFormat('en-US', { month: 'short', timeZone: 'UTC' });
const WEEKDAY = new Intl.DateTimeFormat('en-GB', { weekday: 'long' });
const WEEKDAY_SHORT = new Intl.DateTimeFormat('en-GB', { weekday: 'short' });
const FULL_DATE = { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' } as const;
const LONG_DATE = new Intl.DateTimeFormat('en-GB', FULL_DATE);
const LONG_DATE_IN_UTC = new Intl.DateTimeFormat('en-GB', { ...FULL_DATE, timeZone: 'UTC' });
// The Swedish format of a date is the one of ISO 8601.
const ISO_DATE = new Intl.DateTimeFormat('sv-SE');

/** What stands where there is nothing. */
export const DASH = '–';

/** 12,408 */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** 950, 1.1k, 595k, 2.4M: where the size matters and the last digit does not. */
export function roughly(value: number): string {
  if (value < 1_000) return String(Math.round(value));
  const [scaled, unit] = value < 999_500 ? [value / 1_000, 'k'] : [value / 1_000_000, 'M'];
  return `${scaled < 10 ? UP_TO_ONE_DIGIT.format(scaled) : WHOLE.format(scaled)}${unit}`;
}

/** 12.0: one digit after the point. */
export function oneDigit(value: number): string {
  return ONE_DIGIT.format(value);
}

/** 812 bytes, 4.2 kB, 10 MB: sizes of files, in thousands. */
export function fileSize(size: number): string {
  if (size < 1_000) return plural(size, 'byte', 'bytes');
  const [scaled, unit] =
    size < 999_500 ? [size / 1e3, 'kB'] : size < 999_500_000 ? [size / 1e6, 'MB'] : [size / 1e9, 'GB'];
  return `${scaled < 10 ? UP_TO_ONE_DIGIT.format(scaled) : WHOLE.format(scaled)} ${unit}`;
}

/** "512 B", "40 kB", "1.2 GB": amounts of data in a table. */
export function dataSize(value: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [scaled, unit] = [value, 0];
  while (scaled >= 1_000 && unit < units.length - 1) [scaled, unit] = [scaled / 1_000, unit + 1];
  const isWhole = unit === 0 || scaled >= 100;
  return `${isWhole ? Math.round(scaled) : ONE_DIGIT.format(scaled)} ${units[unit] ?? ''}`;
}

/** "1 company", "12,408 companies". */
export function plural(value: number, one: string, many: string): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** 08:14 */
export function clockTime(at: number): string {
  return TIME.format(at);
}

/** 08:14:05 */
export function clockTimeWithSeconds(at: number): string {
  return TIME_WITH_SECONDS.format(at);
}

/** 1 Nov 2026 */
export function date(at: number): string {
  return `${day(at)} ${new Date(at).getFullYear()}`;
}

/** 1 Nov */
export function dayAndMonth(at: number): string {
  return day(at);
}

/** Sunday, or Sun */
export function weekday(at: number, isShort = false): string {
  return (isShort ? WEEKDAY_SHORT : WEEKDAY).format(at);
}

/** The seven weekdays from Monday on: "Monday", or "Mon". */
export function weekdays(isShort = false): string[] {
  // 1 January 2024 was a Monday.
  return Array.from({ length: 7 }, (_, day) => weekday(new Date(2024, 0, 1 + day).getTime(), isShort));
}

/** Sunday 1 November 2026 */
export function longDate(at: number): string {
  return LONG_DATE.format(at);
}

/** Sunday 1 November 2026, of the date "2026-11-01". */
export function longDateOfIso(date: string): string {
  return LONG_DATE_IN_UTC.format(Date.parse(`${date}T00:00:00Z`));
}

/** 2026-11-01, as the value of a date field. */
export function isoDate(at: number): string {
  return ISO_DATE.format(at);
}

/** 2026-11-01, by the calendar of UTC. */
export function isoDateInUtc(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** 1 Nov 2026, by the calendar of UTC. */
export function dateInUtc(at: number): string {
  const when = new Date(at);
  return `${when.getUTCDate()} ${MONTH_IN_UTC.format(at)} ${when.getUTCFullYear()}`;
}

/** 1 Nov 2026, 08:00 */
export function dateTime(at: number): string {
  return `${date(at)}, ${clockTime(at)}`;
}

/** Sunday 1 Nov 2026, 08:00:05, with the zone: what one sees on hover. */
export function exact(at: number): string {
  const when = new Date(at);
  return `${weekday(at)} ${date(at)}, ${clockTimeWithSeconds(at)} ${zone(when)}`;
}

/**
 * How long ago, in the short form of lists: "12 s ago", "2 min ago", "3 h ago", then "08:14" for the rest of today,
 * "Yesterday", "20 Nov", and with the year where it is another one.
 */
export function ago(at: number, now: number): string {
  const age = now - at;
  // A clock that is ahead, such as the server's.
  if (age < 0) return age > -MINUTE ? 'Just now' : dayAndYear(at, now);
  if (age < 5 * SECOND) return 'Just now';
  if (age < MINUTE) return `${Math.floor(age / SECOND)} s ago`;
  if (age < HOUR) return `${Math.floor(age / MINUTE)} min ago`;
  const days = daysBetween(at, now);
  if (days === 0) return age < 4 * HOUR ? `${Math.floor(age / HOUR)} h ago` : clockTime(at);
  if (days === 1) return 'Yesterday';
  return dayAndYear(at, now);
}

/** As `ago`, coarser: nothing under a minute, so that a list does not flicker. */
export function agoInList(at: number, now: number): string {
  const age = now - at;
  return age >= 0 && age < MINUTE ? 'Just now' : ago(at, now);
}

/** Since when, within a sentence: "08:14" of today, "yesterday", "20 Nov", and with the year where it is another one. */
export function since(at: number, now: number): string {
  const days = daysBetween(at, now);
  if (days === 1) return 'yesterday';
  return days === 0 ? clockTime(at) : dayAndYear(at, now);
}

/** As `agoInList`, within a sentence: "just now", "yesterday". */
export function agoInSentence(at: number, now: number): string {
  return lowered(agoInList(at, now));
}

/** "Just now", "Yesterday" and "Today" as they are written within a sentence; months keep their capital. */
export function lowered(text: string): string {
  return /^(Just|Yesterday|Today|Tomorrow)/.test(text) ? text.charAt(0).toLowerCase() + text.slice(1) : text;
}

/** Long ago in whole words: "3 weeks ago". For what one sees on hover. */
export function agoInWords(at: number, now: number): string {
  const age = Math.max(0, now - at);
  // A clock that is ahead, such as the server's. it was not just now.
  if (at - now >= MINUTE) return 'ahead of this computer’s clock';
  const steps: [number, string][] = [
    [365 * DAY, 'year'],
    [30 * DAY, 'month'],
    [7 * DAY, 'week'],
    [DAY, 'day'],
    [HOUR, 'hour'],
    [MINUTE, 'minute'],
  ];
  for (const [size, unit] of steps) {
    const whole = Math.floor(age / size);
    if (whole >= 1) return `${plural(whole, unit, `${unit}s`)} ago`;
  }
  return 'just now';
}

/** "48 s", "3 min", "1 h 10 min", "30 h": until something happens. Rounded up; from a day on, to hours. */
export function until(at: number, now: number): string {
  const rest = Math.max(0, at - now);
  if (rest < MINUTE) return `${Math.ceil(rest / SECOND)} s`;
  if (rest >= DAY) return `${Math.ceil(rest / HOUR)} h`;
  const minutes = Math.ceil(rest / MINUTE);
  const parts = [`${Math.floor(minutes / 60)} h`, `${minutes % 60} min`];
  return parts.filter((part) => !part.startsWith('0 ')).join(' ');
}

/** "90 s", "29 min", "24 h": how long between two sweeps. */
export function interval(seconds: number): string {
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  return `${Math.round(seconds / 3_600)} h`;
}

/** "84 ms", "1.2 s", "2 min": how long a request took. */
export function requestDuration(milliseconds: number): string {
  if (milliseconds < SECOND) return `${milliseconds} ms`;
  if (milliseconds < MINUTE) return `${ONE_DIGIT.format(milliseconds / SECOND)} s`;
  return `${Math.round(milliseconds / MINUTE)} min`;
}

/** "0.8 s", "41 s", "3 min 5 s", "2 h 10 min": how long a read or a write took. */
export function duration(milliseconds: number): string {
  if (milliseconds < 10 * SECOND) return `${ONE_DIGIT.format(Math.max(0, milliseconds) / SECOND)} s`;
  if (milliseconds < MINUTE) return `${Math.floor(milliseconds / SECOND)} s`;
  const [large, small, units] =
    milliseconds < HOUR
      ? [Math.floor(milliseconds / MINUTE), Math.floor((milliseconds % MINUTE) / SECOND), ['min', 's']]
      : [Math.floor(milliseconds / HOUR), Math.floor((milliseconds % HOUR) / MINUTE), ['h', 'min']];
  return small === 0 ? `${large} ${units[0]}` : `${large} ${units[0]} ${small} ${units[1]}`;
}

/** "1 second", "12 minutes", "3 hours": an estimate of the time that is left. */
export function timeLeft(seconds: number): string {
  if (seconds < 90) return plural(Math.max(1, Math.round(seconds)), 'second', 'seconds');
  if (seconds < 5_400) return plural(Math.round(seconds / 60), 'minute', 'minutes');
  return plural(Math.round(seconds / 3_600), 'hour', 'hours');
}

/** "12 days", "Tomorrow", "Today", "3 days ago": when something may expire. */
export function inDays(at: number, now: number): string {
  const days = daysBetween(now, at);
  if (days === 0) return 'Today';
  if (days === 1) return 'Tomorrow';
  if (days < 0) return days === -1 ? 'Yesterday' : `${count(-days)} days ago`;
  return `${count(days)} days`;
}

/** "20 Nov", with the year where it is another one. */
export function dayOf(at: number, now: number): string {
  return dayAndYear(at, now);
}

/** Whether a read is more than a week old. */
export function isStale(at: number, now: number): boolean {
  return now - at > 7 * DAY;
}

/** The first eight letters of an identifier: enough to tell rows apart. */
export function shortId(id: string): string {
  return id.slice(0, 8);
}

/** Slugs as words: `lending` and `bank-feeds` become "Lending" and "Bank feeds". */
export function words(slug: string): string {
  const spaced = slug.replace(/[-_]+/g, ' ').replace(/([a-z])([A-Z])/g, '$1 $2');
  const lower = spaced.toLowerCase().trim();
  return lower.charAt(0).toUpperCase() + lower.slice(1);
}

function day(at: number): string {
  return `${new Date(at).getDate()} ${MONTH.format(at)}`;
}

function dayAndYear(at: number, now: number): string {
  const year = new Date(at).getFullYear();
  return year === new Date(now).getFullYear() ? day(at) : `${day(at)} ${year}`;
}

/** Calendar days from one instant to another, in local time. */
export function daysBetween(from: number, to: number): number {
  return Math.round((midnight(to) - midnight(from)) / DAY);
}

function midnight(at: number): number {
  const date = new Date(at);
  return Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
}

function zone(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const sign = minutes < 0 ? '−' : '+';
  const size = Math.abs(minutes);
  return `UTC${sign}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
