// Pictures of every screen for a person: `cargo xtask look`. Nothing is judged here.
import { fileURLToPath } from 'node:url';

import { attempt } from '../fixtures/api.mjs';
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

/** A payer whose phone is the page that pictures are taken of. */
const payer = (reach, options) => async (page, lang, contexts) => {
  const who = await Payer.signUp(contexts, here.server.url, { balance: 100_000, ...options });
  await page.context().addCookies(await who.context.cookies());
  who.page = page;
  await page.goto(`${here.server.url}/app/?lang=${lang}`);
  await who.balance.waitFor();
  await reach(who);
};

const screen = (path, name, reach) =>
  payer(async (on) => {
    await on.to(path, name);
    await reach?.(on);
  });

/** Before the question of a payment. */
const asked = (reach, options) =>
  payer(async (on) => {
    await here.api.settings({ origins: [], numberMatchFrom: null });
    const session = await here.api.session({ amount: 64_500 });
    const { data } = await attempt(session.url, { method: 'app' });
    await on.to(`q/${data.qr.url.split('/').pop()}`, 'confirm');
    await reach?.(on, session);
  }, options);

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
  'checkout-scanned': async (page, lang, contexts) => {
    await here.api.settings({ origins: [], numberMatchFrom: 1 });
    const on = await Checkout.open(page, await here.api.session({ amount: 64_500 }), { lang });
    const who = await Payer.signUp(contexts, here.server.url);
    await who.ask('POST', 'qr/resolve', { token: (await on.showQr()).split('/').pop() });
    await on.matchNumber.waitFor();
  },
  'checkout-canceled': checkout(async (on, session) => {
    await here.api.post(`/v1/orders/${session.orderId}/cancel`, { reason: '품절' });
    await on.expectStatus('canceled');
  }),
  'checkout-expired': checkout(async (on, session) => {
    await here.api.post(`/v1/checkout/sessions/${session.id}/expire`);
    await on.expectStatus('expired');
  }),
  'app-sign-in': (page, lang) => page.goto(`${here.server.url}/app/?lang=${lang}`),
  'app-sign-up': async (page, lang) => {
    await page.goto(`${here.server.url}/app/?lang=${lang}#/sign-up`);
    await page.locator('#pin2').waitFor();
  },
  'app-home': payer((on) => on.page.locator('.mv .sum').first().waitFor()),
  'app-scan': screen('scan', 'scan'),
  'app-confirm': asked(),
  'app-pin': asked(async (on) => {
    await on.pay.click();
    await on.key('0').waitFor();
  }),
  'app-declined': asked(
    async (on) => {
      await on.approve({ source: 1 });
      await on.screen('declined').waitFor();
    },
    { cards: [CARDS.approves, CARDS.limit] },
  ),
  'app-done': asked(async (on) => {
    await on.approve();
    await on.expectDone();
  }),
  'app-receipt': asked(async (on, session) => {
    await on.approve();
    await on.expectDone();
    const [{ id }] = await here.api.paymentsOf(session.orderId);
    await on.to(`receipt/${id}`, 'receipt');
    await on.page.locator('.receipt').waitFor();
  }),
  'app-cards': screen('cards', 'cards'),
  'app-card-new': screen('cards/new', 'cardNew'),
  'app-top-up': screen('top-up', 'topUp'),
  'app-redeem': screen('redeem', 'redeem'),
  'app-history': screen('history', 'history', (on) => on.page.locator('.mv .sum').first().waitFor()),
  'app-settings': screen('settings', 'settings'),
  shop: (page, lang) => Shop.open(page, here.server.url, { lang }),
  'shop-cart-empty': (page, lang) => page.goto(`${here.server.url}/shop/cart?lang=${lang}`),
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
