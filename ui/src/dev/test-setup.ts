import '@testing-library/jest-dom/vitest';
import { beforeEach } from 'vitest';
import { useHost } from '../lib/host';

// What jsdom lacks and the page uses.
class NoResizeObserver implements ResizeObserver {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}
globalThis.ResizeObserver ??= NoResizeObserver;
Element.prototype.scrollIntoView ??= () => {};
HTMLCanvasElement.prototype.getContext = () => null;
window.matchMedia ??= ((media: string) => ({
  matches: false,
  media,
  onchange: null,
  addEventListener() {},
  removeEventListener() {},
  addListener() {},
  removeListener() {},
  dispatchEvent: () => false,
})) as typeof window.matchMedia;

beforeEach(() => {
  useHost(null);
  localStorage.clear();
  sessionStorage.clear();
});
