// Where a chart's months are drawn, in pixels. Places come from 0 at the lower edge to 10,000 at the upper.
import type { ChartMonth } from '../../lib/wire';

const TOP = 10_000;
/** The share of a month's room that its bar takes. */
const BAR = 0.74;
/** A bar is not wider than this. */
const WIDEST = 56;

/** The room there is. */
interface PlotArea {
  width: number;
  height: number;
}

/** A bar; of a month that is missing, the room where it would be. */
interface Bar {
  x: number;
  y: number;
  width: number;
  height: number;
}

/** How far down a place lies. */
export function toY(at: number, room: PlotArea): number {
  return room.height - (at / TOP) * room.height;
}

/** The middle of a month's room. */
export function monthCenter(index: number, months: number, room: PlotArea): number {
  return months === 0 ? 0 : ((index + 0.5) / months) * room.width;
}

/** The bar of a month, from nothing up or down; one of nothing can still be seen. */
export function bar(index: number, months: number, at: number, zero: number, room: PlotArea): Bar {
  const width = Math.min(WIDEST, (room.width / Math.max(1, months)) * BAR);
  const [top, bottom] = [toY(Math.max(at, zero), room), toY(Math.min(at, zero), room)];
  const height = Math.max(1, bottom - top);
  return {
    x: monthCenter(index, months, room) - width / 2,
    y: at < zero ? top : bottom - height,
    width,
    height,
  };
}

/** The line through the months that have a profit, broken where one is missing: a path's `d`. */
export function line(months: readonly ChartMonth[], room: PlotArea): string {
  const steps: string[] = [];
  let isDrawing = false;
  months.forEach((month, index) => {
    if (month.profitAt === null) {
      isDrawing = false;
      return;
    }
    const [x, y] = [monthCenter(index, months.length, room), toY(month.profitAt, room)];
    steps.push(`${isDrawing ? 'L' : 'M'}${round(x)} ${round(y)}`);
    isDrawing = true;
  });
  return steps.join('');
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
