// One worker, no retries: a spec that passes at the second try has found something. This runs as a copy in the target
// folder, where `../..` is `target/web-tests`.
import { defineConfig } from '@playwright/test';
import { pending } from './pending.mjs';

const look = Boolean(process.env.STEELYARD_LOOK);
// Who names files wants them, landed or not.
const named = process.argv.slice(2).some((word) => word !== 'test' && !word.startsWith('-'));

export default defineConfig({
  testDir: look ? './screens' : './specs',
  testIgnore: look || named ? [] : pending.map((name) => `**/${name}.spec.mjs`),
  outputDir: '../../results',
  workers: 1,
  retries: 0,
  forbidOnly: true,
  // Ends what hangs; nothing else is measured by it.
  timeout: 60_000,
  globalTimeout: 40 * 60_000,
  expect: { timeout: 15_000 },
  reporter: [['list'], ['json', { outputFile: '../../results.json' }], ['./fixtures/report.mjs']],
  use: {
    browserName: 'chromium',
    launchOptions: {
      executablePath: process.env.CHROMIUM_SHELL || process.env.CHROMIUM || '/usr/bin/chromium',
      // Chromium's own sandbox refuses root, and containers refuse the sandbox.
      args: ['--no-sandbox'],
    },
    locale: 'ko-KR',
    timezoneId: 'Asia/Seoul',
    viewport: { width: 1440, height: 900 },
    actionTimeout: 15_000,
    navigationTimeout: 20_000,
    // The screenshot and the page's text tell how it ended; a copy of the page at every step takes a seventh of the time.
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: false },
    screenshot: 'only-on-failure',
  },
});
