// How many connection chips fit side by side. Pure arithmetic apart from measuring text.
import type { ConnectionChip } from '../../lib/wire';

/** Between two chips. */
const GAP = 6;
/** Padding, shape, mark and the room between them, a pixel more than it is. */
const SHAPE_AND_PADDING = 56;
/** Between name and word. */
const WORD_GAP = 6;
/** "+12". */
const MORE = 40;

/** How many chips stand side by side in `room` pixels. At least one: a single long one is cut short. */
export function chipsThatFit(widths: readonly number[], room: number): number {
  let used = 0;
  for (let at = 0; at < widths.length; at += 1) {
    const isLast = at === widths.length - 1;
    used += (widths[at] ?? 0) + (at === 0 ? 0 : GAP);
    const needed = isLast ? used : used + GAP + MORE;
    if (needed > room) return Math.max(1, at);
  }
  return widths.length;
}

/** The width of a chip, in pixels. */
export function chipWidth(chip: ConnectionChip, measure: (text: string, weight: number) => number): number {
  const word = chip.colour === 'green' ? 0 : measure(chip.word, 500) + WORD_GAP;
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
