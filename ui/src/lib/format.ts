// How times, amounts and identifiers read. Times are milliseconds since 1970, shown in local time.

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const WHOLE = new Intl.NumberFormat('en-GB', { maximumFractionDigits: 0 });

/** What stands where there is nothing. */
export const DASH = '–';

/** 12,408 */
export function count(value: number): string {
  return WHOLE.format(value);
}

/** 950, 1.1k, 595k, 2.4m: where the size matters and the last digit does not. */
export function roughly(value: number): string {
  if (value < 1_000) return String(Math.round(value));
  const [scaled, unit] = value < 999_500 ? [value / 1_000, 'k'] : [value / 1_000_000, 'm'];
  return `${scaled < 10 ? trimZero(scaled.toFixed(1)) : WHOLE.format(scaled)}${unit}`;
}

/** 812 bytes, 4.2 kB, 10 MB: sizes of files, in thousands. */
export function bytes(size: number): string {
  if (size < 1_000) return plural(size, 'byte', 'bytes');
  const [scaled, unit] =
    size < 999_500 ? [size / 1e3, 'kB'] : size < 999_500_000 ? [size / 1e6, 'MB'] : [size / 1e9, 'GB'];
  return `${scaled < 10 ? trimZero(scaled.toFixed(1)) : WHOLE.format(scaled)} ${unit}`;
}

/** "1 company", "12,408 companies". */
export function plural(value: number, one: string, many: string): string {
  return `${count(value)} ${value === 1 ? one : many}`;
}

/** 08:14 */
export function clockTime(at: number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
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
  const name = WEEKDAYS[new Date(at).getDay()] ?? '';
  return isShort ? name.slice(0, 3) : name;
}

/** 1 Nov 2026, by the calendar of UTC. */
export function dateInUtc(at: number): string {
  const when = new Date(at);
  return `${when.getUTCDate()} ${MONTHS[when.getUTCMonth()] ?? ''} ${when.getUTCFullYear()}`;
}

/** 1 Nov 2026, 08:00 */
export function dateTime(at: number): string {
  return `${date(at)}, ${clockTime(at)}`;
}

/** Sunday 1 Nov 2026, 08:00:05, with the zone: what one sees on hover. */
export function exact(at: number): string {
  const when = new Date(at);
  return `${weekday(at)} ${date(at)}, ${clockTime(at)}:${two(when.getSeconds())} ${zone(when)}`;
}

/**
 * How long ago, as a list says it: "12 s ago", "2 min ago", "3 h ago", then "08:14" for the rest of today,
 * "Yesterday", "20 Nov", and with the year where it is another one.
 */
export function ago(at: number, now: number): string {
  const age = now - at;
  // A clock that is ahead, such as the sandbox's own.
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
  // A clock that is ahead, such as the sandbox's own: it was not just now.
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

/** "in 12 days", "tomorrow", "today", "3 days ago": when something may expire. */
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
  const date = new Date(at);
  return `${date.getDate()} ${MONTHS[date.getMonth()] ?? ''}`;
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

function trimZero(text: string): string {
  return text.endsWith('.0') ? text.slice(0, -2) : text;
}
