import { render, screen } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { shell } from '../../lib/shell.svelte';
import { makeCompany, makeConnection, makeProblem } from '../../test/data';
import BrokenStrip from './BrokenStrip.svelte';

const lost = (id: string, name: string) =>
  makeConnection({
    id,
    name,
    color: 'red',
    status: 'Deauthorized',
    word: 'Deauthorized',
    problem: makeProblem({ code: '401' }),
  });

test('several broken connections are the first and a count that leads to Connections', async () => {
  const connections = [lost('1', 'QuickBooks'), lost('2', 'Xero'), lost('3', 'Sage'), makeConnection()];
  render(BrokenStrip, { company: makeCompany({ connections }) });
  expect(screen.getByRole('status').textContent).toContain('QuickBooks needs to be reconnected.');
  expect(screen.getByRole('status').textContent).toContain('Codat reported error 401.');
  expect(screen.getByRole('button', { name: /reconnect link/ })).toBeTruthy();
  await userEvent.click(screen.getByRole('button', { name: 'and 2 more' }));
  expect(shell.company).toMatchObject({ id: 'company-1', tab: 'connections' });
});

test('what the customer can’t fix offers no link', () => {
  const problem = makeProblem({ actor: 'platform', happened: 'doesn’t respond', toDo: 'Nothing to send.' });
  render(BrokenStrip, { company: makeCompany({ connections: [{ ...lost('1', 'Xero'), problem }] }) });
  expect(screen.getByRole('status').textContent).toContain('Nothing to send.');
  expect(screen.queryByRole('button')).toBeNull();
});

test('a company without broken connections has no strip', () => {
  render(BrokenStrip, { company: makeCompany({ connections: [makeConnection()] }) });
  expect(screen.queryByRole('status')).toBeNull();
});
