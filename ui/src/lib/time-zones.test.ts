import { expect, test } from 'vitest';
import { findZones, isRetired, zoneLabel, zoneOffset } from './time-zones';

const ZONES = [
  'Africa/Asmera',
  'America/New_York',
  'Asia/Calcutta',
  'Asia/Kolkata',
  'Europe/Kiev',
  'Europe/Kyiv',
];

test('a zone is found by words of its city or region, and modern names come first', () => {
  expect(findZones(ZONES, '')).toEqual([
    'Asia/Kolkata',
    'Europe/Kyiv',
    'America/New_York',
    'Africa/Asmera',
    'Asia/Calcutta',
    'Europe/Kiev',
  ]);
  expect(findZones(ZONES, 'new york')).toEqual(['America/New_York']);
  expect(findZones(ZONES, 'york AMERICA')).toEqual(['America/New_York']);
  expect(findZones(ZONES, 'kiev')).toEqual(['Europe/Kiev']);
  expect(findZones(['America/Belize', 'Europe/Berlin', 'Asia/Aber'], 'be')[0]).toBe('America/Belize');
});

test('a name without a region is retired, UTC is not', () => {
  expect(['GB', 'US/Eastern', 'Etc/UTC', 'UTC', 'Asia/Tokyo'].filter(isRetired)).toEqual([
    'GB',
    'US/Eastern',
    'Etc/UTC',
  ]);
});

test('a zone is labeled by its city, with its offset at a time', () => {
  expect(zoneLabel('America/New_York')).toBe('New York (America)');
  expect(zoneLabel('UTC')).toBe('UTC');
  expect(zoneOffset('Europe/London', Date.UTC(2026, 6, 1))).toBe('GMT+1');
  expect(zoneOffset('Nowhere/At_All', 0)).toBe('');
});
