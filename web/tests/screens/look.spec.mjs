// Pictures of every screen for a person: `cargo xtask look`. Nothing is judged here.
import { fileURLToPath } from 'node:url';

import { test, usesServer } from '../fixtures/test.mjs';
import { CARDS, Checkout } from '../pages/checkout.mjs';
import { Payer } from '../pages/payer.mjs';
import { EXAMPLES, Shop } from '../pages/shop.mjs';

const FOLDER = fileURLToPath(new URL('../../../look/', import.meta.url));
const SIZES = [[390, 844], [1024, 768], [1440, 900]];
const here = usesServer({ kind: 'demo' });

test.beforeEach(({ watch }) => watch.expect(/./));

const checkout = (reach) => async (page, lang) => {
  const session = await here.api.session({
    lines: [
      { name: '아메리카노', quantity: 2, unitPrice: 4_500 },
      { name: '골목의 시간', quantity: 1, unitPrice: 56_000, taxFree: true },
    ],
  });
  await reach?.(await Checkout.open(page, session, { lang }), session);
};

const payer = (reach) => async (page, lang, contexts) => {
  const { context } = await Payer.signUp(contexts, here.server.url, { balance: 100_000 });
  await page.context().addCookies(await context.cookies());
  await reach(page, lang);
};

const shop = (reach) => async (page, lang) => {
  const on = await Shop.open(page, here.server.url, { lang });
  await on.put();
  await on.toCart();
  await reach?.(on);
};

const overlay = (reach) =>
  shop(async (on) => {
    await on.style('overlay');
    await on.buy.click();
    const within = new Checkout(on.frame);
    await within.root.waitFor();
    await reach?.(within, on);
  });

const SCREENS = {
  'checkout-card': checkout((on) => on.method('card').click()),
  'checkout-app': checkout((on) => on.showQr()),
  'checkout-transfer': checkout((on) => on.method('transfer').click()),
  'checkout-account': checkout((on) => on.askForAccount()),
  'checkout-declined': checkout(async (on) => {
    await on.payByCard(CARDS.limit);
    await on.expectFailure();
  }),
  'checkout-challenge': checkout(async (on) => {
    await on.payByCard(CARDS.challenge);
    await on.expectStatus('authenticating');
  }),
  'checkout-unknown': checkout(async (on) => {
    await on.payByCard(CARDS.timeoutBefore);
    await on.expectStatus('unknown', { timeout: 20_000 });
  }),
  'checkout-paid': checkout(async (on) => {
    await on.payByCard(CARDS.approves);
    await on.expectPaid();
  }),
  'checkout-expired': checkout(async (on, session) => {
    await here.api.post(`/v1/checkout/sessions/${session.id}/expire`);
    await on.expectStatus('expired');
  }),
  'app-sign-in': (page, lang) => page.goto(`${here.server.url}/app/?lang=${lang}`),
  'app-home': payer(async (page, lang) => {
    await page.goto(`${here.server.url}/app/?lang=${lang}`);
    await page.locator('.balance .hero').waitFor();
  }),
  'app-scan': payer(async (page, lang) => {
    await page.goto(`${here.server.url}/app/?lang=${lang}`);
    await page.locator('main a.scan').click();
    await page.locator('input#code').waitFor();
  }),
  'app-confirm': payer(async (page) => {
    const other = await page.context().newPage();
    const address = await (await Checkout.open(other, await here.api.session({ amount: 24_500 }))).showQr();
    await page.goto(address);
    await page.locator('[data-screen="confirm"] .hero').waitFor();
    await other.close();
  }),
  'app-cards': payer(async (page, lang) => {
    await page.goto(`${here.server.url}/app/?lang=${lang}#/cards`);
    await page.locator('[data-screen]').waitFor();
  }),
  'app-history': payer(async (page, lang) => {
    await page.goto(`${here.server.url}/app/?lang=${lang}#/history`);
    await page.locator('[data-screen]').waitFor();
  }),
  shop: (page, lang) => Shop.open(page, here.server.url, { lang }),
  'shop-cart': shop(),
  'shop-overlay': overlay(),
  'shop-order': overlay(async (within, on) => {
    await within.payByCard(CARDS.approves);
    await on.expectPaid();
  }),
  examples: (page, lang) => page.goto(`${here.server.url}${EXAMPLES}?lang=${lang}`),
};

for (const [name, reach] of Object.entries(SCREENS)) {
  for (const lang of ['ko', 'en']) {
    test(`${name}-${lang}`, async ({ contexts }) => {
      const page = await (await contexts({ locale: lang === 'ko' ? 'ko-KR' : 'en-GB' })).newPage();
      await reach(page, lang, contexts);
      for (const [width, height] of SIZES) {
        await page.setViewportSize({ width, height });
        for (const colorScheme of ['light', 'dark']) {
          await page.emulateMedia({ colorScheme });
          await page.screenshot({ path: `${FOLDER}${name}-${lang}-${width}-${colorScheme}.png`, fullPage: true, animations: 'disabled' });
        }
      }
    });
  }
}
