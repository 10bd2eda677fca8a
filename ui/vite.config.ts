import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import type { ProxyOptions } from 'vite';
import { defineConfig } from 'vitest/config';

/** Sends what the page asks of the application to a running webhost, which answers its own pages alone. */
function toWebhost(target: string): Record<string, ProxyOptions> {
  const paths = ['/call', '/events', '/exports', '/files'];
  return Object.fromEntries(
    paths.map((path) => [path, { target, changeOrigin: true, headers: { origin: target } }]),
  );
}

export default defineConfig({
  // The window and the browser page serve the files from different places.
  base: './',
  plugins: [svelte(), svelteTesting()],
  build: {
    target: 'es2022',
    outDir: 'dist',
    emptyOutDir: true,
    // Fonts stay files: the page's policy allows fonts from itself alone, not from data addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 900,
  },
  server: { port: 5173, strictPort: true, proxy: toWebhost('http://127.0.0.1:4300') },
  test: {
    environment: 'jsdom',
    setupFiles: ['./src/test/setup.ts'],
    include: ['src/**/*.test.ts'],
    restoreMocks: true,
    // As patient as what the tests wait for; a busy machine makes nothing fail.
    testTimeout: 60_000,
    env: { TZ: 'UTC' },
  },
});
