import { describe, expect, it } from 'vitest';
import { moveInQueue } from './sync-order';

const queue = [
  { dataType: 'bills', order: 2 },
  { dataType: 'items', order: 5 },
  { dataType: 'journals', order: 9 },
];

describe('moving a data type in the queue', () => {
  it('gives the places out anew and leaves alone what keeps its own', () => {
    expect(moveInQueue(queue, 'items', 0)).toEqual([
      { dataType: 'items', order: 2 },
      { dataType: 'bills', order: 5 },
    ]);
    expect(moveInQueue(queue, 'bills', 2)).toEqual([
      { dataType: 'items', order: 2 },
      { dataType: 'journals', order: 5 },
      { dataType: 'bills', order: 9 },
    ]);
  });

  it('does nothing where nothing moves', () => {
    expect(moveInQueue(queue, 'bills', 0)).toEqual([]);
    expect(moveInQueue(queue, 'bills', -3)).toEqual([]);
    expect(moveInQueue(queue, 'unknown', 1)).toEqual([]);
  });

  it('tells apart types that had the same place', () => {
    const same = queue.map((one) => ({ ...one, order: 0 }));
    expect(moveInQueue(same, 'journals', 0)).toEqual([
      { dataType: 'bills', order: 1 },
      { dataType: 'items', order: 2 },
    ]);
  });
});
