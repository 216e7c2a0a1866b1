// The SDK in a real browser: a merchant's page on one origin, under a policy as strict as it can be, and the platform
// on another. Needs Chromium: `CHROMIUM=/path/to/chromium`, or where packages put it.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createServer } from 'node:http';
import test, { after, before } from 'node:test';
import { mockShop } from '../mock-shop.mjs';

const CHROMIUM = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/google-chrome'].find((path) => existsSync(path));
const chromium = CHROMIUM && (await import('playwright-core').catch(() => null))?.chromium;
const skip = chromium ? false : 'no Chromium, or the tools are not installed: npm ci --ignore-scripts';
// Who names a Chromium wants it used, as the stage does: there nothing may leave itself out.
if (process.env.CHROMIUM && (skip || !existsSync(CHROMIUM))) throw new Error(skip || `no Chromium at ${CHROMIUM}`);
const SECRET = 'cs_browser_secret_1';

let browser, shop, platform, merchant, shopPage;

const listen = (server) => new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(`http://127.0.0.1:${server.address().port}`)));

before(async () => {
  if (skip) return;
  shop = mockShop();
  platform = await listen(shop.server);
  const policy = `default-src 'none'; script-src ${platform}; connect-src ${platform}; frame-src ${platform}; style-src 'none'; base-uri 'none'`;
  merchant = createServer((request, response) => {
    const classic = request.url.includes('classic');
    const script = classic ? 'steelyard.js' : 'steelyard.mjs';
    const kind = classic ? '' : ' type="module"';
    response.writeHead(200, { 'Content-Type': 'text/html', 'Content-Security-Policy': policy });
    response.end(`<!doctype html><html lang="en"><title>shop</title><button id="before">Buy</button><script${kind} src="${platform}/sdk/v1/${script}"></script>`);
  });
  shopPage = await listen(merchant);
  browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
});

after(async () => {
  await browser?.close();
  for (const server of [shop?.server, merchant]) {
    server?.closeAllConnections();
    server?.close();
  }
});

const order = () => shop.orders.set('S-1', { number: 'S-1', orderId: 'ord_1', paymentId: 'pay_1', clientSecret: SECRET, status: 'open', amount: 36000, currency: 'KRW', lines: [] });

/** A merchant's page with the SDK; `violations` stays empty if no policy was broken. */
async function open(t, { path = '/', ...options } = {}) {
  order();
  const context = await browser.newContext(options);
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  const violations = [];
  page.on('console', (message) => /Content Security Policy/.test(message.text()) && violations.push(message.text()));
  await page.goto(shopPage + path);
  await page.evaluate(async ([from, secret]) => {
    const { Steelyard } = window.Steelyard ? window : await import(`${from}/sdk/v1/steelyard.mjs`);
    window.told = [];
    window.start = (display) => {
      window.session ??= Steelyard('pk_test_1').checkout({ clientSecret: async () => secret });
      window.ended = window.session.open({ display }).catch(({ code, moneyMoved }) => ({ code, moneyMoved }));
    };
  }, [platform, SECRET]);
  const frame = page.frameLocator('iframe');
  return { page, frame, violations, ended: () => page.evaluate(() => window.ended) };
}

for (const path of ['/', '/classic']) {
  test(`an overlay pays across origins without breaking the strictest policy: ${path}`, { skip }, async (t) => {
    const { page, frame, violations, ended } = await open(t, { path });
    await page.focus('#before');
    await page.evaluate(() => window.start('overlay'));
    await frame.locator('#decline').click();
    assert.equal(await page.evaluate(() => document.documentElement.style.overflow), 'hidden');
    await frame.locator('#pay').click();
    assert.deepEqual(await ended(), { status: 'paid', paymentId: 'pay_1', orderId: 'S-1' });
    await page.locator('dialog button').click();
    await page.locator('dialog').waitFor({ state: 'detached' });
    assert.equal(await page.evaluate(() => document.documentElement.style.overflow), '');
    assert.equal(await page.evaluate(() => document.activeElement.id), 'before', 'the focus is given back');
    assert.equal(await page.evaluate(() => sessionStorage.length + localStorage.length), 0, 'the secret is in memory alone');
    assert.deepEqual(violations, []);
  });
}

test('the page behind an overlay is inert, and Esc asks the checkout to close', { skip }, async (t) => {
  const { page, frame, ended } = await open(t);
  await page.evaluate(() => window.start('overlay'));
  await frame.locator('#pay').waitFor();
  await page.evaluate(() => document.querySelector('#before').focus());
  assert.notEqual(await page.evaluate(() => document.activeElement.id), 'before');
  await page.locator('dialog button').focus();
  await page.keyboard.press('Escape');
  assert.deepEqual(await ended(), { code: 'USER_CANCELED', moneyMoved: 'no' });
  await page.locator('dialog').waitFor({ state: 'detached' });
});

test('the overlay fits a phone and follows the dark theme', { skip }, async (t) => {
  const { page, frame } = await open(t, { viewport: { width: 390, height: 700 }, colorScheme: 'dark' });
  await page.evaluate(() => window.start('overlay'));
  await frame.locator('#pay').waitFor();
  const panel = page.locator('dialog > div');
  const box = await panel.boundingBox();
  assert.equal(box.width, 390);
  assert.ok(box.y >= 0 && box.y + box.height <= 700);
  assert.equal(await panel.evaluate((element) => getComputedStyle(element).backgroundColor), 'rgb(14, 20, 19)');
  assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 390);
});

test('a frame that stays silent becomes a redirect after eight seconds', { skip }, async (t) => {
  const { page } = await open(t);
  await page.clock.install();
  shop.mode.hello = false;
  t.after(() => (shop.mode.hello = true));
  await page.evaluate(() => window.start('overlay'));
  await page.locator('iframe').waitFor();
  await page.clock.fastForward(7_900);
  assert.equal(new URL(page.url()).origin, shopPage);
  await page.clock.fastForward(200);
  await page.waitForURL(`${platform}/c/${SECRET}`);
});

test('a popup pays, and one that is closed unpaid says so', { skip }, async (t) => {
  const { page, ended } = await open(t);
  const show = async () => {
    const [popup] = await Promise.all([page.waitForEvent('popup'), page.evaluate(() => window.start('popup'))]);
    await popup.locator('#pay').waitFor();
    return popup;
  };
  await (await show()).close();
  assert.deepEqual(await ended(), { code: 'USER_CANCELED', moneyMoved: 'no' });
  await (await show()).locator('#pay').click();
  assert.equal((await ended()).status, 'paid');
});

test('the element pays inline and grows with its page', { skip }, async (t) => {
  const { page, frame, violations } = await open(t);
  await page.evaluate((secret) => {
    const element = document.createElement('steelyard-checkout');
    for (const name of ['ready', 'success']) document.addEventListener(`steelyard:${name}`, () => window.told.push(name));
    element.addEventListener('steelyard:close', () => window.told.push('close'));
    element.setAttribute('client-secret', secret);
    document.body.append(element);
  }, SECRET);
  await frame.locator('#pay').click();
  await page.waitForFunction(() => window.told.includes('success'));
  assert.deepEqual(await page.evaluate(() => window.told), ['ready', 'success']);
  assert.equal((await page.locator('iframe').boundingBox()).height, 560);
  await page.evaluate(() => document.querySelector('steelyard-checkout').remove());
  await page.waitForFunction(() => window.told.includes('close'));
  assert.deepEqual(violations, []);
});

test('a redirect comes back through resume, and the order page believes the server alone', { skip }, async (t) => {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(`${platform}/shop`);
  await page.locator('.btn.add').first().click();
  await page.goto(`${platform}/shop/cart`);
  await page.locator('input[value=redirect]').check();
  await page.locator('[data-pay]').click();
  await page.waitForURL(/\/c\//);
  const number = [...shop.orders.keys()].at(-1);
  // Somebody types the address of success without having paid.
  const forged = await context.newPage();
  await forged.goto(`${platform}/shop/return?order=${number}&payment_id=pay_1&order_id=${number}&signature=x`);
  await forged.locator('[data-status=open]').waitFor();
  await page.locator('#pay').click();
  await page.waitForURL(/\/shop\/return/);
  await page.locator('[data-status=paid]').waitFor();
  await forged.locator('[data-status=paid]').waitFor();
  assert.equal(await page.evaluate(() => sessionStorage.getItem('steelyard')), null);
  assert.equal(await page.evaluate(() => localStorage.getItem('shop-cart')), null);
});

test('stock and prices change on the page as they change on the server, in every tab by one stream', { skip }, async (t) => {
  const context = await browser.newContext();
  t.after(() => context.close());
  const tabs = [await context.newPage(), await context.newPage()];
  for (const tab of tabs) {
    await tab.goto(`${platform}/shop`);
    await tab.locator('[data-state=live]').waitFor();
  }
  assert.equal(shop.streams(), 1);
  shop.change('barley', { stock: 2, price: 7900 });
  for (const tab of tabs) {
    const product = tab.locator('[data-art=barley]');
    await product.getByText('2개 남음').waitFor();
    assert.match(await product.locator('.price').innerText(), /8,900원\s*7,900원/);
  }
});

test('a cart that the stock no longer covers says so and shows what is there', { skip }, async (t) => {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(`${platform}/shop?lang=en`);
  await page.locator('[data-art=cup] .btn').click();
  await page.goto(`${platform}/shop/cart?lang=en`);
  await page.locator('.line').waitFor();
  shop.products.find(({ sku }) => sku === 'cup').stock = 0;
  await page.locator('[data-pay]').click();
  await page.locator('.note.bad').waitFor();
  assert.match(await page.locator('.note').innerText(), /No money moved/);
  await page.locator('dialog').waitFor({ state: 'detached' });
  assert.equal(await page.locator('.line').count(), 0);
});

test('what is read in the panel stays where it is while more happens', { skip }, async (t) => {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(`${platform}/shop`);
  await page.locator('[data-state=live]').waitFor();
  shop.happened('payment.created', 'pay_a', { amount: 1 });
  const read = page.locator('.hp', { hasText: 'pay_a' });
  await read.locator('summary').click();
  const at = await read.boundingBox();
  shop.call('GET', '/v1/orders/none', 404, null, { code: 'NOT_FOUND' });
  await page.locator('[data-waiting]').waitFor();
  assert.deepEqual(await read.boundingBox(), at);
  await page.locator('[data-waiting]').click();
  await page.locator('.hp', { hasText: '/v1/orders/none' }).waitFor();
  await page.locator('[data-pause]').click();
  await page.locator('[data-state=paused]').waitFor();
});

for (const id of ['overlay', 'inline', 'confirm']) {
  test(`the example runs as it is shown: ${id}`, { skip }, async (t) => {
    const context = await browser.newContext();
    t.after(() => context.close());
    const page = await context.newPage();
    page.setDefaultTimeout(10_000);
    await page.goto(`${platform}/examples?lang=en`);
    const example = page.locator(`#${id}`);
    await example.locator('button').click();
    await page.frameLocator('iframe').locator('#pay').click();
    await example.locator('.resolved').waitFor();
    assert.match(await example.locator('.resolved').innerText(), /"status": "paid"/);
  });
}

test('the example of resume leaves, comes back and is confirmed by the server', { skip }, async (t) => {
  const context = await browser.newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  page.setDefaultTimeout(10_000);
  await page.goto(`${platform}/examples`);
  await page.locator('#resume button').click();
  await page.waitForURL(/\/c\//);
  await page.locator('#pay').click();
  await page.locator('#resume .resolved').waitFor();
  assert.match(await page.locator('#resume .resolved').innerText(), /pay_confirmed/);
});
