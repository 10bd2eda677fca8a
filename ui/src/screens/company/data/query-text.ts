// Completion of Codat's query language: what can stand where the cursor is.
import type { ColumnView } from '../../../lib/wire';

/** One thing that can stand there. */
export interface Completion {
  /** As it is written. */
  text: string;
  /** A few words about it. */
  hint: string;
}

/** What can stand at the cursor, and what it takes the place of. */
export interface Completions {
  /** From here up to `to`. */
  from: number;
  to: number;
  options: Completion[];
}

const OPERATORS: Completion[] = [
  { text: '=', hint: 'equals' },
  { text: '!=', hint: 'doesn’t equal' },
  { text: '~', hint: 'contains' },
  { text: '>', hint: 'is more than, or later' },
  { text: '<', hint: 'is less than, or earlier' },
  { text: '>=', hint: 'is at least' },
  { text: '<=', hint: 'is at most' },
];
const CONNECTIVES: Completion[] = [
  { text: '&&', hint: 'and' },
  { text: '||', hint: 'or' },
];
const MOST = 12;
const PIECE = /^(\s*)([^\s=!~<>]*)(\s*)(!=|>=|<=|[=~<>!])?(\s*)(.*)$/s;

/** What can stand at the cursor. Properties and their values come from the columns of the type. */
export function completionsAt(
  text: string,
  cursor: number,
  properties: readonly string[],
  columns: readonly ColumnView[],
): Completions {
  const start = pieceStart(text, cursor);
  const [, lead = '', property = '', gap = '', operator, space = '', value = ''] =
    PIECE.exec(text.slice(start, cursor)) ?? [];
  const from = start + lead.length;
  if (operator === undefined) {
    const isWhole = properties.some((known) => known.toLowerCase() === property.toLowerCase());
    if (isWhole && gap !== '') return { from: cursor, to: cursor, options: OPERATORS };
    return { from, to: from + property.length, options: matching(property, properties, columns) };
  }
  const valueFrom = from + property.length + gap.length + operator.length + space.length;
  const choices = columns.find((column) => column.order?.toLowerCase() === property.toLowerCase())?.choices;
  const typed = value.trimEnd();
  if (value !== typed && typed !== '') return { from: cursor, to: cursor, options: CONNECTIVES };
  const fitting = (choices ?? []).filter((choice) => isWithin(choice, typed));
  return {
    from: valueFrom,
    to: valueFrom + value.length,
    options: fitting.slice(0, MOST).map((choice) => ({ text: choice, hint: '' })),
  };
}

/** The text with a completion in its place, and where the cursor goes. */
export function complete(
  text: string,
  { from, to }: Completions,
  completion: Completion,
): { text: string; cursor: number } {
  const isConnective = completion.text === '&&' || completion.text === '||';
  const written = isConnective ? `${completion.text} ` : completion.text;
  return { text: text.slice(0, from) + written + text.slice(to), cursor: from + written.length };
}

/** Where the comparison begins that the cursor is in: after a connective or a brace. */
function pieceStart(text: string, cursor: number): number {
  const before = text.slice(0, cursor);
  const marks = ['&&', '||', '{', '}'].map((mark) => {
    const at = before.lastIndexOf(mark);
    return at < 0 ? 0 : at + mark.length;
  });
  return Math.max(...marks);
}

function matching(
  typed: string,
  properties: readonly string[],
  columns: readonly ColumnView[],
): Completion[] {
  const found = properties.filter((property) => isWithin(property, typed));
  const starts = (property: string) => property.toLowerCase().startsWith(typed.toLowerCase());
  found.sort((a, b) => Number(starts(b)) - Number(starts(a)));
  return found.slice(0, MOST).map((property) => ({
    text: property,
    hint: columns.find((column) => column.order === property)?.label ?? '',
  }));
}

function isWithin(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}
