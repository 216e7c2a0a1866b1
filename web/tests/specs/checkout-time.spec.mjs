// Time at the checkout: the code's three minutes, the session's fifteen, and the ten more.
import { checkoutState } from '../fixtures/api.mjs';
import { expect, test, usesServer } from '../fixtures/test.mjs';
import { CARDS, Checkout } from '../pages/checkout.mjs';
import { Payer } from '../pages/payer.mjs';

const here = usesServer();

test('a code that has expired makes way for a new one', async ({ page, contexts, watch }) => {
  watch.expect(/status of 41\d /);
  await page.clock.install();
  const session = await here.api.session();
  const checkout = await Checkout.open(page, session);
  const first = await checkout.showQr();
  const code = await checkout.digits(checkout.shortCode);
  const payer = await Payer.signUp(contexts, here.server.url);
  // The test world's clock for the server, the page's own for the countdown.
  await here.api.advance(3 * 60 + 1);
  await page.clock.fastForward('03:01');
  await expect.poll(() => checkout.digits(checkout.shortCode)).not.toBe(code);
  const second = await checkout.readQr();
  expect(second).not.toBe(first);
  const old = await payer.call('POST', 'qr/resolve', { token: first.split('/').pop() });
  expect(old).toMatchObject({ status: 410, code: 'QR_EXPIRED' });
  const fresh = await payer.ask('POST', 'qr/resolve', { token: second.split('/').pop() });
  expect(fresh.status).toBe('review');
});

test('the session can be given ten more minutes', async ({ page }) => {
  const session = await here.api.session();
  const checkout = await Checkout.open(page, session);
  const before = await checkoutState(session.url);
  await checkout.extend.click();
  await expect.poll(async () => (await checkoutState(session.url)).extensionsLeft).toBe(before.extensionsLeft - 1);
  const after = await checkoutState(session.url);
  expect(Date.parse(after.expiresAt) - Date.parse(before.expiresAt)).toBe(600_000);
  await expect(checkout.timeLeft).toContainText(/2[3-5]/);
});

test('six times at most', async ({ page }) => {
  const session = await here.api.session();
  const checkout = await Checkout.open(page, session);
  for (let left = 5; left >= 0; left -= 1) {
    await checkout.extend.click();
    await expect.poll(async () => (await checkoutState(session.url)).extensionsLeft).toBe(left);
  }
  await expect(checkout.extend.and(page.locator(':enabled')).filter({ visible: true })).toHaveCount(0);
});

test('a session that ran out says so by itself and leads back to the shop', async ({ page }) => {
  const session = await here.api.session();
  const checkout = await Checkout.open(page, session);
  await checkout.settled();
  await here.api.advance(16 * 60);
  await checkout.expectStatus('expired', { timeout: 30_000 });
  await expect(checkout.pay).toHaveCount(0);
  await expect(checkout.root.getByRole('link').first()).toBeVisible();
  expect(await here.api.paymentsOf(session.orderId)).toEqual([]);
});

test('what was begun in time is finished after it', async ({ page }) => {
  const session = await here.api.session();
  const checkout = await Checkout.open(page, session);
  await checkout.payByCard(CARDS.timeoutAfter);
  await checkout.expectStatus('unknown', { timeout: 20_000 });
  await here.api.advance(16 * 60);
  await checkout.expectPaid({ timeout: 40_000 });
});
