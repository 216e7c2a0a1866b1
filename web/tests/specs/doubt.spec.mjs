// Who leaves while nobody can know whether money moved, or asks again because an answer was lost.
import { Api } from '../fixtures/api.mjs';
import { Merchant, open, outcome } from '../fixtures/merchant.mjs';
import { expect, test, usesServer } from '../fixtures/test.mjs';
import { CARDS, Checkout } from '../pages/checkout.mjs';
import { Payer } from '../pages/payer.mjs';
import { Shop } from '../pages/shop.mjs';

const here = usesServer({ kind: 'demo' });
const LOST = [/^(console: Failed to load resource: |request: .*)net::ERR_/];
const UNKNOWN = { error: { code: 'USER_CANCELED', moneyMoved: 'unknown' } };
let api;
let merchant;

test.beforeAll(async () => {
  merchant = await Merchant.open(here.server.url);
  api = new Api({ url: here.server.url, secretKey: here.server.merchants[0].secretKey });
  await api.settings({ origins: [merchant.origin], numberMatchFrom: null });
});
test.afterAll(() => merchant.close());

/** A merchant's page with the checkout in an overlay. */
async function opened(page) {
  const made = await api.session({ amount: 15_500, ...merchant.addresses });
  await page.goto(merchant.origin);
  await open(page, 'pk_test_1', made.clientSecret, 'overlay');
  const checkout = new Checkout(page.locator('iframe[src*="/c/"]').contentFrame());
  await checkout.settled();
  return checkout;
}
const close = (page) => page.evaluate(() => globalThis.shop.checkout.close());

test('while a payment is on its way', async ({ page }) => {
  const checkout = await opened(page);
  const sent = new Promise((resolve) => void page.route('**/attempts*', resolve));
  await checkout.payByCard(CARDS.approves);
  await sent;
  await close(page);
  await expect.poll(() => outcome(page)).toMatchObject(UNKNOWN);
});

test('after an answer was lost', async ({ page, watch }) => {
  watch.expect(...LOST);
  const checkout = await opened(page);
  await page.route('**/attempts*', (route) => route.abort('connectionreset'));
  await checkout.payByCard(CARDS.approves);
  await expect(checkout.scope.locator('#alert')).toBeVisible();
  await close(page);
  await expect.poll(() => outcome(page)).toMatchObject(UNKNOWN);
});

test('while a payer has the code in hand', async ({ page, contexts }) => {
  const checkout = await opened(page);
  const address = await checkout.showQr();
  const payer = await Payer.signUp(contexts, here.server.url);
  await payer.follow(address);
  await expect(payer.confirmAmount).toBeVisible();
  await expect(checkout.qrState).toHaveAttribute('data-state', 'scanned');
  await close(page);
  await expect.poll(() => outcome(page)).toMatchObject(UNKNOWN);
});

test('with nothing sent no money moved', async ({ page }) => {
  const checkout = await opened(page);
  await checkout.showQr();
  await close(page);
  await expect.poll(() => outcome(page)).toMatchObject({ error: { code: 'USER_CANCELED', moneyMoved: 'no' } });
});

test('the shop leads to the order where its buyer cannot know, and keeps it whatever way is chosen next', async ({ page, watch }) => {
  watch.expect(...LOST);
  const orders = [];
  page.on('response', async (answer) => {
    if (answer.url().endsWith('/shop/api/orders')) orders.push(answer.status());
  });
  const shop = await Shop.open(page, here.server.url);
  await shop.put();
  await shop.toCart();
  await shop.style('inline');
  await page.route('**/attempts*', (route) => route.abort('connectionreset'));
  await shop.buy.click();
  const checkout = new Checkout(shop.frame);
  await checkout.payByCard(CARDS.approves);
  await expect(checkout.scope.locator('#alert')).toBeVisible();
  await checkout.leave.click();
  await expect(page.locator('[data-note] a[href*="/shop/order/"]')).toBeVisible();
  await page.unroute('**/attempts*');
  await shop.style('overlay');
  await shop.buy.click();
  await checkout.payByCard(CARDS.approves);
  await shop.expectPaid();
  expect(orders).toEqual([201]);
});

test('a refund whose answer was lost is not called unmade, and is made once', async ({ page, watch }) => {
  watch.expect(...LOST);
  const shop = await Shop.open(page, here.server.url);
  await shop.put();
  await shop.toCart();
  await shop.style('overlay');
  await shop.buy.click();
  await new Checkout(shop.frame).payByCard(CARDS.approves);
  await shop.expectPaid();
  await page.route('**/refund', (route) => route.abort('connectionreset'));
  const refund = page.getByRole('button', { name: /환불|refund/i });
  const note = page.locator('[data-note]');
  await refund.click();
  await expect(note).toContainText(/확인하고 있어요|finding out/);
  await expect(note).not.toContainText(/Failed to fetch|환불하지 못했어요|not made/);
  await page.unroute('**/refund');
  await refund.click();
  await expect(shop.order).toHaveAttribute('data-status', 'refunded');
  await expect(note).toBeEmpty();
});

test('a top-up whose answer was lost is charged once, though its PIN is mistyped next', async ({ contexts, watch }) => {
  watch.expect(...LOST, /422/);
  const payer = await Payer.signUp(contexts, here.server.url);
  const { page } = payer;
  await payer.home();
  await payer.to('top-up', 'topUp');
  await page.getByRole('button', { name: '10,000원' }).first().click();
  await page.locator('button[type="submit"]').click();
  await expect(payer.screen('topUpPin')).toBeVisible();
  // It arrives, and its answer does not.
  await page.route('**/top-ups', async (route) => {
    await route.fetch();
    await route.abort('connectionreset');
  });
  await payer.enterPin();
  await expect(payer.failure).toBeVisible();
  await page.unroute('**/top-ups');
  await expect(payer.key('1')).toBeEnabled();
  await payer.enterPin('111111');
  await expect(payer.failure).toContainText('비밀번호가 맞지 않아요');
  // Of the first try nobody knows yet.
  await expect(payer.failure).not.toContainText(/나가지 않았어요|청구되지 않았어요/);
  await payer.enterPin();
  await expect(payer.screen('top-up-done')).toBeVisible();
  expect((await payer.ask('GET', 'me')).balance.amount).toBe(10_000);
});
