import { afterEach, beforeEach, expect, test } from 'vitest';
import { useHost, type Host } from './host';
import { choose, take } from './offers';
import { shell } from './shell.svelte';
import type { ChosenFiles } from './wire';

const FILE: ChosenFiles = { id: 4, files: [{ name: 'a.pdf', bytes: 5, problem: null }], problem: null };

/** Ends the dialog in which files are chosen. */
let chosen: (files: ChosenFiles) => void;

beforeEach(() => {
  const host: Host = {
    goesBackByItself: true,
    files: null,
    saveExport: () => {},
    writeClipboard: async () => {},
    listen: () => () => {},
    call: async (name) => {
      expect(name).toBe('chooseUploads');
      return new Promise((resolve) => {
        chosen = resolve;
      });
    },
  };
  useHost(host);
  shell.openCompany('one', 'files');
});

afterEach(() => {
  shell.offer = null;
  shell.go('companies');
  useHost(null);
});

test('dropped files are offered to the company that is open, on its page of files', () => {
  shell.openCompany('one', 'summary');
  take(FILE, null);
  expect(shell.offer).toEqual({ company: 'one', chosen: FILE, files: null });
  expect(shell.company?.tab).toBe('files');
});

test('what is offered to one company is not there at the next', () => {
  take(FILE, null);
  shell.openCompany('one', 'history');
  expect(shell.offer?.company, 'another page of the same one').toBe('one');
  shell.openCompany('two', 'files');
  expect(shell.offer).toBeNull();
});

test('files that were chosen for a company that is no longer open are offered to nobody', async () => {
  const choosing = choose('one', null);
  shell.openCompany('two', 'files');
  chosen(FILE);
  await choosing;
  expect(shell.offer).toBeNull();
});
