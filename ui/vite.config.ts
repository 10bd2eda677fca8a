import { svelte } from '@sveltejs/vite-plugin-svelte';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

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
  server: { port: 5173, strictPort: true },
  test: {
    environment: 'jsdom',
    setupFiles: ['./src/dev/test-setup.ts'],
    include: ['src/**/*.test.ts'],
    restoreMocks: true,
    // As patient as what the tests wait for; a busy machine makes nothing fail.
    testTimeout: 60_000,
    env: { TZ: 'UTC' },
  },
});
