// The shop, its orders and the examples, light and dark, in both languages: usable by everybody.
import { expectFits, expectUsable } from '../fixtures/axe.mjs';
import { expect, test, usesServer } from '../fixtures/test.mjs';
import { CARDS, Checkout } from '../pages/checkout.mjs';
import { Payer } from '../pages/payer.mjs';
import { EXAMPLES, SHOP, Shop } from '../pages/shop.mjs';

const here = usesServer({ kind: 'demo' });

/** The same address in English. */
function inEnglish(page) {
  return async () => {
    const url = new URL(page.url());
    url.searchParams.set('lang', 'en');
    await page.goto(url.href);
  };
}

test('the shelf, the cart and the empty cart', async ({ page }) => {
  const shop = await Shop.open(page, here.server.url, { lang: 'ko' });
  const english = inEnglish(page);
  await expectUsable(page, 'shop', async () => {
    await english();
    await expect(shop.product).toBeVisible();
  });
  await page.goto(`${here.server.url}/shop/cart?lang=ko`);
  await expect(page.locator('[data-empty-cart]')).toBeVisible();
  await expectUsable(page, 'the empty cart', async () => {
    await english();
    await expect(page.locator('[data-empty-cart]')).toBeVisible();
  });
  await Shop.open(page, here.server.url, { lang: 'ko' });
  await shop.put();
  await shop.toCart();
  await expectUsable(page, 'the cart', async () => {
    await english();
    await expect(shop.buy).toBeEnabled();
  });
});

test('the checkout above the cart, and the order that was paid', async ({ page }) => {
  const shop = await Shop.open(page, here.server.url, { lang: 'ko' });
  await shop.put();
  await shop.toCart();
  const open = async () => {
    await shop.style('overlay');
    await shop.buy.click();
    await expect(new Checkout(shop.frame).root).toBeVisible();
  };
  await open();
  const english = inEnglish(page);
  await expectUsable(page, 'the checkout above the cart', async () => {
    await english();
    await expect(shop.buy).toBeEnabled();
    await open();
  });
  await new Checkout(shop.frame).payByCard(CARDS.approves);
  await shop.expectPaid();
  await page.goto(page.url().replace('lang=en', 'lang=ko'));
  await shop.expectPaid();
  await expectUsable(page, 'the order', async () => {
    await english();
    await shop.expectPaid();
  });
});

test('an order that waits for its deposit, and one that nobody made', async ({ page, watch }) => {
  watch.expect(/status of 404 /);
  const english = inEnglish(page);
  const shop = await Shop.open(page, here.server.url, { lang: 'ko' });
  await shop.put();
  await shop.toCart();
  await shop.style('redirect');
  await shop.buy.click();
  await page.waitForURL(/\/c\//);
  const checkout = new Checkout(page);
  await checkout.askForAccount();
  await checkout.returnNow.click();
  await expect(shop.order).toHaveAttribute('data-status', 'waitingForDeposit');
  await expectUsable(page, 'an order that waits', async () => {
    await english();
    await expect(shop.order).toHaveAttribute('data-status', 'waitingForDeposit');
  });
  await page.goto(`${here.server.url}/shop/order/none?lang=ko`);
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expectUsable(page, 'an order that nobody made', english);
});

test('the examples', async ({ page }) => {
  await page.goto(`${here.server.url}${EXAMPLES}?lang=ko`);
  await expectUsable(page, 'examples', inEnglish(page));
});

test('the app’s door, with the people of the demonstration', async ({ page, watch }) => {
  watch.expect(/status of 401 /);
  await page.goto(`${here.server.url}/app/?lang=ko`);
  await expect(page.locator('section.demo')).toBeVisible();
  await expectUsable(page, 'the app’s door', async () => {
    await page.goto(`${here.server.url}/app/?lang=en`);
    await expect(page.locator('section.demo')).toBeVisible();
  });
});

test.describe('at twice the size', () => {
  // A window of 1280 at 200 %, and the 320 pixels of WCAG 1.4.10.
  for (const width of [640, 320]) {
    test(`nothing is cut off at ${width} pixels`, async ({ page, contexts }) => {
      await page.setViewportSize({ width, height: 512 });
      const session = await here.api.session({ amount: 1_234_567, name: '아주 긴 이름을 가진 상품 '.repeat(6) });
      const checkout = await Checkout.open(page, session);
      for (const method of ['card', 'transfer', 'virtualAccount', 'app']) {
        await checkout.method(method).click();
        await expectFits(page, method);
      }
      await page.goto(`${here.server.url}${SHOP}`);
      await expectFits(page, 'shop');
      await page.goto(`${here.server.url}${EXAMPLES}`);
      await expectFits(page, 'examples');
      const payer = await Payer.signUp(contexts, here.server.url, { viewport: { width, height: 512 } });
      await payer.home();
      await expectFits(payer.page, 'app');
    });
  }
});
