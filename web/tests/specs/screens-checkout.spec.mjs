// The checkout in every state, light and dark, in both languages: usable by everybody.
import { randomUUID } from 'node:crypto';

import { attempt } from '../fixtures/api.mjs';
import { expectAccessible, expectFits, expectUsable } from '../fixtures/axe.mjs';
import { expect, test, usesServer } from '../fixtures/test.mjs';
import { CARDS, Checkout } from '../pages/checkout.mjs';
import { Payer } from '../pages/payer.mjs';

const AMOUNT = 65_000;

/** Opens a session's page in Korean, `reach`es a state, and `look`s for it in both languages. */
async function examined(page, session, what, { reach = () => {}, look }) {
  const checkout = await Checkout.open(page, session, { lang: 'ko' });
  await reach(checkout, session);
  await look(checkout);
  await expectUsable(page, what, async () => look(await Checkout.open(page, session, { lang: 'en' })));
}

test.describe('while the acquirer answers', () => {
  const here = usesServer();

  /** The second door: the shop's page made the session, and a claim of it is the amount. */
  async function secondDoor() {
    const claim = { merchantOrderId: randomUUID(), orderName: '책', amount: AMOUNT, currency: 'KRW', methods: ['card'] };
    const back = { successUrl: `${here.server.url}/health/live`, failUrl: `${here.server.url}/health/live` };
    const headers = { Authorization: `Bearer ${here.server.publishableKey}`, 'Content-Type': 'application/json', 'Idempotency-Key': randomUUID() };
    const answer = await fetch(`${here.server.url}/v1/checkout/sessions`, { method: 'POST', headers, body: JSON.stringify({ ...claim, ...back }) });
    const { data } = await answer.json();
    return { url: `${here.server.url}/c/${data.clientSecret}` };
  }

  const STATES = {
    card: {
      look: async (checkout) => {
        await checkout.method('card').click();
        for (const more of await checkout.root.locator('summary').filter({ visible: true }).all()) await more.click();
        await expect(checkout.root.locator('details:not([open])').filter({ visible: true })).toHaveCount(0);
      },
    },
    'card with mistakes': {
      look: async (checkout) => {
        await checkout.fillCard('4242 4242 4242 4241', { expiry: '13/20' });
        await checkout.pay.click();
        await expect(checkout.id('card-number')).toHaveAttribute('aria-invalid', 'true');
      },
    },
    transfer: { look: (checkout) => checkout.method('transfer').click() },
    'virtual account': { look: (checkout) => checkout.method('virtualAccount').click() },
    'the code': { look: (checkout) => checkout.showQr() },
    'waiting for the deposit': {
      reach: (checkout) => checkout.askForAccount(),
      look: (checkout) => expect(checkout.accountNumber).toBeVisible(),
    },
    declined: { reach: (checkout) => checkout.payByCard(CARDS.limit), look: (checkout) => checkout.expectFailure() },
    'the issuer’s step': {
      reach: (checkout) => checkout.payByCard(CARDS.challenge),
      look: async (checkout) => {
        await checkout.expectStatus('authenticating');
        await expect((await checkout.issuer()).getByRole('button').first()).toBeVisible();
      },
    },
    'the issuer’s step failed': {
      reach: async (checkout) => {
        await checkout.payByCard(CARDS.challenge);
        await checkout.fail();
      },
      look: (checkout) => checkout.expectFailure(),
    },
    paid: { reach: (checkout) => checkout.payByCard(CARDS.approves), look: (checkout) => checkout.expectPaid() },
    'paid by transfer': { reach: (checkout) => checkout.payByTransfer(), look: (checkout) => checkout.expectPaid() },
    expired: {
      reach: async (checkout, session) => {
        await checkout.settled();
        await here.api.post(`/v1/checkout/sessions/${session.id}/expire`);
      },
      look: (checkout) => checkout.expectStatus('expired'),
    },
    canceled: {
      reach: async (checkout, session) => {
        await checkout.settled();
        await here.api.post(`/v1/orders/${session.orderId}/cancel`, { reason: '품절' });
      },
      look: (checkout) => checkout.expectStatus('canceled'),
    },
  };

  for (const [name, state] of Object.entries(STATES)) {
    test(name, async ({ page }) => {
      await examined(page, await here.api.session({ amount: AMOUNT }), name, state);
    });
  }

  test('an order of many lines, without tax and without time to add', async ({ page }) => {
    const lines = Array.from({ length: 8 }, (_, index) => ({ name: `아주 긴 이름을 가진 상품 ${index + 1}`, quantity: 2, unitPrice: 5_000, taxFree: true }));
    const session = await here.api.session({ lines });
    const look = async (checkout) => {
      await checkout.root.locator('summary').first().click();
      await expect(checkout.root.getByText('상품 8')).toBeVisible();
    };
    await examined(page, session, 'many lines', { look });
  });

  test('the second door, and what waits behind it for the shop', async ({ page }) => {
    const session = await secondDoor();
    await examined(page, session, 'the second door', { look: (checkout) => expect(checkout.pay).toBeVisible() });
    const look = async (checkout) => {
      await checkout.expectStatus('authenticated');
      if (await checkout.stopReturn.isVisible()) await checkout.stopReturn.click();
    };
    await examined(page, session, 'authenticated', { reach: (checkout) => checkout.payByCard(CARDS.approves), look });
  });

  for (const numberMatchFrom of [1, null]) {
    test(numberMatchFrom ? 'scanned, with a number to compare' : 'scanned, without a number', async ({ page, contexts }) => {
      await here.api.settings({ origins: [], numberMatchFrom });
      const payer = await Payer.signUp(contexts, here.server.url);
      const reach = async (checkout) => payer.ask('POST', 'qr/resolve', { token: (await checkout.showQr()).split('/').pop() });
      const look = async (checkout) => {
        await expect(checkout.qrState).toHaveAttribute('data-state', 'scanned');
        await expect(checkout.matchNumber).toHaveCount(numberMatchFrom ? 1 : 0);
      };
      await examined(page, await here.api.session({ amount: AMOUNT }), 'scanned', { reach, look });
    });
  }

  /** Both languages at once, kept as they are: what passes in seconds is looked at as long as it takes. */
  async function kept(page, session, begin, what) {
    const other = await page.context().newPage();
    const both = [[page, 'ko', 'light'], [other, 'en', 'dark']];
    for (const [page, lang] of both) await Checkout.open(page, session, { lang });
    const ended = begin();
    for (const [page, , colorScheme] of both) {
      await page.emulateMedia({ colorScheme });
      await new Checkout(page).expectStatus('processing');
      // Whoever is told of a change fetches the page anew, and waits for it here.
      await page.route(/\/c\//, () => {});
    }
    for (const [page, lang] of both) {
      await expectAccessible(page, `${what}, ${lang}`);
      await expectFits(page, `${what}, ${lang}`);
      await new Checkout(page).expectStatus('processing');
    }
    return await ended;
  }

  test('while the acquirer is asked', async ({ page }) => {
    const session = await here.api.session({ amount: AMOUNT });
    const card = { method: 'card', number: CARDS.slow, expiry: '12/49', cvc: '123' };
    const answer = await kept(page, session, () => attempt(session.url, card), 'processing');
    expect(answer.data.status).toBe('paid');
  });

  test('while the acquirer is asked about a phone’s payment', async ({ page, contexts }) => {
    await here.api.settings({ origins: [], numberMatchFrom: null });
    const payer = await Payer.signUp(contexts, here.server.url, { cards: [CARDS.slow] });
    const session = await here.api.session({ amount: AMOUNT });
    const { data } = await attempt(session.url, { method: 'app' });
    await payer.ask('POST', 'qr/resolve', { token: data.qr.url.split('/').pop() });
    const answer = await kept(page, session, () => payer.confirm(session, { amount: AMOUNT }), 'processing a phone’s payment');
    expect(answer.data.status).toBe('paid');
  });

  for (const [locale, colorScheme, title] of [['ko-KR', 'light', '본인 확인을 마쳤어요'], ['en-GB', 'dark', 'Verification finished']]) {
    test(`back in the issuer’s frame, ${locale}`, async ({ contexts }) => {
      const page = await (await contexts({ locale, colorScheme })).newPage();
      const checkout = await Checkout.open(page, await here.api.session({ amount: AMOUNT }));
      await checkout.payByCard(CARDS.challenge);
      await checkout.expectStatus('authenticating');
      // The page around it would move on as soon as it is told.
      await page.route(/\/c\/[^/]+$/, (route) => (route.request().resourceType() === 'fetch' ? undefined : route.fallback()));
      await checkout.pass();
      await expect(checkout.challenge.contentFrame().getByRole('heading', { name: title })).toBeVisible();
      await expectAccessible(page, `back in the frame, ${locale}`);
    });
  }

  test('a page that is not there', async ({ page, watch }) => {
    watch.expect(/status of 404 /);
    for (const path of ['/c/cs_none_secret_none', '/c/cs_none_secret_none/nowhere', '/q/!']) {
      await page.goto(`${here.server.url}${path}?lang=ko`);
      await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
      await expectUsable(page, path, async () => {
        await page.goto(`${here.server.url}${path}?lang=en`);
      });
    }
  });

  for (const [app, agent] of [['KakaoTalk', 'KAKAOTALK 10.8.0'], ['Instagram', 'Instagram 334.0']]) {
    test(`within ${app}`, async ({ contexts }) => {
      const userAgent = `Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 ${agent}`;
      const page = await (await contexts({ userAgent, viewport: { width: 390, height: 844 } })).newPage();
      const look = (checkout) => expect(checkout.root.getByText(app).first()).toBeVisible();
      await examined(page, await here.api.session({ amount: AMOUNT }), `within ${app}`, { look });
    });
  }

  test('an address can choose the theme', async ({ page }) => {
    const session = await here.api.session();
    const paper = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    await Checkout.open(page, session, { theme: 'light' });
    const light = await paper();
    await Checkout.open(page, session, { theme: 'dark' });
    expect(await paper()).not.toBe(light);
    await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  });
});

test.describe('without scripts', () => {
  const here = usesServer();

  test('what is refused is said on the page of the form', async ({ page, watch }) => {
    watch.expect(/status of 422 /);
    // Axe is a script too: ours are empty, where a browser without scripts would run none.
    await page.route('**/*.mjs', (route) => route.fulfill({ contentType: 'text/javascript', body: '' }));
    const session = await here.api.session({ amount: AMOUNT });
    for (const lang of ['ko', 'en']) {
      await page.goto(`${session.url}?lang=${lang}`);
      const card = page.locator('form').filter({ has: page.locator('[name="number"]') });
      if (!(await card.isVisible())) await page.getByTestId('method-card').click();
      await card.getByTestId('card-number').fill('4242 4242 4242 4241');
      await card.getByTestId('card-expiry').fill('12/49');
      await card.getByTestId('card-cvc').fill('123');
      await card.getByTestId('pay').click();
      await expect(page.getByRole('alert').filter({ hasText: /\S/ })).toBeVisible();
      await page.emulateMedia({ colorScheme: lang === 'ko' ? 'light' : 'dark' });
      await expectAccessible(page, `refused without scripts, ${lang}`);
    }
  });
});

test.describe('when the acquirer does not answer', () => {
  const here = usesServer();

  test('unknown, then some ways closed, then all', async ({ page }) => {
    const session = await here.api.session({ amount: AMOUNT });
    const reach = (checkout) => checkout.payByCard(CARDS.timeoutBefore);
    const look = (checkout) => checkout.expectStatus('unknown', { timeout: 20_000 });
    await examined(page, session, 'unknown', { reach, look });
    // Three silences in a row, and nobody is sent there for half a minute.
    const silent = { method: 'card', number: CARDS.timeoutBefore, expiry: '12/49', cvc: '123' };
    const others = await Promise.all([1, 2, 3].map(() => here.api.session()));
    await Promise.all(others.map(({ url }) => attempt(url, silent)));
    const closed = (count) => async (checkout) => {
      await expect(checkout.root.locator('[name="m"]:disabled')).toHaveCount(count);
      await expect(checkout.root.locator('.notice.wai')).toBeVisible();
    };
    await examined(page, await here.api.session({ amount: AMOUNT }), 'some ways closed', { look: closed(3) });
    await examined(page, await here.api.session({ amount: AMOUNT, methods: ['card', 'transfer'] }), 'all ways closed', { look: closed(2) });
  });
});
