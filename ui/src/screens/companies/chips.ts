// How many connection chips fit side by side. Pure arithmetic apart from measuring text.
import { count } from '../../lib/format';
import { COLOR_WORDS } from '../../lib/text';
import type { ColorName, ConnectionChip } from '../../lib/wire';

/** Between two chips. */
const GAP = 6;
/** Padding, shape and the room between shape and name, a pixel more than it is. */
const SHAPE_AND_PADDING = 35;
/** Between name and word. */
const WORD_GAP = 6;
/** Padding of what stands for the rest, and its shape with the room behind it. */
const MORE_PADDING = 16;
const MORE_SHAPE = 18;

/** What stands for chips that have no room. */
interface HiddenChips {
  /** The worst of their colors. */
  color: ColorName;
  /** How many, and how many of them are as bad as that: "+3", "+2 broken", "+3, 1 broken". */
  text: string;
}

/** What stands for these chips, worst first. */
export function summarizeHidden(chips: readonly ConnectionChip[]): HiddenChips {
  const color = chips[0]?.color ?? 'none';
  const all = `+${count(chips.length)}`;
  if (color === 'green' || color === 'none') return { color, text: all };
  const many = chips.filter((chip) => chip.color === color).length;
  const word = COLOR_WORDS[color].toLowerCase();
  return { color, text: many === chips.length ? `${all} ${word}` : `${all}, ${count(many)} ${word}` };
}

/** The width of what stands for these chips, in pixels. */
export function hiddenChipsWidth(
  chips: readonly ConnectionChip[],
  measure: (text: string, weight: number) => number,
): number {
  const { color, text } = summarizeHidden(chips);
  const shape = color === 'green' || color === 'none' ? 0 : MORE_SHAPE;
  return Math.ceil(MORE_PADDING + shape + measure(text, 500));
}

/**
 * How many chips stand side by side in `room` pixels. At least one: a single long one is cut short. `rest` is the
 * width of what stands for those from a place on.
 */
export function chipsThatFit(
  widths: readonly number[],
  room: number,
  rest: (from: number) => number,
): number {
  let used = 0;
  for (let at = 0; at < widths.length; at += 1) {
    const isLast = at === widths.length - 1;
    used += (widths[at] ?? 0) + (at === 0 ? 0 : GAP);
    const needed = isLast ? used : used + GAP + rest(at + 1);
    if (needed > room) return Math.max(1, at);
  }
  return widths.length;
}

/** The width of a chip, in pixels. */
export function chipWidth(chip: ConnectionChip, measure: (text: string, weight: number) => number): number {
  const word = chip.color === 'green' ? 0 : measure(chip.word, 500) + WORD_GAP;
  return Math.ceil(SHAPE_AND_PADDING + measure(chip.name, 400) + word);
}

/** A measure of text at 12 px that remembers what it measured. */
export function textMeasure(): (text: string, weight: number) => number {
  const known = new Map<string, number>();
  const context = document.createElement('canvas').getContext('2d');
  return (text, weight) => {
    const key = `${weight} ${text}`;
    const before = known.get(key);
    if (before !== undefined) return before;
    if (context) context.font = `${weight} 12px "Inter Variable", Inter, system-ui, sans-serif`;
    const width = context ? context.measureText(text).width : text.length * 6.4;
    if (known.size > 5_000) known.clear();
    known.set(key, width);
    return width;
  };
}
