// The filters of a search in plain words, such as "Status: Broken" for `is:red`.
import { date, plural } from './format';
import { splitWords } from './search-text';

/** A word of the search: a filter with its meaning in words, or text as it was typed. */
export interface SearchPart {
  /** As it stands in the search. */
  text: string;
  start: number;
  end: number;
  /** The meaning of a filter; null for text and for what is no whole filter. */
  label: string | null;
}

const STATUSES: Record<string, string> = {
  attention: 'Broken or unlinked',
  red: 'Broken',
  broken: 'Broken',
  grey: 'Unlinked',
  unlinked: 'Unlinked',
  purple: 'Pending',
  pending: 'Pending',
  green: 'Linked',
  linked: 'Linked',
  none: 'No connections',
  unreadable: 'Unreadable',
};

const UNITS: Record<string, readonly [one: string, many: string]> = {
  m: ['minute', 'minutes'],
  h: ['hour', 'hours'],
  d: ['day', 'days'],
  w: ['week', 'weeks'],
};

const MONTH = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric' });

type Sign = '' | '<' | '<=' | '>' | '>=';

/** How the label of a filter about time starts, by what is compared: a length of time, or a day, month or year. */
const TIMES: Record<string, { within: string; beyond: (length: string) => string; name: string }> = {
  stale: { within: 'Refreshed within', beyond: (length) => `Not refreshed for ${length}`, name: 'Refreshed' },
  created: { within: 'Created within', beyond: (length) => `Created over ${length} ago`, name: 'Created' },
  expires: { within: 'Expires within', beyond: (length) => `Expires after ${length}`, name: 'Expires' },
};

const PERIOD_WORDS: Record<Sign, string> = {
  '': 'in',
  '<': 'before',
  '<=': 'until',
  '>': 'after',
  '>=': 'from',
};

/** The words of a search, in order. */
export function searchParts(search: string): SearchPart[] {
  return splitWords(search).map((word) => ({ ...word, label: filterLabel(word.text) }));
}

/** The meaning of a filter in plain words; null where the word is not a whole filter. */
export function filterLabel(word: string): string | null {
  const [, minus = '', name = '', rest = ''] = /^(-?)([a-z]+):(.+)$/is.exec(word) ?? [];
  const value = rest.replaceAll('"', '').trim();
  if (value === '') return null;
  const label = labelOf(name.toLowerCase(), value);
  if (label === null || minus === '') return label;
  return `Not ${(label[0] ?? '').toLowerCase()}${label.slice(1)}`;
}

function labelOf(name: string, value: string): string | null {
  switch (name) {
    case 'is':
      return labeled('Status', STATUSES[value.toLowerCase()]);
    case 'has':
      return labeled('Any connection', STATUSES[value.toLowerCase()]);
    case 'platform':
      return `Integration: ${value}`;
    case 'tag':
      return tagLabel(value);
    case 'by':
      return `Created by: ${value}`;
    case 'name':
      return `Name: ${value}`;
    case 'product':
      return `Product: ${value}`;
    case 'alert':
      return /^\d+$/.test(value) ? `Notification ${value}` : null;
    case 'broke':
      return sinceLabel('Broke since you left', value);
    case 'healed':
      return sinceLabel('Linked again since you left', value);
    case 'appeared':
      return sinceLabel('New since you left', value);
    default:
      return timeLabel(name, value);
  }
}

/** The label of a filter with the number of a change, which the app writes. */
function sinceLabel(label: string, value: string): string | null {
  return /^\d+$/.test(value) ? label : null;
}

function labeled(name: string, value: string | undefined): string | null {
  return value === undefined ? null : `${name}: ${value}`;
}

function tagLabel(value: string): string | null {
  const [key = '', ...rest] = value.split('=');
  const tag = rest.join('=');
  if (key === '') return null;
  return tag === '' ? `Tag: ${key}` : `Tag ${key}: ${tag}`;
}

function timeLabel(name: string, value: string): string | null {
  const words = TIMES[name];
  const [, sign = '', rest = ''] = /^(>=|<=|>|<|)(.+)$/.exec(value) ?? [];
  if (words === undefined) return null;
  const length = lengthInWords(rest);
  if (length !== null) {
    const isBeyond = sign.startsWith('>') || (sign === '' && name === 'stale');
    return isBeyond ? words.beyond(length) : `${words.within} ${length}`;
  }
  const period = name === 'stale' ? null : periodInWords(rest);
  if (period === null) return null;
  const word = sign === '' && period.isDay ? 'on' : PERIOD_WORDS[sign as Sign];
  return `${words.name} ${word} ${period.text}`;
}

/** A length of time such as `7d`. */
function lengthInWords(text: string): string | null {
  const [, amount, unit = ''] = /^(\d{1,6})([mhdw])$/i.exec(text) ?? [];
  const names = UNITS[unit.toLowerCase()];
  return names === undefined ? null : plural(Number(amount), ...names);
}

/** A day, a month or a year. */
function periodInWords(text: string): { text: string; isDay: boolean } | null {
  const [, year, month, day] = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(text) ?? [];
  if (year === undefined) return null;
  if (month === undefined) return { text: year, isDay: false };
  const at = new Date(Number(year), Number(month) - 1, Number(day ?? 1));
  const isReal = at.getMonth() === Number(month) - 1 && at.getDate() === Number(day ?? 1);
  if (!isReal) return null;
  return day === undefined
    ? { text: MONTH.format(at), isDay: false }
    : { text: date(at.getTime()), isDay: true };
}
