// Every screen in every state, light and dark: usable by everybody.
import { expectAccessible } from '../fixtures/axe.mjs';
import { expect, test, usesServer } from '../fixtures/test.mjs';
import { CARDS, Checkout } from '../pages/checkout.mjs';
import { Payer } from '../pages/payer.mjs';
import { EXAMPLES, SHOP, Shop } from '../pages/shop.mjs';

const here = usesServer({ kind: 'demo' });

/** Each brings the checkout into a state; the page is examined there. */
const STATES = {
  card: (checkout) => checkout.method('card').click(),
  'card with mistakes': async (checkout) => {
    await checkout.fillCard('4242 4242 4242 4241', { expiry: '13/20' });
    await checkout.pay.click();
  },
  transfer: (checkout) => checkout.method('transfer').click(),
  'virtual account': (checkout) => checkout.method('virtualAccount').click(),
  'waiting for the deposit': (checkout) => checkout.askForAccount(),
  'the code': (checkout) => checkout.showQr(),
  declined: async (checkout) => {
    await checkout.payByCard(CARDS.limit);
    await checkout.expectFailure();
  },
  'the issuer’s step': async (checkout) => {
    await checkout.payByCard(CARDS.challenge);
    await checkout.expectStatus('authenticating');
  },
  unknown: async (checkout) => {
    await checkout.payByCard(CARDS.timeoutBefore);
    await checkout.expectStatus('unknown', { timeout: 20_000 });
  },
  paid: async (checkout) => {
    await checkout.payByCard(CARDS.approves);
    await checkout.expectPaid();
  },
  expired: async (checkout, session) => {
    await here.api.post(`/v1/checkout/sessions/${session.id}/expire`);
    await checkout.expectStatus('expired');
  },
};

/** Both themes of one state: the same page, told to be the other. */
async function bothThemes(page, what) {
  for (const theme of ['light', 'dark']) {
    await page.emulateMedia({ colorScheme: theme });
    await expectAccessible(page, `${what}, ${theme}`);
  }
}

for (const [name, reach] of Object.entries(STATES)) {
  test(`checkout, ${name}`, async ({ page }) => {
    const session = await here.api.session({ amount: 65_000 });
    const checkout = await Checkout.open(page, session);
    await reach(checkout, session);
    await bothThemes(page, name);
  });
}

test('checkout, scanned', async ({ page, contexts }) => {
  await here.api.settings({ origins: [], numberMatchFrom: 1 });
  const checkout = await Checkout.open(page, await here.api.session({ amount: 65_000 }));
  const address = await checkout.showQr();
  const payer = await Payer.signUp(contexts, here.server.url);
  await payer.follow(address);
  await expect(checkout.matchNumber).toBeVisible();
  await bothThemes(page, 'scanned');
  await bothThemes(payer.page, 'the app’s question');
  await payer.approve({ match: await checkout.digits(checkout.matchNumber) });
  await payer.expectDone();
  await bothThemes(payer.page, 'the app’s receipt');
});

test('app: before signing in, at home, before the camera, at the keypad', async ({ page, contexts, watch }) => {
  // Who has not signed in is told so, and Chromium tells it to its console.
  watch.expect(/401 .*\/app\/api\/me/);
  await page.goto(`${here.server.url}/app/`);
  await expect(page.getByRole('textbox').first()).toBeVisible();
  await bothThemes(page, 'sign in');
  const payer = await Payer.signUp(contexts, here.server.url, { balance: 30_000 });
  await payer.home();
  await bothThemes(payer.page, 'home');
  await payer.toScan();
  await bothThemes(payer.page, 'scan');
  await here.api.settings({ origins: [], numberMatchFrom: null });
  const checkout = await Checkout.open(page, await here.api.session());
  await payer.follow(await checkout.showQr());
  await payer.source('balance').click();
  await payer.pay.click();
  await expect(payer.key('0')).toBeVisible();
  await bothThemes(payer.page, 'keypad');
});

test('shop and examples', async ({ page }) => {
  const shop = await Shop.open(page, here.server.url);
  await bothThemes(page, 'shop');
  await shop.put();
  await shop.toCart();
  await bothThemes(page, 'cart');
  await page.goto(`${here.server.url}${EXAMPLES}`);
  await bothThemes(page, 'examples');
});

test('an address can choose the theme', async ({ page }) => {
  const session = await here.api.session();
  const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await Checkout.open(page, session, { theme: 'light' });
  const light = await paper();
  await Checkout.open(page, session, { theme: 'dark' });
  expect(await paper()).not.toBe(light);
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
});

test.describe('at twice the size', () => {
  // A window of 1280 at 200 %, and the 320 pixels of WCAG 1.4.10.
  for (const width of [640, 320]) {
    test(`nothing is cut off at ${width} pixels`, async ({ page, contexts }) => {
      await page.setViewportSize({ width, height: 512 });
      const session = await here.api.session({ amount: 1_234_567, name: '아주 긴 이름을 가진 상품 '.repeat(6) });
      const checkout = await Checkout.open(page, session);
      const fits = async (page, what) => {
        const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
        expect(over, what).toBeLessThanOrEqual(0);
      };
      for (const method of ['card', 'transfer', 'virtualAccount', 'app']) {
        await checkout.method(method).click();
        await fits(page, method);
      }
      await page.goto(`${here.server.url}${SHOP}`);
      await fits(page, 'shop');
      await page.goto(`${here.server.url}${EXAMPLES}`);
      await fits(page, 'examples');
      const payer = await Payer.signUp(contexts, here.server.url, { viewport: { width, height: 512 } });
      await payer.home();
      await fits(payer.page, 'app');
    });
  }
});
