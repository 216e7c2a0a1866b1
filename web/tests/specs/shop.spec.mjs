// The demonstration's shop, from the shelf to the books.
import { createHash } from 'node:crypto';

import { Api } from '../fixtures/api.mjs';
import { PHONE, launchWithCamera, writeClip } from '../fixtures/camera.mjs';
import { expect, test, usesServer } from '../fixtures/test.mjs';
import { CARDS, Checkout } from '../pages/checkout.mjs';
import { Payer } from '../pages/payer.mjs';
import { EXAMPLES, Shop } from '../pages/shop.mjs';

const here = usesServer({ kind: 'demo' });

async function bought(page, style) {
  const shop = await Shop.open(page, here.server.url);
  const name = await shop.product.getByRole('heading').textContent();
  const stock = await shop.stock();
  await shop.put();
  await shop.toCart();
  await shop.style(style);
  return { shop, name, stock };
}

test('the examples show the tag that loads this very file', async ({ page }) => {
  await page.goto(`${here.server.url}${EXAMPLES}?lang=en`);
  const tag = await page.locator('[data-tag]').textContent();
  const [, src] = tag.match(/src="([^"]+)"/);
  const file = Buffer.from(await (await fetch(src)).arrayBuffer());
  expect(tag).toContain(`integrity="sha384-${createHash('sha384').update(file).digest('base64')}"`);
});

test('on a desktop: a code, a second phone, and an order that turns by itself', async ({ page, contexts }, info) => {
  const { shop, name, stock } = await bought(page, 'overlay');
  await shop.buy.click();
  const checkout = new Checkout(shop.frame);
  const address = await checkout.showQr();
  const clip = info.outputPath('camera.y4m');
  await writeClip(address, clip);
  const phone = await launchWithCamera({ clip });
  const payer = await Payer.signUp(contexts, here.server.url, { of: phone });
  await payer.scan();
  await expect(payer.confirmAmount).toBeVisible();
  const numbered = await payer.numbers.count();
  await payer.approve({ match: numbered ? await checkout.digits(checkout.matchNumber) : undefined });
  await payer.expectDone();
  await shop.expectPaid();
  await expect(shop.happening).toContainText(/paid|captured/);
  const shelf = await Shop.open(page, here.server.url);
  await expect.poll(() => shelf.stock(shelf.named(name))).toBe(stock - 1);
  await phone.close();
});

test('on a phone: away to the checkout, on to the app, and back', async ({ contexts }) => {
  const context = await contexts(PHONE);
  const page = await context.newPage();
  const { shop } = await bought(page, 'redirect');
  await shop.buy.click();
  await page.waitForURL(/\/c\//);
  const checkout = new Checkout(page);
  const payer = await Payer.signUp(contexts, here.server.url, { on: page });
  // The same address as in the code, as a link: a phone cannot scan itself. The number is on the page that it leaves.
  await checkout.openHere.click();
  await expect(payer.confirmAmount).toBeVisible();
  await expect(payer.numbers).toHaveCount(0);
  // Who turns back is where they were, and the code is free again.
  await payer.leaveFor(checkout);
  await expect(checkout.qrState).toHaveAttribute('data-state', 'waiting');
  await checkout.openHere.click();
  await payer.approve();
  await payer.expectDone();
  await payer.backToCheckout.click();
  await checkout.expectPaid();
  await checkout.returnNow.click();
  await shop.expectPaid();
});

for (const style of ['overlay', 'redirect', 'inline', 'popup']) {
  test(`shown as ${style}, a card pays`, async ({ page }) => {
    const { shop } = await bought(page, style);
    const popup = style === 'popup' ? page.waitForEvent('popup') : null;
    await shop.buy.click();
    if (style === 'redirect') await page.waitForURL(/\/c\//);
    const scope = popup ? await popup : style === 'redirect' ? page : shop.frame;
    const checkout = new Checkout(scope);
    await checkout.payByCard(CARDS.approves);
    if (style === 'redirect') await checkout.returnNow.click();
    await shop.expectPaid();
  });
}

test('stock moves on the shelf without a reload', async ({ page }) => {
  const shop = await Shop.open(page, here.server.url);
  const [first] = await Shop.catalog(here.server.url);
  // The shop is one of the demonstration's merchants; its products say whose.
  for (const { secretKey } of here.server.merchants) {
    const api = new Api({ url: here.server.url, secretKey });
    const product = (await api.get('/v1/products?limit=100')).items.find(({ sku }) => sku === first.sku);
    if (!product) continue;
    await api.post(`/v1/products/${product.id}/stock`, { delta: -1, reason: '파손' });
    await expect.poll(() => shop.stock(shop.named(first.name))).toBe(first.stock - 1);
    return;
  }
  throw new Error(`no merchant of the demonstration has ${first.sku}`);
});

for (const id of ['overlay', 'popup', 'inline', 'confirm', 'redirect', 'resume']) {
  test(`the example ${id} runs as its code says`, async ({ page }) => {
    await page.goto(`${here.server.url}${EXAMPLES}`);
    const example = page.locator(`section.example#${id}`);
    const popup = id === 'popup' ? page.waitForEvent('popup') : null;
    await example.getByRole('button').first().click();
    const leaves = id === 'redirect' || id === 'resume';
    if (leaves) await page.waitForURL(/\/c\//);
    const scope = popup ? await popup : leaves ? page : page.locator('iframe[src*="/c/"]').contentFrame();
    const checkout = new Checkout(scope);
    await checkout.payByCard(CARDS.approves);
    if (leaves) await checkout.returnNow.click();
    if (id === 'redirect') await new Shop(page).expectPaid();
    else await expect(example.locator('.log li.resolved')).toContainText(id === 'confirm' || id === 'resume' ? /captured|paid|pay_/ : '"paid"');
  });
}
