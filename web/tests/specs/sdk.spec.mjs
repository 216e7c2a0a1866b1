// The SDK on a merchant's page, which is on another site.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { attempt } from '../fixtures/api.mjs';
import { PHONE } from '../fixtures/camera.mjs';
import { Merchant, open, outcome, said } from '../fixtures/merchant.mjs';
import { expect, test, usesServer } from '../fixtures/test.mjs';
import { CARDS, Checkout } from '../pages/checkout.mjs';

const here = usesServer();
let merchant;

test.beforeAll(async () => {
  merchant = await Merchant.open(here.server.url);
});
test.afterAll(() => merchant.close());
test.beforeEach(() => here.api.settings({ origins: [merchant.origin], numberMatchFrom: null }));

const session = (more) => here.api.session({ amount: 15_500, ...merchant.addresses, ...more });

/** The merchant's page with the checkout open, and the checkout in its frame, where nothing moves any more. */
async function opened(page, display, { framed = display === 'overlay' } = {}) {
  const made = await session();
  await page.goto(merchant.origin);
  await page.locator('#note').fill('kept');
  await open(page, here.server.publishableKey, made.clientSecret, display);
  const frame = page.locator('iframe[src*="/c/"]');
  const checkout = new Checkout(frame.contentFrame());
  if (framed) await checkout.settled();
  return { made, frame, checkout };
}

test('an overlay pays, and the page behind it is as it was', async ({ page }) => {
  const { made, frame, checkout } = await opened(page, 'overlay');
  await checkout.payByCard(CARDS.approves);
  await expect.poll(() => outcome(page)).toMatchObject({ result: { status: 'paid', orderId: made.orderId } });
  const { result } = await outcome(page);
  expect(await here.api.payment(result.paymentId)).toMatchObject({ status: 'captured', capturedAmount: 15_500 });
  expect(await said(page)).toEqual(expect.arrayContaining(['ready', 'method', 'success']));
  // The receipt stays until somebody closes it.
  await expect(checkout.receipt).toBeVisible();
  await checkout.returnNow.click();
  await expect(frame).toHaveCount(0);
  await expect(page.locator('#note')).toHaveValue('kept');
  expect(page.url()).toBe(`${merchant.origin}/`);
});

test('on a desktop an overlay is what one gets without asking', async ({ page }) => {
  const { checkout } = await opened(page);
  await expect(checkout.amount).toContainText('15,500');
  expect(page.url()).toBe(`${merchant.origin}/`);
});

test('a decline stays within; who closes has canceled, and no money moved', async ({ page }) => {
  const { checkout, frame } = await opened(page, 'overlay');
  await checkout.payByCard(CARDS.declined);
  await checkout.expectFailure();
  expect(await outcome(page)).toBeNull();
  await page.keyboard.press('Escape');
  await expect.poll(() => outcome(page)).toMatchObject({ error: { name: 'SteelyardError', code: 'USER_CANCELED', moneyMoved: 'no' } });
  await expect(frame).toHaveCount(0);
});

test('a second call returns the same promise, and opens nothing', async ({ page }) => {
  const { frame, checkout } = await opened(page, 'overlay');
  await expect(checkout.root).toBeVisible();
  const same = await page.evaluate(() => {
    const { checkout } = globalThis.shop;
    const [first, second] = [checkout.open(), checkout.open()];
    first.catch(() => {});
    return first === second;
  });
  expect(same).toBe(true);
  await expect(frame).toHaveCount(1);
});

test('a message that somebody else sends pays nothing', async ({ page }) => {
  const { checkout } = await opened(page, 'overlay');
  await expect(checkout.root).toBeVisible();
  await page.evaluate(() => {
    const result = { status: 'paid', paymentId: 'pay_forged', orderId: 'ord_forged' };
    for (const type of ['hello', 'result', 'success']) globalThis.postMessage({ steelyard: 1, type, result }, '*');
  });
  await checkout.payByCard(CARDS.approves);
  await expect.poll(() => outcome(page)).toMatchObject({ result: { status: 'paid' } });
  expect((await outcome(page)).result.paymentId).not.toBe('pay_forged');
});

test('a deposit to come is a result of its own', async ({ page }) => {
  const { checkout } = await opened(page, 'overlay');
  await checkout.askForAccount();
  await checkout.returnNow.or(checkout.scope.getByRole('button', { name: /닫기|close|완료|돌아/i })).first().click();
  await expect.poll(() => outcome(page)).toMatchObject({ result: { status: 'waiting_deposit', account: { bank: 'kookmin' } } });
});

test('a redirect comes back to the merchant, who resumes', async ({ page }) => {
  const { made } = await opened(page, 'redirect');
  await page.waitForURL(/\/c\//);
  const checkout = new Checkout(page);
  await checkout.payByCard(CARDS.approves);
  await checkout.returnNow.click();
  await page.waitForURL(/\/done\?/);
  const result = await page.evaluate((key) => globalThis.Steelyard(key).resume(), here.server.publishableKey);
  expect(result).toMatchObject({ status: 'paid', orderId: made.orderId });
  expect(new URL(page.url()).searchParams.get('payment_id')).toBe(result.paymentId);
});

test('who turns back comes to the shop with the reason, and resume says it', async ({ page }) => {
  const { made } = await opened(page, 'redirect');
  await page.waitForURL(/\/c\//);
  await new Checkout(page).leave.click();
  await page.waitForURL(/\/canceled\?/);
  expect(Object.fromEntries(new URL(page.url()).searchParams)).toEqual({ code: 'USER_CANCELED', order_id: made.orderId });
  const code = await page.evaluate((key) => globalThis.Steelyard(key).resume().catch((error) => error.code), here.server.publishableKey);
  expect(code).toBe('USER_CANCELED');
});

test('a shop without an address for it gets no link', async ({ page }) => {
  const made = await session({ cancelUrl: undefined });
  const checkout = await Checkout.open(page, made);
  await expect(checkout.leave).toHaveCount(0);
});

test('a session that its shop took back is over, and is not called the buyer’s doing', async ({ page }) => {
  const { made, checkout } = await opened(page, 'overlay');
  await here.api.post(`/v1/orders/${made.orderId}/cancel`, { reason: '품절' });
  await expect.poll(() => outcome(page)).toMatchObject({ error: { code: 'SESSION_EXPIRED', moneyMoved: 'no' } });
});

test('on a page that nobody returned to there is nothing to resume', async ({ page }) => {
  await page.goto(merchant.origin);
  expect(await page.evaluate((key) => globalThis.Steelyard(key).resume(), here.server.publishableKey)).toBeNull();
});

test('on a phone the same call leaves the page', async ({ contexts }) => {
  const page = await (await contexts(PHONE)).newPage();
  await opened(page);
  await page.waitForURL(/\/c\//);
  await new Checkout(page).payByCard(CARDS.approves);
  await new Checkout(page).returnNow.click();
  await page.waitForURL(/\/done\?/);
});

test('a popup shows our own address and reports back', async ({ page }) => {
  const popup = page.waitForEvent('popup');
  await opened(page, 'popup');
  const window = await popup;
  await window.waitForURL(/\/c\//);
  await new Checkout(window).payByCard(CARDS.approves);
  await expect.poll(() => outcome(page)).toMatchObject({ result: { status: 'paid' } });
});

test('inline is mounted once, however often one asks', async ({ page }) => {
  const made = await session();
  await page.goto(merchant.origin);
  await page.evaluate(
    ([key, clientSecret]) => {
      globalThis.inline = globalThis.Steelyard(key).checkout({ clientSecret });
      globalThis.inline.on('success', (result) => (globalThis.shop = { outcome: { result } }));
      for (const _ of [1, 2]) globalThis.inline.mount('#place');
    },
    [here.server.publishableKey, made.clientSecret],
  );
  const frame = page.locator('#place iframe');
  await expect(frame).toHaveCount(1);
  const checkout = new Checkout(frame.contentFrame());
  await checkout.payByCard(CARDS.approves);
  await expect.poll(() => outcome(page)).toMatchObject({ result: { status: 'paid' } });
  await page.evaluate(() => globalThis.inline.unmount());
  await expect(frame).toHaveCount(0);
});

test('the element does the same without a line of script', async ({ page }) => {
  const made = await session();
  await page.goto(merchant.origin);
  await page.evaluate((secret) => {
    document.addEventListener('steelyard:success', (event) => (globalThis.shop = { outcome: { result: event.detail } }));
    const element = document.createElement('steelyard-checkout');
    element.setAttribute('client-secret', secret);
    document.querySelector('#place').append(element);
  }, made.clientSecret);
  // Playwright looks into open shadow roots by itself.
  const checkout = new Checkout(page.locator('iframe[src*="/c/"]').contentFrame());
  await checkout.payByCard(CARDS.approves);
  await expect.poll(() => outcome(page)).toMatchObject({ result: { status: 'paid' } });
});

test.describe('on a site that the merchant has not named', () => {
  test.beforeEach(async ({ watch }) => {
    watch.expect(/frame-ancestors|ERR_BLOCKED_BY_RESPONSE|chrome-error/);
    await here.api.settings({ origins: ['https://elsewhere.example'], numberMatchFrom: null });
  });

  test('the checkout shows itself in no frame', async ({ page }) => {
    const made = await session();
    await page.goto(merchant.origin);
    const answered = page.waitForResponse((response) => response.url().includes('/c/'));
    await page.evaluate((url) => {
      const frame = document.createElement('iframe');
      frame.src = url;
      document.querySelector('#place').append(frame);
    }, made.url);
    expect((await answered).headers()['content-security-policy']).not.toContain(merchant.origin);
    await expect.poll(() => page.frames().some((frame) => frame.url().startsWith('chrome-error:'))).toBe(true);
    await expect(page.locator('#place iframe').contentFrame().getByTestId('checkout')).toHaveCount(0);
  });

  test('the SDK leaves for the checkout’s own page instead', async ({ page }) => {
    await page.clock.install();
    await opened(page, 'overlay', { framed: false });
    await page.clock.runFor(8_500);
    await page.waitForURL(/\/c\//);
    // Chromium may forget the emulated size when a page takes over the process of a frame that was refused.
    await page.setViewportSize({ width: 1280, height: 800 });
    await new Checkout(page).payByCard(CARDS.approves);
    await new Checkout(page).expectPaid();
  });
});

test('no page is shown in a frame of a stranger', async ({ page, watch }) => {
  watch.expect(/frame-ancestors|ERR_BLOCKED_BY_RESPONSE|chrome-error/);
  await page.goto(merchant.origin);
  for (const path of ['/app/', '/docs/']) {
    await page.evaluate((url) => {
      const frame = document.createElement('iframe');
      frame.src = url;
      document.querySelector('#place').replaceChildren(frame);
    }, `${here.server.url}${path}`);
    await expect.poll(() => page.frames().some((frame) => frame.url().startsWith('chrome-error:')), { message: path }).toBe(true);
  }
});

test('an amount in the browser’s hands changes nothing', async () => {
  const made = await session();
  const card = { method: 'card', number: CARDS.approves, expiry: '12/49', cvc: '123' };
  const refused = await attempt(made.url, { ...card, amount: 1 });
  expect(refused).toMatchObject({ status: 400, error: { param: 'amount' } });
  const paid = await attempt(made.url, card);
  expect(paid.data.payment.status).toBe('captured');
  const [payment] = await here.api.paymentsOf(made.orderId);
  expect(payment.capturedAmount).toBe(15_500);
});

test('by the second door the merchant’s own amount decides', async ({ page }) => {
  await page.goto(merchant.origin);
  const order = `second-${Date.now()}`;
  await page.evaluate(
    ([key, orderId]) => {
      globalThis.shop = { outcome: null };
      // The browser says one won; the shop’s server knows better.
      const amount = { value: 1_000, currency: 'KRW' };
      globalThis.Steelyard(key).requestPayment({ orderId, orderName: '책', amount, method: 'card' }).then(
        (result) => (globalThis.shop.outcome = { result }),
        (error) => (globalThis.shop.outcome = { error: { code: error.code, message: error.message } }),
      );
    },
    [here.server.publishableKey, order],
  );
  const checkout = new Checkout(page.locator('iframe[src*="/c/"]').contentFrame());
  await checkout.payByCard(CARDS.approves);
  await expect.poll(() => outcome(page)).toMatchObject({ result: { orderId: order, amount: 1_000 } });
  const { result } = await outcome(page);
  const confirm = (amount) => here.api.call('POST', '/v1/payments/confirm', { paymentKey: result.paymentKey, merchantOrderId: order, amount });
  expect(await confirm(27_000)).toMatchObject({ status: 409, code: 'AMOUNT_MISMATCH' });
  const { items } = await here.api.get('/v1/payments?limit=100');
  const captured = () => items.filter(({ merchantOrderId, capturedAmount }) => merchantOrderId === order && capturedAmount > 0);
  expect(captured()).toEqual([]);
  const right = await confirm(1_000);
  expect(right.data).toMatchObject({ status: 'captured', capturedAmount: 1_000 });
});

test('a buyer who comes back in another browser is confirmed by the second door all the same', async ({ page, contexts }) => {
  await page.goto(merchant.origin);
  const order = `second-${Date.now()}`;
  await page.evaluate(
    ([key, orderId, origin]) => {
      const amount = { value: 15_500, currency: 'KRW' };
      const addresses = { successUrl: `${origin}/done`, failUrl: `${origin}/canceled` };
      globalThis.Steelyard(key).requestPayment({ orderId, orderName: '책', amount, ...addresses });
    },
    [here.server.publishableKey, order, merchant.origin],
  );
  await page.waitForURL(/\/c\//);
  const checkout = new Checkout(page);
  await checkout.payByCard(CARDS.approves);
  await checkout.expectStatus('authenticated');
  const back = await checkout.returnNow.getAttribute('href');
  const other = await (await contexts()).newPage();
  await other.goto(back);
  const result = await other.evaluate((key) => globalThis.Steelyard(key).resume(), here.server.publishableKey);
  expect(result).toEqual({ paymentKey: expect.stringMatching(/^att_/), orderId: order });
  const confirmed = await here.api.post('/v1/payments/confirm', { paymentKey: result.paymentKey, merchantOrderId: order, amount: 15_500 });
  expect(confirmed).toMatchObject({ status: 'captured', capturedAmount: 15_500 });
});

test('the types hold what integrators write', async ({}, info) => {
  const folder = info.outputPath('types');
  await mkdir(folder, { recursive: true });
  const types = await (await fetch(`${here.server.url}/sdk/v1/steelyard.d.ts`)).text();
  await writeFile(join(folder, 'steelyard.d.ts'), types);
  await copyFile(fileURLToPath(new URL('../types/usage.ts', import.meta.url)), join(folder, 'usage.ts'));
  const compiler = createRequire(import.meta.url).resolve('typescript/lib/tsc.js');
  const words = [compiler, '--noEmit', '--strict', '--target', 'es2022', '--module', 'esnext', '--moduleResolution', 'bundler', '--lib', 'es2022,dom', 'usage.ts'];
  const { code = 0, stdout, stderr } = await promisify(execFile)(process.execPath, words, { cwd: folder }).catch((error) => error);
  expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: '', stderr: '' });
});

test('a file that is not the one of its hash is not run', async ({ page, watch }) => {
  watch.expect(/integrity|digest/i);
  await page.route('**/sdk/v1/steelyard.js', async (route) => {
    const response = await route.fetch();
    const headers = { ...response.headers(), 'cache-control': 'no-store' };
    await route.fulfill({ response, headers, body: `${await response.text()}// and something else` });
  });
  await page.goto(merchant.origin);
  expect(await page.evaluate(() => typeof globalThis.Steelyard)).toBe('undefined');
  await page.unroute('**/sdk/v1/steelyard.js');
  await page.reload();
  expect(await page.evaluate(() => typeof globalThis.Steelyard)).toBe('function');
});

test('the module exports what the script defines', async ({ page }) => {
  await page.goto(merchant.origin);
  const exported = await page.evaluate(async (url) => {
    const module = await import(url);
    return [typeof module.Steelyard, typeof globalThis.Steelyard];
  }, `${here.server.url}/sdk/v1/steelyard.mjs`);
  expect(exported).toEqual(['function', 'function']);
});
