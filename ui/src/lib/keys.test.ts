import { expect, test } from 'vitest';
import { isKey, isTyping, keyLabel, startComposing } from './keys';

const press = (key: string, more: Partial<KeyboardEventInit> = {}) =>
  new KeyboardEvent('keydown', { key, ...more });

test('modifiers must be as written', () => {
  expect(isKey(press('k', { ctrlKey: true }), 'Ctrl+K')).toBe(true);
  expect(isKey(press('k'), 'Ctrl+K')).toBe(false);
  expect(isKey(press('k', { ctrlKey: true }), 'K')).toBe(false);
  expect(isKey(press('K', { ctrlKey: true, shiftKey: true }), 'Ctrl+K')).toBe(false);
  expect(isKey(press('F10', { shiftKey: true }), 'Shift+F10')).toBe(true);
});

test('a sign is itself however it is typed', () => {
  expect(isKey(press('?', { shiftKey: true }), '?')).toBe(true);
  expect(isKey(press('/'), '/')).toBe(true);
  expect(isKey(press('/', { shiftKey: true }), '/'), 'some keyboards have it there').toBe(true);
});

test('the plus is a key like others, on any keyboard', () => {
  const ctrl = { ctrlKey: true };
  expect(isKey(press('+', { ...ctrl, shiftKey: true, code: 'Equal' }), 'Ctrl++'), 'American').toBe(true);
  expect(isKey(press('=', { ...ctrl, code: 'Equal' }), 'Ctrl+='), 'American, without Shift').toBe(true);
  expect(isKey(press('+', { ...ctrl, code: 'BracketRight' }), 'Ctrl++'), 'German').toBe(true);
  expect(isKey(press('+', { ...ctrl, code: 'Minus' }), 'Ctrl++'), 'Swedish').toBe(true);
  expect(isKey(press('+', { ...ctrl, code: 'NumpadAdd' }), 'Ctrl++')).toBe(true);
  expect(isKey(press('-', { ...ctrl, code: 'NumpadSubtract' }), 'Ctrl+-')).toBe(true);
  expect(isKey(press('0', { ...ctrl, code: 'Numpad0' }), 'Ctrl+0')).toBe(true);
  expect(isKey(press('+'), 'Ctrl++')).toBe(false);
  expect(keyLabel('Ctrl++')).toBe('Ctrl +');
});

test('a digit is known by its place, also where Alt makes another sign of it', () => {
  expect(isKey(press('¡', { altKey: true, code: 'Digit1' }), 'Alt+1')).toBe(true);
  expect(isKey(press('!', { altKey: true, shiftKey: true, code: 'Digit1' }), 'Alt+Shift+1')).toBe(true);
});

test('keys read as they are printed', () => {
  expect([keyLabel('Ctrl+K'), keyLabel('Delete'), keyLabel('Shift+F10')]).toEqual([
    'Ctrl K',
    'Del',
    'Shift F10',
  ]);
});

test('one types in text fields, not on check boxes', () => {
  const typing = (element: HTMLElement) => {
    document.body.append(element);
    let found = false;
    element.addEventListener('keydown', (event) => (found = isTyping(event)));
    element.dispatchEvent(press('a'));
    element.remove();
    return found;
  };
  const box = Object.assign(document.createElement('input'), { type: 'checkbox' });
  expect(typing(document.createElement('input'))).toBe(true);
  expect(typing(document.createElement('textarea'))).toBe(true);
  expect(typing(box)).toBe(false);
  expect(typing(document.createElement('button'))).toBe(false);
});

test('keys of an input method reach nothing that listens to keys', () => {
  const stop = startComposing();
  const field = document.createElement('input');
  document.body.append(field);
  const heard: string[] = [];
  const hear = (event: Event) => heard.push((event as KeyboardEvent).key);
  field.addEventListener('keydown', hear);
  window.addEventListener('keydown', hear);
  const dispatch = (key: string, more: KeyboardEventInit) =>
    field.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, ...more }));
  dispatch('Enter', { keyCode: 229 });
  dispatch('ArrowDown', { isComposing: true });
  dispatch('Escape', { isComposing: true, keyCode: 229 });
  expect(heard).toEqual([]);
  dispatch('Enter', { keyCode: 13 });
  expect(heard).toEqual(['Enter', 'Enter']);
  stop();
  dispatch('Enter', { keyCode: 229 });
  expect(heard).toHaveLength(4);
  window.removeEventListener('keydown', hear);
  field.remove();
});

test('the digits of the numeric pad stand for none, as Alt writes signs by their numbers there', () => {
  expect(isKey(press('1', { altKey: true, code: 'Numpad1' }), 'Alt+1')).toBe(false);
});
