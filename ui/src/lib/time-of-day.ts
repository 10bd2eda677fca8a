// A time of day as a person types it.

/** `HH:MM` of "8", "0847", "8:47", "8.47" or "8:47 pm"; null if it is no time of day. */
export function parseTimeOfDay(text: string): string | null {
  const parts = /^(\d{1,2}?)(?:[:.h ]?(\d{2}))?\s*([ap])?\.?(?:m\.?)?$/i.exec(text.trim());
  if (parts === null) return null;
  const [, hours = '', minutes = '00', half] = parts;
  const hour = half === undefined ? Number(hours) : hourOf(Number(hours), half.toLowerCase() === 'p');
  if (hour === null || hour > 23 || Number(minutes) > 59) return null;
  return `${String(hour).padStart(2, '0')}:${minutes}`;
}

/** Whether a text is `HH:MM`. */
export function isTimeOfDay(text: string): boolean {
  return parseTimeOfDay(text) === text;
}

/** The hour of the day of an hour on a clock face, which has 12 in place of 0. */
function hourOf(hour: number, isAfternoon: boolean): number | null {
  return hour < 1 || hour > 12 ? null : (hour % 12) + (isAfternoon ? 12 : 0);
}
