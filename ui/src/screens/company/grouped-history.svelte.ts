// A history as a grid shows it: one line for each refresh, which opens, and one for a read or write of its own.
import { SvelteSet } from 'svelte/reactivity';
import type { GridList, Moved, Part } from '../../lib/paged-list.svelte';
import type { Span } from '../../lib/windowing';
import type { HistoryRow } from '../../lib/wire';
import { failuresFirst, GAP, groupReads } from './history-groups';
import type { History } from './history.svelte';

/** The reads of one refresh. */
export interface GroupLine {
  kind: 'group';
  reads: readonly HistoryRow[];
  isOpen: boolean;
  /** Whether older reads, which aren’t loaded yet, may belong to it. */
  mayContinue: boolean;
  /** The index after its oldest row in the history. */
  end: number;
}

/** A read or a write. */
export interface RowLine {
  kind: 'row';
  row: HistoryRow;
  isNested: boolean;
  /** The index after the row, or after its group, in the history. */
  end: number;
}

export type HistoryLine = GroupLine | RowLine;

export class GroupedHistory implements GridList<HistoryLine> {
  readonly history: History;
  onMoved: (moved: Moved) => void = () => {};
  readonly lines: readonly HistoryLine[] = $derived.by(() => this.#buildLines());
  readonly head: Part<HistoryLine> | null = $derived.by(() =>
    this.history.head === null ? null : { total: this.lines.length, rows: this.lines },
  );
  readonly activeIndex: number = $derived.by(() => {
    const found = this.#anchor === null ? -1 : this.#indexOfAnchor(this.#anchor);
    return found >= 0 ? found : Math.max(0, Math.min(this.#index, this.lines.length - 1));
  });
  readonly activeRow: HistoryLine | null = $derived(this.lines[this.activeIndex] ?? null);
  #index = $state(0);
  /** The row that the keyboard is at, or a row of the group that it is at. */
  #anchor = $state.raw<{ kind: HistoryLine['kind']; id: string } | null>(null);
  /** Reads whose group is open: a group may grow at both ends. */
  readonly #open = new SvelteSet<string>();
  #seen: Span = { first: 0, end: 0 };
  /** The first line in view. */
  #top: { kind: HistoryLine['kind']; id: string } | null = null;

  constructor(history: History) {
    this.history = history;
    history.onMoved = (moved) => this.#move(moved);
  }

  get total(): number {
    return this.lines.length;
  }

  get asking(): boolean {
    return this.history.asking;
  }

  row(index: number): HistoryLine | undefined {
    return this.lines[index];
  }

  /** The line of a read or write; −1 if it is in no open group. */
  indexOf(id: string): number {
    return this.#indexOfAnchor({ kind: 'row', id });
  }

  /** Opens the group of a read, so that it has a line. */
  reveal(id: string): void {
    if (this.indexOf(id) < 0 && this.#indexOfAnchor({ kind: 'group', id }) >= 0) this.#open.add(id);
  }

  activate(index: number): void {
    this.#index = Math.max(0, Math.min(index, this.total - 1));
    this.#anchor = anchorOf(this.lines[this.#index]);
  }

  /** Opens a group. */
  open(line: GroupLine): void {
    const [first] = line.reads;
    if (first) this.#open.add(first.id);
  }

  /** Closes the group of a line; the keyboard goes to it. */
  close(line: HistoryLine): void {
    const id = anchorOf(line)?.id;
    const at = id === undefined ? -1 : this.#indexOfAnchor({ kind: 'group', id });
    const group = this.lines[at];
    if (group?.kind !== 'group') return;
    this.activate(at);
    for (const { id } of group.reads) this.#open.delete(id);
  }

  look(span: Span): void {
    this.#seen = span;
    this.#top = anchorOf(this.lines[span.first]);
    this.#lookAtRows();
  }

  /** All rows from the newest to the last one in view stay loaded, so that the sizes of groups are right. */
  #lookAtRows(): void {
    const last = this.lines[Math.min(this.#seen.end, this.lines.length) - 1];
    this.history.look({ first: 0, end: last?.end ?? 0 });
  }

  #buildLines(): HistoryLine[] {
    const { history } = this;
    const rows: HistoryRow[] = [];
    for (let row = history.row(0); row !== undefined; row = history.row(rows.length)) rows.push(row);
    if (history.writes) return rows.map((row, at) => ({ kind: 'row', row, isNested: false, end: at + 1 }));
    const isAllHere = history.total <= rows.length;
    let end = 0;
    const groups = groupReads(rows);
    return groups.flatMap((reads, at): HistoryLine[] => {
      end += reads.length;
      const [first] = reads;
      const mayContinue = this.#mayContinue(reads, groups[at + 1], isAllHere);
      // One that may be the beginning of a refresh is shown as what it is so far.
      if (reads.length === 1 && first) return [{ kind: 'row', row: first, isNested: false, end }];
      const isOpen = reads.some(({ id }) => this.#open.has(id));
      const group: GroupLine = { kind: 'group', reads, isOpen, mayContinue, end };
      if (!isOpen) return [group];
      const nested = failuresFirst(reads).map((row): RowLine => ({ kind: 'row', row, isNested: true, end }));
      return [group, ...nested];
    });
  }

  /** Whether a read that isn’t loaded may be close enough to the oldest of a group. */
  #mayContinue(
    reads: readonly HistoryRow[],
    next: readonly HistoryRow[] | undefined,
    isAllHere: boolean,
  ): boolean {
    const { more, completeTo } = this.history;
    if (next === undefined && !isAllHere) return true;
    const oldest = reads.at(-1)?.requested ?? 0;
    return more && Math.max(oldest - GAP, next?.[0]?.requested ?? 0) < completeTo;
  }

  #indexOfAnchor({ kind, id }: { kind: HistoryLine['kind']; id: string }): number {
    return this.lines.findIndex((line) => {
      if (line.kind !== kind) return false;
      return line.kind === 'row' ? line.row.id === id : line.reads.some((read) => read.id === id);
    });
  }

  /** At the top new lines appear in view; further down the lines in view stay in place. */
  #move(moved: Moved): void {
    if (moved.kind === 'reset') {
      this.#anchor = null;
      this.#index = 0;
      this.onMoved(moved);
      return;
    }
    const { first } = this.#seen;
    const now = this.#top === null ? -1 : this.#indexOfAnchor(this.#top);
    this.onMoved({ kind: 'shift', rows: first === 0 || now < 0 ? 0 : now - first });
    // The same lines may now stand for more rows.
    this.#lookAtRows();
  }
}

function anchorOf(line: HistoryLine | undefined): { kind: HistoryLine['kind']; id: string } | null {
  if (line === undefined) return null;
  const id = line.kind === 'row' ? line.row.id : line.reads[0]?.id;
  return id === undefined ? null : { kind: line.kind, id };
}
