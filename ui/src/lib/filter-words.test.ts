import { expect, test } from 'vitest';
import { filterLabel, searchParts } from './filter-words';

test('a filter is said in plain words', () => {
  const words: Record<string, string> = {
    'is:red': 'Status: Broken',
    'IS:Attention': 'Status: Broken or unlinked',
    'has:grey': 'Any connection: Unlinked',
    'platform:"quickbooks online"': 'Integration: quickbooks online',
    'tag:region=uk': 'Tag region: uk',
    'tag:region': 'Tag: region',
    'by:ann': 'Created by: ann',
    'name:"a: b"': 'Name: a: b',
    'alert:12': 'Notification 12',
    'broke:12': 'Broke since you left',
    'healed:12': 'Linked again since you left',
    'appeared:12': 'New since you left',
    'stale:>7d': 'Not refreshed for 7 days',
    'stale:7d': 'Not refreshed for 7 days',
    'stale:<1h': 'Refreshed within 1 hour',
    'created:<30d': 'Created within 30 days',
    'created:>2w': 'Created over 2 weeks ago',
    'created:<2026-01-01': 'Created before 1 Jan 2026',
    'created:2026-10-03': 'Created on 3 Oct 2026',
    'created:>=2026-10': 'Created from Oct 2026',
    'created:2026': 'Created in 2026',
    'expires:<14d': 'Expires within 14 days',
    'expires:>14d': 'Expires after 14 days',
    '-is:red': 'Not status: Broken',
  };
  for (const [word, label] of Object.entries(words)) expect(filterLabel(word), word).toBe(label);
});

test('what is no whole filter has no words', () => {
  for (const word of [
    'acme',
    'is:',
    'is:reddish',
    'tag:=uk',
    'stale:2026-01-01',
    'created:2026-02-30',
    'created:soon',
    'http://x',
    'alert:x',
    '-',
  ])
    expect(filterLabel(word), word).toBeNull();
});

test('the words of a search keep their order and their places', () => {
  expect(searchParts('acme is:red')).toEqual([
    { text: 'acme', start: 0, end: 4, label: null },
    { text: 'is:red', start: 5, end: 11, label: 'Status: Broken' },
  ]);
});
