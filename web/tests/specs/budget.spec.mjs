// What the first view weighs: bytes decide, times are printed.
import { PHONE } from '../fixtures/camera.mjs';
import { expectWithin, weigh } from '../fixtures/budget.mjs';
import { expect, test, usesServer } from '../fixtures/test.mjs';
import { Checkout } from '../pages/checkout.mjs';
import { Payer } from '../pages/payer.mjs';

const here = usesServer();

test('the SDK: 6 KB', async ({ page, watch }) => {
  // A script that is opened like a page names no icon.
  watch.expect(/favicon/);
  const url = `${here.server.url}/sdk/v1/steelyard.js`;
  await page.goto(url);
  await expectWithin(page, 'SDK', new Map([[url, 'script']]), 6);
});

test('the checkout: 60 KB, whatever the method', async ({ page }) => {
  const files = weigh(page);
  const checkout = await Checkout.open(page, await here.api.session());
  for (const method of ['card', 'transfer', 'virtualAccount', 'app']) await checkout.method(method).click();
  await expect(checkout.qr).toBeVisible();
  await expectWithin(page, 'checkout', files, 60, { only: /^(?!.*\/(state|attempts)$)/ });
});

test('the app: 45 KB before the camera, 16 KB more with it', async ({ contexts }) => {
  const payer = await Payer.signUp(contexts, here.server.url, { ...PHONE, serviceWorkers: 'block' });
  const files = weigh(payer.page);
  await payer.home();
  const shell = /^(?!.*\/app\/api\/)/;
  const before = await expectWithin(payer.page, 'app', files, 45, { only: shell });
  await payer.toScan();
  const after = await expectWithin(payer.page, 'app with the decoder', files, 61, { only: shell });
  expect(after.gzip - before.gzip).toBeLessThanOrEqual(16 * 1024);
});

test('nothing moves while the checkout loads', async ({ page }) => {
  const checkout = await Checkout.open(page, await here.api.session());
  await expect(checkout.liveState).toHaveAttribute('data-state', 'live');
  const shift = await page.evaluate(
    () =>
      new Promise((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
        }).observe({ type: 'layout-shift', buffered: true });
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
      }),
  );
  expect(shift).toBeLessThanOrEqual(0.02);
});
