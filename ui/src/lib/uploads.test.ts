import { afterEach, beforeEach, expect, test } from 'vitest';
import { stubHost } from '../test/stub-host';
import { chooseFilesToUpload, offerDroppedFiles } from './uploads';
import { shell } from './shell.svelte';
import type { ChosenFiles } from './wire';

const FILE: ChosenFiles = { id: 4, files: [{ name: 'a.pdf', bytes: 5, problem: null }], problem: null };

/** Ends the dialog in which files are chosen. */
let chosen: (files: ChosenFiles) => void;

beforeEach(() => {
  stubHost({ chooseUploads: () => new Promise<ChosenFiles>((resolve) => (chosen = resolve)) });
  shell.openCompany('one', 'files');
});

afterEach(() => {
  shell.pendingUpload = null;
  shell.navigate('companies');
});

test('dropped files are offered to the company that is open, on its page of files', () => {
  shell.openCompany('one', 'summary');
  offerDroppedFiles(FILE, null);
  expect(shell.pendingUpload).toEqual({ company: 'one', chosen: FILE, files: null });
  expect(shell.company?.tab).toBe('files');
});

test('what is offered to one company is not there at the next', () => {
  offerDroppedFiles(FILE, null);
  shell.openCompany('one', 'history');
  expect(shell.pendingUpload?.company, 'another page of the same one').toBe('one');
  shell.openCompany('two', 'files');
  expect(shell.pendingUpload).toBeNull();
});

test('files that were chosen for a company that is no longer open are offered to nobody', async () => {
  const choosing = chooseFilesToUpload('one', null);
  shell.openCompany('two', 'files');
  chosen(FILE);
  await choosing;
  expect(shell.pendingUpload).toBeNull();
});
