import { existsSync } from 'node:fs';
import { defineConfig } from '@playwright/test';

/** Chromium without the parts that draw a window takes nearly a third less processor time. */
const HEADLESS_SHELL = '/usr/bin/chromium-headless-shell';

/** The browser of this machine: Playwright's own cannot be downloaded everywhere. */
const executablePath =
  process.env['CHROMIUM'] ?? (existsSync(HEADLESS_SHELL) ? HEADLESS_SHELL : '/usr/bin/chromium');

export default defineConfig({
  testDir: 'journeys',
  fullyParallel: true,
  workers: 2,
  forbidOnly: Boolean(process.env['CI']),
  retries: 0,
  // A busy machine makes nothing fail: what never comes does.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: [['list']],
  use: {
    browserName: 'chromium',
    viewport: { width: 1440, height: 900 },
    launchOptions: { executablePath, args: ['--no-sandbox', '--disable-gpu'] },
    screenshot: 'only-on-failure',
    trace: 'off',
  },
});
