// A code on one screen, paid from another.
import { checkoutState } from '../fixtures/api.mjs';
import { PHONE, launchWithCamera, photo, writeClip } from '../fixtures/camera.mjs';
import { expect, test, usesServer } from '../fixtures/test.mjs';
import { CARDS, Checkout } from '../pages/checkout.mjs';
import { PIN, Payer } from '../pages/payer.mjs';

const here = usesServer();

async function shown(page, { amount = 24_500, numberMatchFrom = 1 } = {}) {
  await here.api.settings({ origins: [], numberMatchFrom });
  const session = await here.api.session({ amount });
  const checkout = await Checkout.open(page, session);
  const address = await checkout.showQr();
  expect(address).toBe((await checkoutState(session.url)).qr.url);
  return { session, checkout, address };
}

// What is pressed when a code comes is what somebody aimed at.
for (const lang of ['ko', 'en']) {
  test(`nothing moves when the code comes, ${lang}`, async ({ contexts }) => {
    for (const size of [{ viewport: { width: 1440, height: 900 } }, PHONE]) {
      const page = await (await contexts(size)).newPage();
      let come;
      await page.route('**/attempts*', async (route) => {
        await new Promise((release) => (come = release));
        await route.continue();
      });
      const checkout = await Checkout.open(page, await here.api.session(), { lang });
      await expect(page.locator('form[data-pay="app"] .waiting')).toBeVisible();
      await page.evaluate(() => document.fonts.ready);
      const panel = page.locator('.panel[data-method="app"]');
      const before = await panel.boundingBox();
      come();
      await checkout.settled();
      expect(await panel.boundingBox()).toEqual(before);
    }
  });
}

test('a phone scans, compares the numbers, enters the PIN, and the screen turns', async ({ page, contexts }, info) => {
  const { session, checkout, address } = await shown(page);
  // Nothing about the buyer or the amount is in the code.
  expect(address).toMatch(new RegExp(`^${here.server.url}/q/[A-Za-z0-9_-]+$`));
  const clip = info.outputPath('camera.y4m');
  await writeClip(address, clip);
  const phone = await launchWithCamera({ clip });
  const payer = await Payer.signUp(contexts, here.server.url, { of: phone });
  await payer.scan();
  await expect(payer.confirmAmount).toContainText('24,500');
  await expect(checkout.qrState).toHaveAttribute('data-state', /scanned|confirming/);
  await expect(checkout.qr).toBeHidden();
  const match = await checkout.digits(checkout.matchNumber);
  await payer.approve({ match });
  await payer.expectDone();
  await checkout.expectPaid();
  const [payment] = await here.api.paymentsOf(session.orderId);
  expect(payment).toMatchObject({ status: 'captured', capturedAmount: 24_500 });
  await phone.close();
});

test('a balance pays as well, and is less by as much', async ({ page, contexts }) => {
  const { checkout, address } = await shown(page, { amount: 7_000, numberMatchFrom: null });
  const payer = await Payer.signUp(contexts, here.server.url, { balance: 50_000 });
  await payer.follow(address);
  await payer.approve({ source: 'balance' });
  await payer.expectDone();
  await checkout.expectPaid();
  expect((await payer.ask('GET', 'me')).balance.amount).toBe(43_000);
  const { items } = await payer.ask('GET', 'history');
  expect(items[0]).toMatchObject({ kind: 'payment', amount: -7_000 });
});

test('two phones scan one code: the second is told, and cannot pay', async ({ page, contexts, watch }) => {
  watch.expect(/status of 409 /);
  const { session, checkout, address } = await shown(page, { numberMatchFrom: null });
  const first = await Payer.signUp(contexts, here.server.url);
  const second = await Payer.signUp(contexts, here.server.url, { name: '이민준' });
  await first.follow(address);
  await expect(first.confirmAmount).toBeVisible();
  await second.follow(address);
  await expect(second.failure).toBeVisible();
  await expect(second.confirmAmount).toBeHidden();
  expect(await second.call('POST', 'qr/resolve', { token: address.split('/').pop() })).toMatchObject({ status: 409, code: 'QR_TAKEN' });
  const forced = await second.call('POST', `confirm/${session.id}/approve`, {
    pin: PIN,
    shownAmount: 24_500,
    source: { type: 'card', cardId: second.me.cards[0].id },
  });
  expect(forced.status).toBeGreaterThanOrEqual(400);
  await first.approve();
  await first.expectDone();
  await checkout.expectPaid();
  expect(await here.api.paymentsOf(session.orderId)).toHaveLength(1);
});

test('two phones that approve at once take the money once', async ({ page, contexts }) => {
  const { session, checkout, address } = await shown(page, { numberMatchFrom: null });
  const payers = [await Payer.signUp(contexts, here.server.url), await Payer.signUp(contexts, here.server.url, { name: '이민준' })];
  await Promise.all(payers.map((payer) => payer.call('POST', 'qr/resolve', { token: address.split('/').pop() })));
  const approvals = payers.flatMap((payer) =>
    [1, 2, 3].map(() =>
      payer.call('POST', `confirm/${session.id}/approve`, { pin: PIN, shownAmount: 24_500, source: { type: 'card', cardId: payer.me.cards[0].id } }),
    ),
  );
  await Promise.all(approvals);
  await checkout.expectPaid();
  const captured = (await here.api.paymentsOf(session.orderId)).reduce((sum, { capturedAmount }) => sum + capturedAmount, 0);
  expect(captured).toBe(24_500);
});

test('a code that was paid is worth nothing afterwards', async ({ page, contexts, watch }) => {
  watch.expect(/status of 4(04|09|10) /);
  const { checkout, address } = await shown(page, { numberMatchFrom: null });
  const payer = await Payer.signUp(contexts, here.server.url);
  await payer.follow(address);
  await payer.approve();
  await checkout.expectPaid();
  const thief = await Payer.signUp(contexts, here.server.url, { name: '박도윤' });
  const replayed = await thief.call('POST', 'qr/resolve', { token: address.split('/').pop() });
  expect([404, 409, 410]).toContain(replayed.status);
  await thief.follow(address);
  await expect(thief.failure).toBeVisible();
});

test('an amount that was altered on the way to the payer moves nothing', async ({ page, contexts, watch }) => {
  watch.expect(/status of 409 /);
  const { session, address } = await shown(page, { numberMatchFrom: null });
  const payer = await Payer.signUp(contexts, here.server.url);
  await payer.page.route('**/app/api/**', async (route) => {
    if (!/approve$/.test(route.request().url())) return route.fallback();
    const body = { ...route.request().postDataJSON(), shownAmount: 1 };
    return route.continue({ postData: JSON.stringify(body) });
  });
  await payer.follow(address);
  await payer.approve();
  await expect(payer.failure).toBeVisible();
  const refused = await payer.call('POST', `confirm/${session.id}/approve`, {
    pin: PIN,
    shownAmount: 24_499,
    source: { type: 'card', cardId: payer.me.cards[0].id },
  });
  expect(refused).toMatchObject({ status: 409, code: 'AMOUNT_MISMATCH' });
  expect((await here.api.paymentsOf(session.orderId)).every(({ capturedAmount }) => capturedAmount === 0)).toBe(true);
});

test('the wrong number voids the code', async ({ page, contexts, watch }) => {
  watch.expect(/status of (410|422) /);
  const { checkout, session, address } = await shown(page);
  const payer = await Payer.signUp(contexts, here.server.url);
  await payer.follow(address);
  const right = Number(await checkout.digits(checkout.matchNumber));
  const view = await payer.ask('GET', `confirm/${session.id}`);
  expect(view.match).toHaveLength(3);
  expect(view.match).toContain(right);
  await payer.approve({ match: view.match.find((number) => number !== right) });
  await expect(payer.failure).toBeVisible();
  const again = await payer.call('POST', 'qr/resolve', { token: address.split('/').pop() });
  expect(again.status).toBeGreaterThanOrEqual(400);
  expect((await here.api.paymentsOf(session.orderId)).every(({ capturedAmount }) => capturedAmount === 0)).toBe(true);
});

test('a wrong PIN says how many tries are left, and the right one still pays', async ({ page, contexts, watch }) => {
  watch.expect(/status of 422 /);
  const { checkout, address } = await shown(page, { numberMatchFrom: null });
  const payer = await Payer.signUp(contexts, here.server.url);
  await payer.follow(address);
  await payer.approve({ pin: '111111' });
  await expect(payer.failure).toContainText(/\d/);
  await payer.enterPin();
  await payer.expectDone();
  await checkout.expectPaid();
});

test('a declined card names the reason on both screens, and another source pays', async ({ page, contexts }) => {
  const { checkout, address } = await shown(page, { numberMatchFrom: null });
  const payer = await Payer.signUp(contexts, here.server.url, { cards: [CARDS.limit, CARDS.approves] });
  await payer.follow(address);
  await payer.approve({ source: 0 });
  await expect(payer.screen('declined')).toBeVisible();
  await expect(payer.failure).toBeVisible();
  await expect(checkout.failure).toBeVisible();
  await payer.approve({ source: 1 });
  await payer.expectDone();
  await checkout.expectPaid();
});

test('who leaves frees the code for another', async ({ page, contexts }) => {
  const { checkout, address } = await shown(page, { numberMatchFrom: null });
  const first = await Payer.signUp(contexts, here.server.url);
  const second = await Payer.signUp(contexts, here.server.url, { name: '이민준' });
  await first.follow(address);
  await expect(checkout.qrState).toHaveAttribute('data-state', 'scanned');
  await first.leave();
  await expect(checkout.qrState).toHaveAttribute('data-state', 'waiting');
  await second.follow(await checkout.readQr());
  await second.approve();
  await checkout.expectPaid();
});

test.describe('without a camera', () => {
  test('the short code pays', async ({ page, contexts }) => {
    const { checkout } = await shown(page, { numberMatchFrom: null });
    const payer = await Payer.signUp(contexts, here.server.url);
    await payer.typeCode(await checkout.digits(checkout.shortCode));
    await payer.approve();
    await checkout.expectPaid();
  });

  test('a photo is read', async ({ page, contexts }) => {
    const { checkout, address } = await shown(page, { numberMatchFrom: null });
    const payer = await Payer.signUp(contexts, here.server.url);
    await payer.toScan();
    await payer.photo.setInputFiles({ name: 'code.gif', mimeType: 'image/gif', buffer: photo(address) });
    await payer.approve();
    await checkout.expectPaid();
  });

  for (const [what, camera] of [
    ['no camera at all', { clip: undefined }],
    ['a person who says no', { clip: true, allowed: false }],
  ]) {
    test(`${what}: the app says so and offers the other ways`, async ({ page, contexts }, info) => {
      const { checkout, address } = await shown(page, { numberMatchFrom: null });
      let { clip } = camera;
      if (clip) {
        clip = info.outputPath('camera.y4m');
        await writeClip(address, clip);
      }
      const phone = await launchWithCamera({ ...camera, clip });
      const payer = await Payer.signUp(contexts, here.server.url, { of: phone });
      await payer.scan();
      await expect(payer.failure).toBeVisible();
      await payer.typeCode(await checkout.digits(checkout.shortCode));
      await payer.approve();
      await checkout.expectPaid();
      await phone.close();
    });
  }

  test('somebody else’s code is named and not opened', async ({ contexts }, info) => {
    const clip = info.outputPath('camera.y4m');
    await writeClip('https://elsewhere.example/q/abc', clip);
    const phone = await launchWithCamera({ clip });
    const payer = await Payer.signUp(contexts, here.server.url, { of: phone });
    const asked = [];
    payer.page.on('request', (request) => asked.push(request.url()));
    await payer.scan();
    await expect(payer.page.getByText('elsewhere.example')).toBeVisible();
    expect(asked.filter((url) => url.includes('elsewhere'))).toEqual([]);
    expect(new URL(payer.page.url()).origin).toBe(here.server.url);
    await phone.close();
  });
});

test('money in the app moves only for its own pages', async ({ contexts }) => {
  const payer = await Payer.signUp(contexts, here.server.url);
  const source = { type: 'card', cardId: payer.me.cards[0].id };
  const foreign = { Origin: 'https://elsewhere.example', 'Sec-Fetch-Site': 'cross-site' };
  const refused = await payer.call('POST', 'top-ups', { amount: 10_000, pin: PIN, source }, { headers: foreign });
  expect(refused.status).toBe(403);
  expect((await payer.ask('GET', 'me')).balance.amount).toBe(0);
});
