// What schedules say in words, and the plan a new one begins with.
import { clockTime, count, dayAndMonth, inDays, plural, until, weekday, weekdays } from './format';
import { isTimeOfDay } from './time-of-day';
import type { OutcomeView, ScheduleBlackout, SchedulePlan, ScheduleTiming, ScheduleView } from './wire';

/** The days of the week, Monday first, as a schedule's bits have them. */
export const DAYS = weekdays(true);
const DAY_NAMES = weekdays();

/** Every day, and those from Monday to Friday. */
export const EVERY_DAY = 0b111_1111;
export const WEEKDAYS = 0b1_1111;
const WEEKEND = 0b110_0000;

/** The longest name, in characters, and the most hours between two reads. */
const LONGEST_NAME = 100;
export const MAX_HOURS = 8_784;

/** Over how many minutes the reads of a run may be spread. */
export const SPREADS: readonly { minutes: number; label: string }[] = [
  { minutes: 0, label: 'As fast as the limits allow' },
  { minutes: 5, label: '5 minutes' },
  { minutes: 15, label: '15 minutes' },
  { minutes: 30, label: '30 minutes' },
  { minutes: 60, label: '1 hour' },
  { minutes: 240, label: '4 hours' },
];

/** The maximum number of chosen data types. */
export const MOST_DATA_TYPES = 20;

/** What a new schedule begins with. */
export function newPlan(): SchedulePlan {
  return {
    target: { kind: 'all' },
    dataTypes: [],
    timing: { kind: 'clock', times: ['06:00'], days: WEEKDAYS },
    zone: null,
    blackouts: [],
    spreadMinutes: 15,
  };
}

/** The problem of a name while it is typed; `null` if it is fine or still empty. */
export function nameProblem(name: string): string | null {
  const length = [...name.trim()].length;
  return length > LONGEST_NAME ? `At most ${LONGEST_NAME} characters; this has ${count(length)}.` : null;
}

/** What is wrong with the times, as they are typed. */
export function timingProblem(timing: ScheduleTiming): string | null {
  if (timing.kind === 'clock')
    return !timing.times.every(isTimeOfDay)
      ? 'Enter each time as hours and minutes, such as 08:30, or remove it.'
      : null;
  const isGood = Number.isInteger(timing.hours) && timing.hours >= 1 && timing.hours <= MAX_HOURS;
  return isGood ? null : `Whole hours, from 1 to ${count(MAX_HOURS)}.`;
}

/** What is wrong with weekly times, as they are typed. `noun`: what one is called. */
export function weeklyTimesProblem(times: readonly ScheduleBlackout[], noun: string): string | null {
  const isOpen = !times.every(({ from, until }) => isTimeOfDay(from) && isTimeOfDay(until));
  return isOpen ? `Enter both times of a ${noun} as hours and minutes, such as 08:30, or remove it.` : null;
}

/** Whether a day, counted from Monday, is among these. */
export function hasDay(days: number, day: number): boolean {
  return (days & (1 << day)) !== 0;
}

/** "every day", "weekdays", "Mon, Wed and Fri". */
export function daysInWords(days: number): string {
  if (days === EVERY_DAY) return 'every day';
  if (days === WEEKDAYS) return 'weekdays';
  if (days === WEEKEND) return 'weekends';
  const chosen = DAYS.filter((_, day) => hasDay(days, day));
  if (chosen.length === 1) return DAY_NAMES.filter((_, day) => hasDay(days, day)).join();
  return joinWords(chosen);
}

/** The full name of a day, counted from Monday. */
export function dayName(day: number): string {
  return DAY_NAMES[day] ?? '';
}

/** "Every 24 hours after the last refresh", "weekdays at 06:00 and 18:00". */
export function timingInWords(timing: ScheduleTiming): string {
  if (timing.kind === 'every') return `every ${hoursInWords(timing.hours)} after the last refresh`;
  return `${daysInWords(timing.days)} at ${joinWords(timing.times)}`;
}

/** "All companies", "Companies that match tag:region=uk", "3 companies". */
export function targetInWords(plan: SchedulePlan): string {
  if (plan.target.kind === 'companies') return plural(plan.target.ids.length, 'company', 'companies');
  return plan.target.kind === 'all' ? 'all companies' : `companies that match ${plan.target.search}`;
}

/** "Today 18:00, in 3 h", "Tomorrow 06:00", "Mon 30 Nov 06:00": when it begins, in local time. */
export function nextInWords(at: number, now: number): string {
  if (at <= now) return 'Now';
  const day = inDays(at, now);
  if (day === 'Today') return `Today ${clockTime(at)}, in ${until(at, now)}`;
  if (day === 'Tomorrow') return `Tomorrow ${clockTime(at)}`;
  return `${weekday(at, true)} ${dayAndMonth(at)}, ${clockTime(at)}`;
}

/** What "Run now" does: it isn't spread, and clock times stay as they are. */
export function runNowText({ plan, forecast }: Pick<ScheduleView, 'plan' | 'forecast'>): string {
  const companies = Math.max(0, forecast.companies - forecast.unreadable);
  if (companies === 0) return 'No company has a connection to refresh.';
  const first = `Requests a refresh of ${plural(companies, 'company', 'companies')} right away, without spreading.`;
  return plan?.timing.kind === 'every'
    ? `${first} Their next run counts from this refresh.`
    : `${first} The next scheduled run stays as planned.`;
}

/** Why something was late, or was not done. */
function reasonInWords(reason: string): string {
  switch (reason) {
    case 'asleep':
      return 'the computer was asleep or the app wasn’t running';
    case 'offline':
      return 'we couldn’t reach Codat';
    case 'failing':
      return 'Codat returned errors';
    case 'refused':
      return 'Codat rejected the API key';
    case 'paused':
      return 'background work was paused';
    case 'safeMode':
      return 'safe mode “View” blocked it';
    case 'quota':
      return 'the daily share of requests was used up';
    case 'blackout':
      return 'a blackout';
    case 'stillRunning':
      return 'the last run was still in progress';
    case 'looking':
      return 'we were checking what others had refreshed';
    case 'clockSetBack':
      return 'this computer’s clock was far ahead';
    case 'noZone':
      return 'this computer doesn’t know the time zone';
    default:
      return reason;
  }
}

/** What is due and waits, in a sentence. */
export function heldInWords(held: string): string {
  switch (held) {
    case 'offline':
      return 'Due. Waiting for a connection to Codat';
    case 'failing':
      return 'Due. Waiting while Codat returns errors';
    case 'refused':
      return 'Due. Waiting for a valid API key';
    case 'paused':
      return 'Due. Waiting while background work is paused';
    case 'safeMode':
      return 'Due. Blocked by safe mode “View”';
    case 'quota':
      return 'Due. Waiting for tomorrow’s share of requests';
    case 'blackout':
      return 'Due. Waiting for the blackout to end';
    case 'looking':
      return 'Due. Checking first what others refreshed';
    case 'noZone':
      return 'Can’t run: this computer doesn’t know the time zone';
    default:
      return `Due. Waiting: ${reasonInWords(held)}`;
  }
}

/** What came of a run, in a sentence. */
export function outcomeInWords(outcome: OutcomeView): string {
  if (outcome.reason === 'stillRunning') return 'Skipped: the last run was still in progress';
  if (outcome.reason === 'clockSetBack')
    return 'Restarted: this computer’s clock was far ahead and was set back';
  const parts = [
    outcome.queued > 0
      ? `${plural(outcome.queued, 'refresh', 'refreshes')} requested${progressOf(outcome)}`
      : null,
    outcome.done > 0 ? `${count(outcome.done)} already refreshed` : null,
    outcome.unreadable > 0 ? `${count(outcome.unreadable)} skipped (no connections)` : null,
  ].filter((part) => part !== null);
  return parts.length === 0 ? 'No companies to refresh' : capitalize(parts.join(', '));
}

/** The progress of the requested refreshes: " (90 done, 2 in progress, 4 failed)". */
function progressOf({ counts }: OutcomeView): string {
  if (counts === null) return '';
  const under = counts.waiting + counts.sent + counts.queued;
  const said: [number, string][] = [
    [counts.read, 'done'],
    [under, 'in progress'],
    [counts.running, 'already in progress'],
    [counts.failed, 'failed'],
    [counts.unseen, 'outcome unknown'],
    [counts.skipped + counts.cancelled, 'skipped'],
  ];
  const parts = said.filter(([amount]) => amount > 0).map(([amount, word]) => `${count(amount)} ${word}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

/** Why a run was late, and how many due runs it replaces; `null` if it was on time. */
export function lateInWords(outcome: OutcomeView): string | null {
  if (outcome.reason === 'stillRunning' || outcome.reason === 'clockSetBack') return null;
  const why = outcome.reason === null ? '' : `: ${reasonInWords(outcome.reason)}`;
  if (outcome.earlier > 0)
    return `Caught up once for ${plural(outcome.earlier + 1, 'due run', 'due runs')}${why}`;
  return outcome.reason === null ? null : `Late${why}`;
}

/** The region of a zone, for a list of them in groups. */
export function zoneRegion(zone: string): string {
  return zone.includes('/') ? zone.slice(0, zone.indexOf('/')) : 'Other';
}

/** A zone without its region: "New York". */
export function zoneCity(zone: string): string {
  return zone
    .slice(zone.indexOf('/') + 1)
    .replaceAll('_', ' ')
    .replaceAll('/', ', ');
}

/** "A, B and C". */
export function joinWords(words: readonly string[]): string {
  if (words.length < 2) return words.join();
  return `${words.slice(0, -1).join(', ')} and ${words.at(-1) ?? ''}`;
}

/** With a capital. */
export function capitalize(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function hoursInWords(hours: number): string {
  if (hours === 1) return 'hour';
  if (hours % 168 === 0 && hours > 168) return `${hours / 168} weeks`;
  if (hours === 168) return 'week';
  if (hours % 24 === 0 && hours > 24) return `${hours / 24} days`;
  return hours === 24 ? 'day' : `${count(hours)} hours`;
}
