import { render, screen, waitFor, within } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { beforeEach, expect, test } from 'vitest';
import { session } from '../../lib/session.svelte';
import { makeForecast, makeSchedule, makeSchedules, makeSession, makeWorkspace } from '../../test/data';
import { fails, stubHost, type StubHost } from '../../test/stub-host';
import Schedules from './Schedules.svelte';

const schedules = makeSchedules([
  makeSchedule({ id: 1, name: 'UK invoices' }),
  makeSchedule({ id: 2, name: 'Watch list', on: false }),
]);

let backend: StubHost;

beforeEach(async () => {
  backend = stubHost({
    session: () => makeSession(),
    schedules: () => schedules,
    scheduleForecast: () => makeForecast(),
    timeZones: () => ['Europe/London', 'UTC'],
    saveSchedule: () => schedules,
  });
  await session.load();
});

async function open(): Promise<ReturnType<typeof userEvent.setup>> {
  const user = userEvent.setup();
  render(Schedules);
  await user.click(await screen.findByRole('button', { name: 'New schedule' }));
  return user;
}

/** What was typed would be there again for the next one. */
async function discard(user: ReturnType<typeof userEvent.setup>): Promise<void> {
  await user.click(screen.getByRole('button', { name: 'Cancel' }));
}

const save = () => screen.getByRole('button', { name: 'Save schedule' });
const saved = () => backend.argsOf('saveSchedule');

test('a search that is empty or not understood is not saved, and its wrong word is named at its field', async () => {
  const user = await open();
  await user.type(screen.getByLabelText('Name'), 'Blue');
  await user.click(screen.getByRole('radio', { name: 'Matching a search' }));
  expect(save()).toHaveAttribute('aria-disabled', 'true');
  expect(screen.getByText('Type a search, or choose All companies.')).toBeInTheDocument();
  backend.stubs.scheduleForecast = fails('searchInvalid', 'There is no color “blue”.');
  const field = screen.getByRole('searchbox', { name: 'Search' });
  await user.type(field, 'is:blue');
  expect(await screen.findByText('There is no color “blue”.')).toBeInTheDocument();
  expect(field).toHaveAccessibleDescription('There is no color “blue”.');
  expect(save()).toHaveAttribute('aria-disabled', 'true');
  await user.click(save());
  expect(saved()).toEqual([]);
  await discard(user);
});

test('several data types can be selected, and one can be removed again', async () => {
  backend.stubs.schedules = () => ({
    ...makeSchedules(),
    dataTypes: ['Bills', 'Invoices', 'Items'].map((name) => ({
      key: name.toLowerCase(),
      name,
      group: 'All',
    })),
  });
  const user = await open();
  await user.type(screen.getByLabelText('Name'), 'Both');
  await user.selectOptions(screen.getByLabelText('Data'), 'invoices');
  await user.selectOptions(screen.getByLabelText('Data, 2'), 'items');
  await user.selectOptions(screen.getByLabelText('Data, 3'), 'bills');
  expect(screen.queryByLabelText('Data, 4')).toBeNull();
  await user.selectOptions(screen.getByLabelText('Data, 2'), '');
  expect(screen.getByLabelText('Data, 2')).toHaveValue('bills');
  expect(await screen.findByText(/^Refresh Invoices and Bills of all companies/)).toBeInTheDocument();
  await user.click(save());
  await expect.poll(() => saved()[0]?.plan.dataTypes).toEqual(['invoices', 'bills']);
});

test('what is typed is changed by nobody but who typed it', async () => {
  const user = await open();
  await user.click(screen.getByLabelText('Name'));
  await user.paste('x'.repeat(120));
  expect(screen.getByLabelText('Name')).toHaveValue('x'.repeat(120));
  expect(screen.getByText('At most 100 characters; this has 120.')).toBeInTheDocument();
  expect(save()).toHaveAttribute('aria-disabled', 'true');
  await user.clear(screen.getByLabelText('Name'));
  await user.type(screen.getByLabelText('Name'), 'Good');
  await user.clear(screen.getByLabelText('Time 1'));
  await user.tab();
  expect(await screen.findByText(/^Enter each time as hours and minutes/)).toBeInTheDocument();
  await user.type(screen.getByLabelText('Time 1'), 'noon');
  await user.tab();
  expect(screen.getByLabelText('Time 1')).toHaveValue('noon');
  await user.click(screen.getByRole('button', { name: 'Add time' }));
  expect(screen.getByLabelText('Time 2')).toHaveValue('12:00');
  expect(save()).toHaveAttribute('aria-disabled', 'true');
  await user.click(screen.getByRole('radio', { name: 'A set time after the last refresh' }));
  await user.clear(screen.getByLabelText('Every'));
  await user.type(screen.getByLabelText('Every'), '1.5');
  expect(screen.getByLabelText('Every')).toHaveValue(1.5);
  expect(screen.getByText('Whole hours, from 1 to 8,784.')).toBeInTheDocument();
  expect(save()).toHaveAttribute('aria-disabled', 'true');
  await user.click(save());
  expect(saved()).toEqual([]);
  await discard(user);
});

test('a time is read however it is written', async () => {
  const user = await open();
  await user.clear(screen.getByLabelText('Time 1'));
  await user.type(screen.getByLabelText('Time 1'), '0847');
  await user.tab();
  expect(screen.getByLabelText('Time 1')).toHaveValue('08:47');
  await discard(user);
});

test('a double click on Save adds one schedule', async () => {
  const user = await open();
  await user.type(screen.getByLabelText('Name'), 'Once');
  await waitFor(() => expect(save()).toHaveAttribute('aria-disabled', 'false'));
  await user.dblClick(save());
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull());
  expect(saved()).toHaveLength(1);
});

test('in View a schedule can be switched off, and not on', async () => {
  backend.stubs.session = () => makeSession({ workspaces: [makeWorkspace({ safeMode: 'view' })] });
  await session.load();
  render(Schedules);
  const row = (name: string) => screen.findByRole('switch', { name: `${name} is on` });
  expect(await row('UK invoices')).toBeEnabled();
  expect(await row('Watch list')).toBeDisabled();
  expect(within(document.body).getByRole('button', { name: 'New schedule' })).toHaveAttribute(
    'aria-disabled',
    'true',
  );
});
