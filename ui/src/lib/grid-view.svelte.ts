// The visible part of a long list: its scroll position, and which rows are drawn where.
import { drawn, listTop, OVERSCAN, railHeight, railTop, reveal, rowTop, seen, type Span } from './windowing';

/** The shape of a list, in rows and pixels. */
export interface Shape {
  rows: number;
  rowHeight: number;
  headHeight: number;
  /** Width of the pinned columns at both sides. */
  pinned: { left: number; right: number };
}

/** The view of one list. */
export class GridView {
  /** The element that scrolls. */
  element = $state<HTMLElement>();
  /** How far it is scrolled sideways, in pixels. */
  left = $state(0);
  #rail = $state(0);
  #height = $state(600);
  readonly #shape: () => Shape;

  readonly #measures = $derived.by(() => {
    const { rows, rowHeight, headHeight } = this.#shape();
    return { rows, rowHeight, height: Math.max(0, this.#height - headHeight) };
  });
  /** How far the list is scrolled, in pixels; more than the element where the list is longer than elements can be. */
  readonly top = $derived(listTop(this.#rail, this.#measures));
  /** The rows that are seen. */
  readonly seen = $derived<Span>(seen(this.top, this.#measures));
  /** The rows that are drawn. */
  readonly drawn = $derived<Span>(drawn(this.top, this.#measures));
  /** The height of all rows, as far as an element can have it. */
  readonly railHeight = $derived(railHeight(this.#measures));
  /** The number of rows that Page Up and Page Down move. */
  readonly pageOfRows = $derived(
    Math.max(1, Math.floor(this.#measures.height / this.#measures.rowHeight) - 1),
  );
  /** The drawn rows, each with the number of its element; elements are reused while scrolling. */
  readonly slots = $derived.by(() => {
    const { first, end } = this.drawn;
    const { height, rowHeight } = this.#measures;
    const many = Math.max(Math.ceil(height / rowHeight) + 2 * OVERSCAN + 1, end - first);
    const all = Array.from({ length: end - first }, (_, at) => first + at);
    return all.map((index) => ({ slot: index % many, index })).sort((one, other) => one.slot - other.slot);
  });

  constructor(shape: () => Shape) {
    this.#shape = shape;
  }

  /** Where a row is drawn, in pixels. */
  topOf(index: number): number {
    return rowTop(index, this.#rail, this.top, this.#measures);
  }

  /** Observes the size of the element and reports its width in pixels; returns a function that stops. */
  watch(onwidth: (width: number) => void): (() => void) | undefined {
    const { element } = this;
    if (element === undefined) return undefined;
    // `bind:clientWidth` watches the border: it would not see that a scroll bar takes a part of the width.
    const measure = () => {
      this.#height = element.clientHeight;
      onwidth(element.clientWidth);
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }

  /** The element was scrolled. */
  scrolled(): void {
    this.#rail = this.element?.scrollTop ?? 0;
    this.left = this.element?.scrollLeft ?? 0;
  }

  /** Scrolls the list to a place, in pixels. */
  scrollTo(place: number): void {
    this.#rail = railTop(place, this.#measures);
    if (this.element) this.element.scrollTop = this.#rail;
  }

  /** Scrolls by a number of rows. */
  scrollBy(rows: number): void {
    this.scrollTo(this.top + rows * this.#measures.rowHeight);
  }

  /** Scrolls the least distance that shows the whole row. */
  show(index: number): void {
    const place = reveal(index, this.top, this.#measures);
    if (place !== this.top) this.scrollTo(place);
  }

  /** Scrolls sideways the least distance that shows the whole heading between the pinned columns. */
  showHeading(heading: Element): void {
    const { element } = this;
    if (!element || getComputedStyle(heading).position === 'sticky') return;
    const { left, right } = this.#shape().pinned;
    const start = heading.getBoundingClientRect().left - element.getBoundingClientRect().left - left;
    const over = start + heading.clientWidth - (element.clientWidth - left - right);
    if (start < 0) element.scrollLeft += start;
    else if (over > 0) element.scrollLeft += Math.min(over, start);
  }
}
