// What a browser paid with last stands first, from the first sight of the page on.
import { expect, test, usesServer } from '../fixtures/test.mjs';
import { CARDS, Checkout } from '../pages/checkout.mjs';

const here = usesServer();
const OWN_ORDER = ['app', 'card', 'transfer', 'virtualAccount'];
const TRANSFER_FIRST = ['transfer', 'app', 'card', 'virtualAccount'];

/** Pays an order by transfer, in this browser. */
async function paidByTransfer(page) {
  const checkout = await Checkout.open(page, await here.api.session());
  await checkout.settled();
  await checkout.payByTransfer();
  await checkout.expectPaid();
}

const order = (page) => page.locator('[name="m"]').evaluateAll((radios) => radios.map((radio) => radio.value));
const chosen = (page) => page.locator('[name="m"]:checked').evaluateAll((radios) => radios.map((radio) => radio.value));

function shifts(page) {
  return page.evaluate(
    () =>
      new Promise((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => {
          for (const entry of list.getEntries()) if (!entry.hadRecentInput) sum += entry.value;
        }).observe({ type: 'layout-shift', buffered: true });
        requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
      }),
  );
}

test('a browser that has not paid yet has the shop’s own order', async ({ page }) => {
  await Checkout.open(page, await here.api.session());
  expect(await order(page)).toEqual(OWN_ORDER);
  expect(await chosen(page)).toEqual(['app']);
});

test('what was used last is first and chosen when the page is seen, and nothing moves afterwards', async ({ page }) => {
  await paidByTransfer(page);
  const session = await here.api.session();
  // The page is seen before its modules have come.
  let come;
  const held = new Promise((resolve) => (come = resolve));
  await page.route(/\/js\/checkout\.mjs$/, async (route) => {
    await held;
    await route.continue();
  });
  await page.goto(session.url, { waitUntil: 'commit' });
  await expect.poll(() => page.evaluate(() => performance.getEntriesByName('first-contentful-paint').length)).toBe(1);
  expect(await order(page)).toEqual(TRANSFER_FIRST);
  expect(await chosen(page)).toEqual(['transfer']);
  const places = await page.locator('[name="m"]').evaluateAll((radios) => radios.map((radio) => radio.getBoundingClientRect().top));
  expect(places).toEqual([...places].sort((one, other) => one - other));
  come();
  const checkout = new Checkout(page);
  await expect(checkout.liveState).toHaveAttribute('data-state', 'live');
  expect(await order(page)).toEqual(TRANSFER_FIRST);
  expect(await chosen(page)).toEqual(['transfer']);
  expect(await shifts(page)).toBeLessThanOrEqual(0.02);
});

test('keys go through the methods as eyes do', async ({ page }) => {
  await paidByTransfer(page);
  const checkout = await Checkout.open(page, await here.api.session());
  await page.locator('#m-transfer').focus();
  await page.keyboard.press('ArrowDown');
  await expect(page.locator('#m-app')).toBeFocused();
  await page.keyboard.press('ArrowUp');
  await expect(page.locator('#m-transfer')).toBeFocused();
  await page.keyboard.press('Tab');
  await expect(checkout.method('app').locator('input')).not.toBeFocused();
});

test('the order stays while the page is open, whatever is filled anew and used', async ({ page }) => {
  await paidByTransfer(page);
  const checkout = await Checkout.open(page, await here.api.session());
  await checkout.method('card').click();
  await expect(checkout.extend).toBeVisible();
  const before = await checkout.timeLeft.textContent();
  await checkout.extend.click();
  await expect(checkout.timeLeft).not.toHaveText(before);
  expect([await order(page), await chosen(page)]).toEqual([TRANSFER_FIRST, ['card']]);
  await checkout.payByCard(CARDS.declined);
  await checkout.expectFailure();
  expect([await order(page), await chosen(page)]).toEqual([TRANSFER_FIRST, ['card']]);
  await checkout.payByCard(CARDS.challenge);
  await checkout.expectStatus('authenticating');
  expect(await order(page)).toEqual(TRANSFER_FIRST);
});

test('to look at a way to pay is not to use it, and what was tried at this order is chosen there', async ({ page }) => {
  await paidByTransfer(page);
  const first = await Checkout.open(page, await here.api.session());
  await first.method('virtualAccount').click();
  const session = await here.api.session();
  const checkout = await Checkout.open(page, session);
  expect([await order(page), await chosen(page)]).toEqual([TRANSFER_FIRST, ['transfer']]);
  await checkout.payByCard(CARDS.declined);
  await checkout.expectFailure();
  await page.reload();
  await expect(checkout.root).toBeVisible();
  expect([await order(page), await chosen(page)]).toEqual([['card', 'app', 'transfer', 'virtualAccount'], ['card']]);
});
