import { defineConfig, devices } from '@playwright/test';
import { findChromium } from './scripts/debian.mjs';

const executablePath = findChromium();

/** Journeys through the built app in a browser; each spec starts the servers it needs. Run by scripts/test.mjs. */
export default defineConfig({
  testDir: 'tests',
  testMatch: '{browser,journeys}/**/*.spec.ts',
  outputDir: 'test-results',
  workers: 2,
  retries: 0,
  timeout: 60_000,
  expect: { timeout: 10_000 }, // a busy machine is slow, not wrong
  forbidOnly: true,
  reporter: './tests/reporter-browser.ts',
  use: {
    ...devices['Desktop Chrome'],
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      ...(executablePath && { executablePath }),
      args: [
        '--no-sandbox', // the tests may run as root, where Chromium has none
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
