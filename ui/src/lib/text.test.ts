import { expect, test } from 'vitest';
import { COLOR_WORDS, keyStateText, SAFE_MODES, STATUS_BUTTONS, TEXT } from './text';

test('every phrase begins with a capital and is in sentence case', () => {
  const phrases = [
    ...Object.values(TEXT),
    ...Object.values(COLOR_WORDS),
    ...STATUS_BUTTONS.map((button) => button.label),
  ];
  const names = /\b(Link URL|URL|ID|Settings|Ctrl)\b/g;
  for (const phrase of phrases) {
    expect(phrase.charAt(0), phrase).toBe(phrase.charAt(0).toUpperCase());
    expect(phrase.replace(names, '').slice(1), phrase).not.toMatch(/[A-Z]/);
  }
});

test('there is a button for each color and for no connections, in the order of the screen', () => {
  expect(STATUS_BUTTONS.map((button) => button.color)).toEqual(['red', 'purple', 'grey', 'green', 'none']);
  for (const button of STATUS_BUTTONS) expect(button.values[0]).toBe(button.color);
});

test('each safe mode is explained, from the least to the most', () => {
  expect(SAFE_MODES.map((one) => one.mode)).toEqual(['view', 'operate', 'administer']);
});

test('a key that needs something says what to do', () => {
  expect(keyStateText('missing')).toMatch(/Enter it again/);
  expect(keyStateText('refused')).toMatch(/Replace it/);
});
