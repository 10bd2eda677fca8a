import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, test, vi } from 'vitest';
import type { SyncFields, SyncRow } from '../../lib/wire';
import Row from './Row.svelte';

const fields = (order: number): SyncFields => ({
  fetchOnFirstLink: true,
  hours: 24,
  order,
  from: null,
  window: null,
  months: null,
});

test('the order counts from 1 on screen and from 0 for Codat', async () => {
  const onchange = vi.fn();
  const row = {
    dataType: 'invoices',
    name: 'Invoices',
    category: 'Sales',
    isStatement: false,
    locked: false,
    set: fields(0),
    inherited: fields(6),
  } as unknown as SyncRow;
  const draft = { was: fields(4), becomes: fields(0), isContested: false };
  render(Row, { row, fields: fields(0), draft, problem: null, disabledReason: null, onchange });
  const order = screen.getByRole<HTMLInputElement>('spinbutton', { name: 'Order of Invoices' });
  expect(order.value).toBe('1');
  expect(order.min).toBe('1');
  expect(screen.getByText('was 5')).toBeTruthy();
  expect(screen.getByText('Workspace: 7')).toBeTruthy();
  await userEvent.clear(order);
  await userEvent.type(order, '3');
  expect(onchange).toHaveBeenLastCalledWith({ order: 2 });
});
