// Cards at the checkout: every test card, and what a buyer is told.
import { createHmac, randomUUID, timingSafeEqual } from 'node:crypto';

import { attempt, checkoutState } from '../fixtures/api.mjs';
import { Merchant } from '../fixtures/merchant.mjs';
import { expect, test, usesServer } from '../fixtures/test.mjs';
import { CARDS, Checkout } from '../pages/checkout.mjs';

// What is unknown stays so for four seconds at least, which a page sees on a busy machine too.
const here = usesServer({ environment: { STEELYARD_LADDER_MS: '4000,12000,20000' } });

for (const [what, number] of [
  ['the plain card', CARDS.approves],
  ['the repeated card', CARDS.approvesRepeated],
  ['the card that declines only on renewal', CARDS.renewal],
  ['the slow card', CARDS.slow],
]) {
  test(`${what} pays`, async ({ page }) => {
    const session = await here.api.session({ amount: 12_300 });
    const checkout = await Checkout.open(page, session);
    await expect(checkout.amount).toContainText('12,300');
    await checkout.payByCard(number);
    await checkout.expectPaid();
    const [payment] = await here.api.paymentsOf(session.orderId);
    expect(payment).toMatchObject({ status: 'captured', amount: 12_300, capturedAmount: 12_300 });
    expect((await here.api.get(`/v1/checkout/sessions/${session.id}`)).status).toBe('completed');
  });
}

for (const [what, number, code] of [
  ['a declined card', CARDS.declined, 'GENERIC_DECLINE'],
  ['a repeated declined card', CARDS.declinedRepeated, 'GENERIC_DECLINE'],
  ['a card over its limit', CARDS.limit, 'INSUFFICIENT_LIMIT'],
  ['a stolen card', CARDS.stolen, 'STOLEN_OR_LOST'],
  ['an expired card', CARDS.expired, 'EXPIRED_CARD'],
]) {
  test(`${what} is refused with a reason, and another card pays the same order`, async ({ page }) => {
    const session = await here.api.session();
    const checkout = await Checkout.open(page, session);
    await checkout.payByCard(number);
    await checkout.expectFailure({ moved: 'no' });
    const state = await checkoutState(session.url);
    expect(state.failure).toMatchObject({ declineCode: code, moneyMoved: 'no' });
    await expect(checkout.failure).toContainText(state.failure.message);
    await expect(checkout.nextStep).toContainText(state.failure.next);
    for (const method of ['app', 'transfer', 'virtualAccount']) await expect(checkout.method(method)).toBeVisible();

    await checkout.payByCard(CARDS.approves);
    await checkout.expectPaid();
    await expect(checkout.failure).toBeHidden();
  });
}

test('what is wrong is said at the field, before anything is sent', async ({ page }) => {
  const session = await here.api.session();
  const checkout = await Checkout.open(page, session);
  let sent = 0;
  page.on('request', (request) => (sent += request.url().endsWith('/attempts') ? 1 : 0));
  await checkout.fillCard('4242 4242 4242 4241', { expiry: '13/49' });
  await checkout.id('card-cvc').focus();
  for (const field of ['card-number', 'card-expiry']) {
    await expect(checkout.id(field)).toHaveAttribute('aria-invalid', 'true');
    await expect(checkout.id(field)).toHaveAccessibleDescription(/\S/);
  }
  await checkout.pay.click();
  await expect(checkout.id('card-number')).toBeFocused();
  expect(sent).toBe(0);
  await checkout.payByCard(CARDS.approves);
  await checkout.expectPaid();
});

test('a double press pays once', async ({ page }) => {
  const session = await here.api.session();
  const checkout = await Checkout.open(page, session);
  await checkout.fillCard(CARDS.approves);
  await checkout.pay.dblclick();
  await checkout.expectPaid();
  expect(await here.api.paymentsOf(session.orderId)).toHaveLength(1);
});

// A buyer whose first answer was lost may press again with another card: the session pays once, whatever key they send.
test('the same key pays once, and so does another card under it', async () => {
  const session = await here.api.session();
  const key = randomUUID();
  const card = { method: 'card', number: CARDS.approves, expiry: '12/49', cvc: '123' };
  const first = await attempt(session.url, card, key);
  expect(first.data.status).toBe('paid');
  const again = await attempt(session.url, card, key);
  expect(again.data.payment.id).toBe(first.data.payment.id);
  const other = await attempt(session.url, { ...card, number: CARDS.declined }, key);
  expect(other.data).toMatchObject({ status: 'paid', payment: { id: first.data.payment.id }, failure: null });
  const [payment, ...more] = await here.api.paymentsOf(session.orderId);
  expect(more).toEqual([]);
  expect((await here.api.payment(payment.id)).attempts).toHaveLength(1);
});

test('instalments begin at fifty thousand won', async ({ page }) => {
  const months = page.locator('[name="installmentMonths"]').filter({ visible: true });
  const small = await Checkout.open(page, await here.api.session({ amount: 49_999 }));
  await small.method('card').click();
  await expect(small.id('card-number')).toBeVisible();
  await expect(months).toHaveCount(0);
  const session = await here.api.session({ amount: 50_000 });
  const large = await Checkout.open(page, session);
  await large.fillCard(CARDS.approves);
  await months.selectOption('3');
  await large.pay.click();
  await large.expectPaid();
  expect((await checkoutState(session.url)).payment.card.installmentMonths).toBe(3);
});

test('an account pays by transfer', async ({ page }) => {
  const session = await here.api.session({ amount: 31_000 });
  const checkout = await Checkout.open(page, session);
  await checkout.payByTransfer();
  await checkout.expectPaid();
  expect((await checkoutState(session.url)).payment).toMatchObject({ method: 'transfer', transfer: { bank: 'kookmin' } });
});

test('who comes back after paying finds the receipt', async ({ page }) => {
  const session = await here.api.session();
  await (await Checkout.open(page, session)).payByCard(CARDS.approves);
  await new Checkout(page).expectPaid();
  await page.goto('about:blank');
  const again = await Checkout.open(page, session);
  await again.expectPaid();
  await expect(again.pay).toHaveCount(0);
});

test('the way back to the shop can be stopped, and taken', async ({ page, watch }) => {
  // The address that the buyer returns to is JSON here, and has no icon.
  watch.expect(/favicon/);
  await page.clock.install();
  const session = await here.api.session();
  const checkout = await Checkout.open(page, session);
  await checkout.payByCard(CARDS.approves);
  // Presses what stops the countdown.
  await checkout.expectPaid();
  await expect(checkout.stopReturn).toBeHidden();
  await page.clock.runFor('02:00');
  await checkout.expectPaid();
  await checkout.returnNow.click();
  await page.waitForURL(/health\/live/);
  const returned = new URL(page.url()).searchParams;
  expect(returned.get('payment_id')).toMatch(/^pay_/);
  expect(returned.get('order_id')).toBe(session.orderId);
  expect(returned.get('signature')).toMatch(/\S/);
  // An amount here would be believed by somebody.
  expect([...returned.keys()].join(' ')).not.toContain('amount');
});

/** docs/API.md, "Coming back", as an integrator has it from there. */
function isOurs(query, returnSecret) {
  const object = query.get('payment_id') ?? query.get('payment_key') ?? '';
  const expected = createHmac('sha256', returnSecret).update(`${object}.${query.get('order_id')}`).digest();
  const given = Buffer.from(query.get('signature') ?? '', 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

test('whoever does nothing is back at the shop after five seconds, with a signature that the shop can check', async ({ page }) => {
  const merchant = await Merchant.open(here.server.url);
  await page.clock.install();
  const session = await here.api.session({ ...merchant.addresses, successUrl: `${merchant.origin}/done?cart=7` });
  const checkout = await Checkout.open(page, session);
  await checkout.settled();
  // From here on time passes on this page when the test says so.
  await page.clock.pauseAt(await page.evaluate(() => Date.now() + 1_000));
  await checkout.payByCard(CARDS.approves);
  await checkout.expectStatus('paid');
  const line = page.locator('[data-returning]');
  for (const seconds of [5, 4, 3, 2, 1]) {
    await expect(line).toContainText(String(seconds));
    if (seconds > 1) await page.clock.runFor(1_000);
  }
  await page.clock.runFor(750);
  expect(new URL(page.url()).origin).toBe(here.server.url);
  await page.clock.runFor(500);
  await page.waitForURL(`${merchant.origin}/done?**`);
  await expect(page.getByRole('heading', { name: 'Thank you' })).toBeVisible();

  const returned = new URL(page.url()).searchParams;
  // What the shop wrote is still there, and what we add is no amount: somebody would believe it.
  expect([...returned.keys()].sort()).toEqual(['cart', 'order_id', 'payment_id', 'signature']);
  const [payment] = await here.api.paymentsOf(session.orderId);
  expect(Object.fromEntries(returned)).toMatchObject({ cart: '7', payment_id: payment.id, order_id: session.orderId });
  const { returnSecret } = await here.api.get('/v1/checkout/settings');
  expect(isOurs(returned, returnSecret)).toBe(true);
  const other = await here.api.session();
  const last = returned.get('signature').at(-1);
  for (const [name, altered] of [
    ['payment_id', `${payment.id.slice(0, -1)}${payment.id.endsWith('0') ? 1 : 0}`],
    ['order_id', other.orderId],
    ['signature', `${returned.get('signature').slice(0, -1)}${last === '0' ? 1 : 0}`],
    ['signature', ''],
  ]) {
    const forged = new URLSearchParams(returned);
    forged.set(name, altered);
    expect(isOurs(forged, returnSecret), `${name} ${altered}`).toBe(false);
  }
  await merchant.close();
});

test('a session that nobody made is not found', async ({ page, watch }) => {
  watch.expect(/status of 404 /);
  const session = await here.api.session();
  const answer = await page.goto(session.url.replace(/secret_.*/, 'secret_nobody'));
  expect(answer.status()).toBe(404);
  await expect(page.getByRole('main')).toHaveText(/\S/);
});

test('a code that has not come yet is given up by who pays otherwise', async ({ page }) => {
  const held = [];
  await page.route('**/attempts*', async (route) => {
    if (JSON.parse(route.request().postData()).method !== 'app') return route.continue();
    await new Promise((release) => held.push(release));
    // A request that was given up goes nowhere.
    return route.continue().catch(() => {});
  });
  const session = await here.api.session();
  const checkout = await Checkout.open(page, session);
  await expect.poll(() => held.length).toBe(1);
  const answers = [];
  page.on('response', (response) => response.url().includes('/attempts') && answers.push(response.status()));
  await checkout.payByCard(CARDS.approves);
  await checkout.expectPaid();
  for (const release of held) release();
  await page.evaluate(() => fetch('/health/live'));
  await expect(checkout.scope.locator('#alert').filter({ visible: true })).toHaveCount(0);
  expect(answers).toEqual([200]);
});

test('a session that the shop closed takes no money', async ({ page }) => {
  const session = await here.api.session();
  const checkout = await Checkout.open(page, session);
  await checkout.settled();
  await here.api.post(`/v1/checkout/sessions/${session.id}/expire`);
  await checkout.expectStatus('expired');
  await expect(checkout.pay).toHaveCount(0);
  const refused = await attempt(session.url, { method: 'card', number: CARDS.approves, expiry: '12/49', cvc: '123' });
  expect(refused.status).toBeGreaterThanOrEqual(400);
});

// Last in this file: after three silences in a row cards are not offered for half a minute.
for (const [what, number] of [
  ['an answer that was lost after the money moved', CARDS.timeoutAfter],
  ['an answer that nobody can read', CARDS.garbage],
]) {
  test(`${what} is unknown to the buyer too, until the acquirer was asked`, async ({ page }) => {
    const session = await here.api.session();
    const checkout = await Checkout.open(page, session);
    await checkout.payByCard(number);
    await checkout.expectStatus('unknown', { timeout: 20_000 });
    await expect(checkout.moneyMoved).toHaveAttribute('data-state', 'unknown');
    // Nobody is asked to pay again while nobody knows.
    await expect(checkout.pay).toHaveCount(0);
    const [{ id }] = await here.api.paymentsOf(session.orderId);
    // Who asks all the same is shown how it stands, and asks no acquirer.
    const pressed = await attempt(session.url, { method: 'card', number: CARDS.approves, expiry: '12/49', cvc: '123' });
    expect(pressed).toMatchObject({ status: 200, data: { payment: { id } } });
    expect(pressed.data.status).toMatch(/unknown|processing|paid/);
    expect((await here.api.payment(id)).attempts).toHaveLength(1);
    // The money had moved with either card, and the page finds out by itself.
    await checkout.expectPaid({ timeout: 40_000 });
    expect(await here.api.paymentsOf(session.orderId)).toMatchObject([{ id, status: 'captured', capturedAmount: 4_500 }]);
  });
}

test('an answer that never came is unknown and not declined', async ({ page }) => {
  const session = await here.api.session();
  const checkout = await Checkout.open(page, session);
  await checkout.payByCard(CARDS.timeoutBefore);
  await checkout.expectStatus('unknown', { timeout: 20_000 });
  await expect(checkout.moneyMoved).toHaveAttribute('data-state', 'unknown');
});
