import { render, screen } from '@testing-library/svelte';
import { beforeEach, expect, test } from 'vitest';
import { stubHost, type StubHost } from '../../test/stub-host';
import CompanyNotFound from './CompanyNotFound.svelte';

let backend: StubHost;

beforeEach(() => {
  backend = stubHost();
});

test('a company of another workspace says which, with a button that goes there', async () => {
  backend.stubs.findCompany = () => ({ workspace: 'prod', name: 'Production' });
  render(CompanyNotFound, { id: 'company-1' });
  expect(await screen.findByRole('button', { name: 'Open Production' })).toBeTruthy();
  expect(screen.getByText(/This company is in the workspace/).textContent).toContain('Production');
});

test('a company that no workspace has may have been deleted', async () => {
  backend.stubs.findCompany = () => null;
  render(CompanyNotFound, { id: 'company-1' });
  expect(await screen.findByText(/None of your open workspaces has this company/)).toBeTruthy();
  expect(screen.getByRole('button', { name: 'Back to Companies' })).toBeTruthy();
});
