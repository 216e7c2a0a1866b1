// Every screen of the payer's app, light and dark, in both languages: usable by everybody.
import { attempt, checkoutState } from '../fixtures/api.mjs';
import { launchWithCamera, writeClip } from '../fixtures/camera.mjs';
import { expectUsable } from '../fixtures/axe.mjs';
import { expect, test, usesServer } from '../fixtures/test.mjs';
import { CARDS } from '../pages/checkout.mjs';
import { PASSWORD, PIN, Payer } from '../pages/payer.mjs';

const here = usesServer();
const AMOUNT = 65_000;

/** The screen that is shown now, in either language; then the app goes on in Korean. */
async function looked(payer, what) {
  await expectUsable(payer.page, what, () => payer.speak('en'));
  await payer.speak('ko');
}

async function signedUp(contexts, options) {
  const payer = await Payer.signUp(contexts, here.server.url, options);
  await payer.home();
  return payer;
}

/** A session whose code is shown, and the address in the code. */
async function asked({ amount = AMOUNT, numberMatchFrom = null } = {}) {
  await here.api.settings({ origins: [], numberMatchFrom });
  const session = await here.api.session({ amount });
  const { data } = await attempt(session.url, { method: 'app' });
  return { session, address: data.qr.url };
}

test('before signing in', async ({ contexts, watch }) => {
  // Who has not signed in is told so, and Chromium tells it to its console.
  watch.expect(/status of 401 /);
  const payer = await Payer.signUp(contexts, here.server.url);
  await payer.context.clearCookies();
  const { page } = payer;
  await page.goto(`${here.server.url}/app/`);
  await expect(payer.screen('signIn')).toBeVisible();
  await looked(payer, 'sign in');
  await page.locator('#email').fill(payer.email);
  await page.locator('#password').fill(`not ${PASSWORD}`);
  await page.locator('button[type=submit]').click();
  await expect(payer.failure).toBeVisible();
  await looked(payer, 'sign in, refused');
  await payer.to('sign-up', 'signUp');
  await looked(payer, 'sign up');
  await page.locator('button[type=submit]').click();
  await expect(page.locator('.err').first()).toBeVisible();
  await looked(payer, 'sign up, with mistakes');
});

test('at home, the cards, the settings, and nowhere', async ({ contexts }) => {
  const nobody = await signedUp(contexts, { cards: [] });
  await looked(nobody, 'an empty home');
  await nobody.to('cards', 'cards');
  await looked(nobody, 'no cards');
  await nobody.to('history', 'history');
  await expect(nobody.page.locator('.empty')).toBeVisible();
  await looked(nobody, 'no history');
  const payer = await signedUp(contexts, { cards: [CARDS.approves, CARDS.limit], balance: 30_000 });
  await expect(payer.page.locator('.mv .sum').first()).toBeVisible();
  await looked(payer, 'home');
  await payer.to('cards', 'cards');
  await looked(payer, 'cards');
  await payer.page.locator('.list .btn').first().click();
  await expect(payer.page.getByRole('dialog')).toBeVisible();
  await looked(payer, 'taking a card away');
  await payer.page.keyboard.press('Escape');
  await payer.to('cards/new', 'cardNew');
  await looked(payer, 'a new card');
  await payer.page.locator('#number').fill('4242 4242 4242 4241');
  await payer.page.locator('button[type=submit]').click();
  await expect(payer.page.locator('.err').first()).toBeVisible();
  await looked(payer, 'a new card, with mistakes');
  await payer.to('history', 'history');
  await expect(payer.page.locator('.mv .sum').first()).toBeVisible();
  await looked(payer, 'history');
  await payer.to('settings', 'settings');
  await looked(payer, 'settings');
  await payer.to('nowhere', 'missing');
  await looked(payer, 'nowhere');
});

test('topping up', async ({ contexts, watch }) => {
  watch.expect(/status of 422 /);
  const payer = await signedUp(contexts, { cards: [CARDS.approves, CARDS.limit, CARDS.timeoutBefore] });
  const { page } = payer;
  const draft = async (source) => {
    await payer.to('top-up', 'topUp');
    await page.locator('.chips button').nth(1).click();
    await page.locator('.choice label').nth(source).click();
  };
  await draft(0);
  await looked(payer, 'topping up');
  await draft(3);
  await expect(page.locator('#bank option').nth(1)).toBeAttached();
  await page.locator('button[type=submit]').click();
  await expect(page.locator('.err').first()).toBeVisible();
  await looked(payer, 'topping up from an account, with mistakes');
  for (const [source, end] of [[0, 'done'], [1, 'declined'], [2, 'unknown']]) {
    await draft(source);
    await page.locator('button[type=submit]').click();
    await expect(payer.screen('topUpPin')).toBeVisible();
    if (source === 0) {
      await looked(payer, 'the PIN of a top-up');
      await payer.enterPin('111111');
      await expect(payer.failure).toBeVisible();
      await looked(payer, 'a wrong PIN of a top-up');
    }
    await payer.enterPin();
    await expect(payer.screen(`top-up-${end}`)).toBeVisible({ timeout: 20_000 });
    await looked(payer, `top-up, ${end}`);
  }
});

test('redeeming', async ({ contexts, watch }) => {
  watch.expect(/status of 4(04|22) /);
  const payer = await signedUp(contexts);
  const { page } = payer;
  await payer.to('redeem', 'redeem');
  await looked(payer, 'redeem');
  await page.locator('#code').fill('ABCD');
  await page.locator('button[type=submit]').click();
  await expect(page.locator('.err')).toBeVisible();
  await looked(payer, 'redeem, too short');
  await page.locator('#code').fill('ABCDABCDABCDABCD');
  await page.locator('button[type=submit]').click();
  await expect(payer.failure.or(page.locator('.err')).first()).toBeVisible();
  await looked(payer, 'redeem, unknown');
  const made = await here.api.post('/v1/gift-cards', { count: 1, amount: 10_000, kind: 'given' });
  await page.locator('#code').fill((made.items ?? made.giftCards ?? made)[0].code);
  await page.locator('button[type=submit]').click();
  await expect(payer.screen('redeemed')).toBeVisible();
  await looked(payer, 'redeemed');
});

test('scanning, with a camera and without', async ({ contexts, watch }, info) => {
  watch.expect(/status of 410 /);
  const payer = await signedUp(contexts);
  const { page } = payer;
  await payer.toScan();
  await looked(payer, 'scan');
  await page.locator('.finder button').first().click();
  await expect(page.locator('.finder .notice')).toBeVisible();
  await looked(payer, 'scan without a camera');
  await payer.typeCode('1234');
  await expect(page.locator('.err')).toBeVisible();
  await looked(payer, 'a short code that is too short');
  await payer.typeCode('00000000');
  await expect(payer.page.getByRole('alert').filter({ hasText: /\S/ })).toBeVisible();
  await looked(payer, 'a short code that nobody shows');
  const clip = info.outputPath('camera.y4m');
  await writeClip('https://elsewhere.example/q/abc', clip);
  const phone = await launchWithCamera({ clip });
  const other = await Payer.signUp(contexts, here.server.url, { of: phone });
  await other.scan();
  await expect(other.page.getByText('elsewhere.example')).toBeVisible();
  await looked(other, 'somebody else’s code in the camera');
  await phone.close();
});

test('a payment, from the question to its refund', async ({ contexts, watch }) => {
  watch.expect(/status of 422 /);
  const payer = await signedUp(contexts, { balance: 100_000 });
  const { page } = payer;
  const { session, address } = await asked({ numberMatchFrom: 1 });
  await payer.follow(address);
  await expect(payer.confirmAmount).toBeVisible();
  await looked(payer, 'the question');
  await payer.numbers.filter({ hasText: new RegExp(`^${(await checkoutState(session.url)).qr.match}$`) }).click();
  await payer.source(0).click();
  await expect(page.locator('#months')).toBeVisible();
  await looked(payer, 'the question, answered by a card');
  await payer.pay.click();
  await expect(payer.screen('pin')).toBeVisible();
  await looked(payer, 'the PIN');
  await payer.enterPin('111111');
  await expect(payer.failure).toBeVisible();
  await looked(payer, 'a wrong PIN');
  await payer.enterPin();
  await payer.expectDone();
  await looked(payer, 'done');
  const [{ id }] = await here.api.paymentsOf(session.orderId);
  await payer.to(`receipt/${id}`, 'receipt');
  await expect(page.locator('.receipt')).toBeVisible();
  await looked(payer, 'the receipt');
  await here.api.post(`/v1/orders/${session.orderId}/refunds`, { amount: 5_000, reason: '파손' });
  await payer.to('history', 'history');
  await expect(page.locator('.mv .sum').nth(1)).toBeVisible();
  await looked(payer, 'the history of a payment');
  await payer.to(`receipt/${id}`, 'receipt');
  await expect(page.locator('.receipt .neg').first()).toBeVisible();
  await looked(payer, 'the receipt of what was given back');
});

test('what does not go through', async ({ contexts, watch }) => {
  watch.expect(/status of 4(04|09|10|22) /);
  const payer = await signedUp(contexts, { cards: [CARDS.limit, CARDS.approves] });
  const poor = await asked();
  await payer.follow(poor.address);
  await payer.approve({ source: 0 });
  await expect(payer.screen('declined')).toBeVisible();
  await looked(payer, 'declined');
  const second = await signedUp(contexts, { name: '이민준' });
  await second.follow(poor.address);
  await expect(second.screen('taken')).toBeVisible();
  await looked(second, 'taken');
  const late = await asked();
  await here.api.post(`/v1/checkout/sessions/${late.session.id}/expire`);
  await second.follow(late.address);
  await expect(second.screen('expired')).toBeVisible();
  await looked(second, 'expired');
  await second.to('confirm/cs_none', 'failed');
  await looked(second, 'a payment of nobody');
  const numbered = await asked({ numberMatchFrom: 1 });
  await second.follow(numbered.address);
  await expect(second.numbers.first()).toBeVisible();
  const { match } = (await checkoutState(numbered.session.url)).qr;
  const wrong = (await second.numbers.allTextContents()).find((other) => Number(other) !== match);
  await second.approve({ match: wrong });
  await expect(second.screen('wrong-number')).toBeVisible();
  await looked(second, 'the wrong number');
});

test('while nobody knows, and when nothing was sent', async ({ contexts, watch }) => {
  watch.expect(/net::ERR_FAILED/, /Failed to fetch/);
  const payer = await signedUp(contexts, { cards: [CARDS.timeoutBefore, CARDS.approves] });
  const { page } = payer;
  const first = await asked();
  await payer.follow(first.address);
  await payer.approve({ source: 0 });
  await expect(page.getByRole('status').filter({ hasText: /\S/ }).first()).toBeVisible();
  await looked(payer, 'sending');
  await expect(payer.screen('unknown')).toBeVisible({ timeout: 20_000 });
  await looked(payer, 'unknown');
  await page.clock.install();
  await page.route('**/approve', (route) => route.abort());
  const next = await asked();
  await payer.follow(next.address);
  await payer.approve({ source: 1 });
  // It asks every two seconds, and believes the fourth answer.
  await expect(async () => {
    await page.clock.runFor(2_000);
    await expect(payer.screen('unsent')).toBeVisible({ timeout: 250 });
  }).toPass();
  await looked(payer, 'unsent');
});

test('a PIN that is locked', async ({ contexts }) => {
  const payer = await signedUp(contexts);
  const { session, address } = await asked();
  await payer.follow(address);
  await expect(payer.confirmAmount).toBeVisible();
  for (let tries = 0; tries < 5; tries += 1) await payer.confirm(session, { amount: AMOUNT, pin: '111111' });
  await payer.page.reload();
  await payer.source(0).click();
  await payer.pay.click();
  await expect(payer.failure).toBeVisible();
  await expect(payer.key('0')).toBeDisabled();
  await looked(payer, 'locked');
});

test('without a network', async ({ contexts, watch }) => {
  watch.expect(/net::ERR_/, /Failed to fetch/);
  const payer = await signedUp(contexts, { balance: 20_000 });
  const { page } = payer;
  await payer.to('history', 'history');
  await expect(page.locator('.mv .sum').first()).toBeVisible();
  await payer.to('settings', 'settings');
  // What home asks is answered first: an answer to what was asked since the browser lost its network is the newer word.
  const answers = ['history', 'me'].map((what) => page.waitForResponse(`**/app/api/${what}`));
  await payer.to('', 'home');
  await Promise.all(answers);
  await payer.context.setOffline(true);
  await expect(page.locator('.strip')).toBeVisible();
  await looked(payer, 'home without a network');
  await payer.to('history', 'history');
  await expect(page.locator('.mv .sum').first()).toBeVisible();
  await looked(payer, 'history without a network');
  await payer.context.setOffline(false);
  // A device that keeps nothing, and a server that does not answer.
  const stranger = await Payer.signUp(contexts, here.server.url, { serviceWorkers: 'block' });
  await stranger.page.route('**/app/api/**', (route) => route.abort());
  await stranger.page.goto(`${here.server.url}/app/`);
  await expect(stranger.screen('lost')).toBeVisible();
  await looked(stranger, 'lost');
});
