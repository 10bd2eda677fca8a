import { render, screen, waitFor } from '@testing-library/svelte';
import userEvent from '@testing-library/user-event';
import { expect, test } from 'vitest';
import { companyList } from '../../lib/lists';
import { announcement } from '../../lib/announce.svelte';
import { shell } from '../../lib/shell.svelte';
import { listOf, makeCompanies } from '../../test/data';
import { stubHost } from '../../test/stub-host';
import SinceYouLeft from './SinceYouLeft.svelte';

const LEFT = {
  since: Date.UTC(2026, 10, 30),
  lines: [
    { kind: 'broken' as const, count: 1_204, search: 'broke:12' },
    { kind: 'failedSchedules' as const, count: 1, search: null },
  ],
};

test('each line says what changed, opens it, and the card is announced and put away by its button', async () => {
  const host = stubHost({ ...listOf(makeCompanies(3)), putAwaySinceYouLeft: () => ({}) });
  const user = userEvent.setup();
  render(SinceYouLeft, { left: LEFT });
  expect(announcement.text.trim()).toBe('Since you left: 1,204 newly broken or unlinked, 1 schedule failed.');
  await user.click(screen.getByRole('button', { name: '1,204 newly broken or unlinked' }));
  expect(companyList.search).toBe('broke:12');
  await user.click(screen.getByRole('button', { name: '1 schedule failed' }));
  expect(shell.screen).toBe('schedules');
  await user.click(screen.getByRole('button', { name: /^Hide/ }));
  await waitFor(() => expect(host.argsOf('putAwaySinceYouLeft')).toEqual([{}]));
});
