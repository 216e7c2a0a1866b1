// A card's bank that shows itself in no frame, within a checkout that a merchant's page has in a frame or in a window.
import { randomUUID } from 'node:crypto';

import { REFUSED, refuseFrames } from '../fixtures/bank.mjs';
import { Merchant, open, outcome } from '../fixtures/merchant.mjs';
import { expect, test, usesServer } from '../fixtures/test.mjs';
import { CARDS, Checkout } from '../pages/checkout.mjs';

const here = usesServer();
let merchant;

test.beforeAll(async () => {
  merchant = await Merchant.open(here.server.url);
});
test.afterAll(() => merchant.close());
test.beforeEach(async ({ context, watch }) => {
  watch.expect(REFUSED);
  await refuseFrames(context);
  await here.api.settings({ origins: [merchant.origin], numberMatchFrom: null });
});

const session = (more) => here.api.session({ amount: 77_000, ...merchant.addresses, ...more });
const framed = (page) => new Checkout(page.locator('iframe[src*="/c/"]').contentFrame());
const resume = (page) => page.evaluate((key) => globalThis.Steelyard(key).resume(), here.server.publishableKey);

/** Pays by a card whose bank asks, and presses the way out of the frame that stays empty. */
async function toTheBank(checkout, page) {
  await checkout.payByCard(CARDS.challenge);
  await checkout.expectStatus('authenticating');
  await checkout.bankAsPage.click();
  await page.waitForURL(/\/challenges\//);
}

test('the bank takes the whole page of the shop, which resumes when the buyer comes back', async ({ page }) => {
  const made = await session();
  await page.goto(merchant.origin);
  await open(page, here.server.publishableKey, made.clientSecret, 'overlay');
  await toTheBank(framed(page), page);
  const checkout = new Checkout(page);
  await checkout.pass();
  await checkout.expectPaid();
  await checkout.returnNow.click();
  await page.waitForURL(/\/done\?/);
  expect(await resume(page)).toMatchObject({ status: 'paid', orderId: made.orderId });
  expect(await here.api.paymentsOf(made.orderId)).toMatchObject([{ capturedAmount: 77_000 }]);
});

test('who turns back at the bank finds the shop again, and pays there otherwise', async ({ page }) => {
  const made = await session();
  await page.goto(merchant.origin);
  await open(page, here.server.publishableKey, made.clientSecret, 'overlay');
  await toTheBank(framed(page), page);
  await page.goBack();
  await page.waitForURL(`${merchant.origin}/`);
  // A page that the browser kept has heard that nobody knows; one that it did not has nothing to hear.
  await expect.poll(() => page.evaluate(() => globalThis.shop?.outcome?.error?.moneyMoved ?? (globalThis.shop ? null : 'unknown'))).toBe('unknown');
  await open(page, here.server.publishableKey, made.clientSecret, 'overlay');
  await framed(page).payByCard(CARDS.approves);
  await expect.poll(() => outcome(page)).toMatchObject({ result: { status: 'paid', orderId: made.orderId } });
});

test('the element in the page leaves its note as well', async ({ page }) => {
  const made = await session();
  await page.goto(merchant.origin);
  await page.evaluate((secret) => {
    const element = document.createElement('steelyard-checkout');
    element.setAttribute('client-secret', secret);
    document.querySelector('#place').append(element);
  }, made.clientSecret);
  await toTheBank(framed(page), page);
  const checkout = new Checkout(page);
  await checkout.fail();
  await checkout.expectFailure({ moved: 'no' });
  await checkout.leave.click();
  await page.waitForURL(/\/canceled\?/);
  expect(await resume(page).catch((error) => error.message)).toMatch(/취소|canceled/);
});

test('by the second door the shop’s server confirms what the bank allowed', async ({ page }) => {
  await page.goto(merchant.origin);
  const order = `bank-${randomUUID()}`;
  await page.evaluate(
    ([key, orderId]) => {
      globalThis.Steelyard(key).requestPayment({ orderId, orderName: '책', amount: { value: 77_000, currency: 'KRW' } });
    },
    [here.server.publishableKey, order],
  );
  await toTheBank(framed(page), page);
  const checkout = new Checkout(page);
  await checkout.pass();
  await checkout.expectStatus('authenticated');
  await checkout.returnNow.click();
  await page.waitForURL(/payment_key=/);
  const { paymentKey, orderId, amount } = await resume(page);
  expect([orderId, amount]).toEqual([order, 77_000]);
  const confirmed = await here.api.post('/v1/payments/confirm', { paymentKey, merchantOrderId: orderId, amount });
  expect(confirmed).toMatchObject({ status: 'captured', capturedAmount: 77_000 });
});

test('a window goes to the bank by itself, and speaks with its shop again afterwards', async ({ page }) => {
  const made = await session();
  await page.goto(merchant.origin);
  const popup = page.waitForEvent('popup');
  await open(page, here.server.publishableKey, made.clientSecret, 'popup');
  const window = await popup;
  await window.waitForURL(/\/c\//);
  const checkout = new Checkout(window);
  await toTheBank(checkout, window);
  await checkout.pass();
  await expect.poll(() => outcome(page)).toMatchObject({ result: { status: 'paid', orderId: made.orderId } });
  await expect(checkout.receipt).toBeVisible();
});
