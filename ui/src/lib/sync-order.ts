// The order in which data types are queued, changed by moving one of them.

/** A data type and its place in the queue. */
interface QueuedType {
  dataType: string;
  order: number;
}

/**
 * The places after one type was moved to another position, of those whose place differs. The places that there
 * were are given out anew, so that other lists keep theirs; where two had the same, the later one moves on.
 */
export function moveInQueue(queue: readonly QueuedType[], dataType: string, position: number): QueuedType[] {
  const from = queue.findIndex((one) => one.dataType === dataType);
  const moving = queue[from];
  if (moving === undefined) return [];
  const at = Math.max(0, Math.min(queue.length - 1, position));
  const wanted = queue.toSpliced(from, 1).toSpliced(at, 0, moving);
  const places = queue.map((one) => one.order).toSorted((one, other) => one - other);
  let last = Number.NEGATIVE_INFINITY;
  return wanted
    .map((one, index) => {
      last = Math.max(places[index] ?? 0, last + 1);
      return { dataType: one.dataType, order: last };
    })
    .filter(({ dataType: key, order }) => queue.find((one) => one.dataType === key)?.order !== order);
}

/** How a row is moved: by the arrow keys, or dragged by a pointer. */
export interface RowMove {
  /** A number of places; negative is up. */
  by: (places: number) => void;
  /** The drag started. */
  start: () => void;
  /** The pointer moved. */
  over: (x: number, y: number) => void;
  /** The pointer was released. */
  drop: () => void;
  /** The system canceled the drag. */
  cancel: () => void;
}
