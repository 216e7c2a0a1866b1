// The payer's app through its own forms: signing up, cards, signing out and in, and back to the payment that asked for it.
import { attempt } from '../fixtures/api.mjs';
import { expect, test, usesServer } from '../fixtures/test.mjs';
import { CARDS, Checkout } from '../pages/checkout.mjs';
import { PASSWORD, PIN, Payer } from '../pages/payer.mjs';

const here = usesServer();
const AMOUNT = 24_500;

// Who has not signed in is told so, and Chromium tells it to its console.
test.beforeEach(({ watch }) => watch.expect(/status of 401 /));

/** A session whose code is shown, and the address in the code. */
async function asked({ numberMatchFrom = null } = {}) {
  await here.api.settings({ origins: [], numberMatchFrom });
  const session = await here.api.session({ amount: AMOUNT });
  const { data } = await attempt(session.url, { method: 'app' });
  return { session, address: data.qr.url };
}

async function captured(session) {
  const payments = await here.api.paymentsOf(session.orderId);
  return payments.map(({ status, capturedAmount }) => [status, capturedAmount]);
}

/** Somebody who has signed up on this phone before, and is signed out. */
async function known(contexts) {
  const payer = await Payer.signUp(contexts, here.server.url);
  await payer.context.clearCookies();
  return payer;
}

test('who signs up finds an empty home, adds a card, and sees it there and after signing in again', async ({ contexts }) => {
  const payer = await Payer.arrive(contexts, here.server.url);
  const { page } = payer;
  await page.goto(`${here.server.url}/app/`);
  await expect(payer.screen('signIn')).toBeVisible();
  await payer.signUpByForm();
  await expect(payer.screen('home')).toBeVisible();
  await expect(payer.balance).toHaveText('0원');
  await payer.addCardByForm('4242424242424242');
  const card = payer.screen('home').getByRole('listitem').filter({ hasText: '4242' });
  await expect(card).toContainText('12/49');
  expect(payer.me).toMatchObject({ email: payer.email, name: payer.name, mode: 'test', cards: [{ last4: '4242' }] });

  await payer.signOut();
  expect((await payer.call('GET', 'me')).status).toBe(401);
  // Neither the browser's way back nor what the device kept shows a stranger anything.
  await page.goBack();
  await expect(payer.screen('signIn')).toBeVisible();
  await expect(page.getByText('4242')).toHaveCount(0);
  expect((await page.evaluate(() => indexedDB.databases())).map(({ name }) => name)).toEqual([]);

  await page.goto(`${here.server.url}/app/`);
  await payer.signInByForm();
  await expect(payer.screen('home')).toBeVisible();
  await expect(card).toBeVisible();
});

test('what is wrong in a form is said at its field, before anything is sent', async ({ contexts }) => {
  const payer = await Payer.arrive(contexts, here.server.url);
  const { page } = payer;
  await page.goto(`${here.server.url}/app/#/sign-up`);
  await payer.chooseTest();
  const sent = [];
  page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()));
  const right = { email: payer.email, name: payer.name, password: PASSWORD, pin: PIN, pin2: PIN };
  for (const [name, wrong] of [['email', 'somebody'], ['name', ' '], ['password', 'too short'], ['pin', '27491'], ['pin2', '274914']]) {
    await payer.fill({ ...right, [name]: wrong });
    await payer.send.click();
    await expect(payer.field(name)).toHaveAttribute('aria-invalid', 'true');
    await expect(payer.field(name)).toHaveAccessibleDescription(/\S/);
    await expect(payer.field(name)).toBeFocused();
    await expect(page.locator('[aria-invalid="true"]')).toHaveCount(1);
  }
  expect(sent).toEqual([]);
  await payer.fill(right);
  await payer.send.click();
  await expect(payer.screen('home')).toBeVisible();

  await payer.to('cards/new', 'cardNew');
  const card = { number: CARDS.approves, expiry: '12/49', cvc: '123' };
  sent.length = 0;
  for (const [name, wrong] of [['number', '4242 4242 4242 4241'], ['expiry', '13/49']]) {
    await payer.fill({ ...card, [name]: wrong });
    await payer.send.click();
    await expect(payer.field(name)).toBeFocused();
    await expect(payer.field(name)).toHaveAccessibleDescription(/\S/);
  }
  expect(sent).toEqual([]);
  await payer.fill(card);
  await payer.send.click();
  await expect(payer.screen('home').getByRole('listitem').filter({ hasText: '4242' })).toBeVisible();
});

test('an address that is taken, and a password that is not the one, are said so, and the right ones let in', async ({ contexts, watch }) => {
  watch.expect(/status of 409 /);
  const payer = await known(contexts);
  await payer.page.goto(`${here.server.url}/app/`);
  await payer.signUpByForm();
  await expect(payer.field('email')).toHaveAttribute('aria-invalid', 'true');
  await expect(payer.field('email')).toHaveAccessibleDescription(/\S/);
  await payer.page.getByRole('link', { name: '로그인' }).click();
  await payer.signInByForm({ password: `not ${PASSWORD}` });
  await expect(payer.failure).toBeVisible();
  // Signing in moves no money, and nobody is told about any.
  await expect(payer.failure).not.toContainText('돈');
  await payer.signInByForm();
  await expect(payer.screen('home')).toBeVisible();
});

test('a code that was opened signed out leads to sign-in, and from there to that payment, which is paid', async ({ page, contexts }) => {
  const { session, address } = await asked({ numberMatchFrom: 1 });
  const checkout = await Checkout.open(page, session);
  const payer = await known(contexts);
  await payer.follow(address);
  await expect(payer.screen('signIn')).toBeVisible();
  // Who has not said who they are has not scanned anything.
  await checkout.settled();
  await payer.signInByForm();
  await expect(payer.confirmAmount).toContainText('24,500');
  await payer.approve({ match: await checkout.digits(checkout.matchNumber) });
  await payer.expectDone();
  await checkout.expectPaid();
  expect(await captured(session)).toEqual([['captured', AMOUNT]]);
});

test('who has no account yet comes from the code through sign-up and a first card to the same payment', async ({ contexts }) => {
  const { session, address } = await asked();
  const payer = await Payer.arrive(contexts, here.server.url);
  await payer.follow(address);
  await expect(payer.screen('signIn')).toBeVisible();
  await payer.signUpByForm();
  await expect(payer.confirmAmount).toContainText('24,500');
  // Nothing to pay with, and that is said.
  await expect(payer.pay).toBeDisabled();
  await payer.addCardByForm();
  await expect(payer.source(0).getByRole('radio')).toBeChecked();
  await payer.approve();
  await payer.expectDone();
  expect(await captured(session)).toEqual([['captured', AMOUNT]]);
});

test('a session that ends while a payment is open leads back to that payment', async ({ contexts }) => {
  const { session, address } = await asked();
  const payer = await Payer.signUp(contexts, here.server.url);
  await payer.follow(address);
  await expect(payer.confirmAmount).toBeVisible();
  await payer.context.clearCookies();
  await payer.approve();
  await expect(payer.screen('signIn')).toBeVisible();
  expect(await captured(session)).toEqual([]);
  await payer.signInByForm();
  await expect(payer.confirmAmount).toContainText('24,500');
  await payer.approve();
  await payer.expectDone();
  expect(await captured(session)).toEqual([['captured', AMOUNT]]);
});

test('a session that ends leaves its world chosen: the right password of another would be called wrong', async ({ contexts }) => {
  const payer = await Payer.signUp(contexts, here.server.url);
  await payer.home();
  await payer.context.clearCookies();
  await payer.to('history', 'signIn');
  await payer.fill({ email: payer.email, password: PASSWORD });
  await payer.send.click();
  await expect(payer.screen('history')).toBeVisible();
});

test('the place is remembered once, and by signing in only', async ({ contexts }) => {
  const payer = await known(contexts);
  const { page } = payer;
  await page.goto(`${here.server.url}/app/#/history`);
  await expect(payer.screen('signIn')).toBeVisible();
  await payer.signInByForm();
  await expect(payer.screen('history')).toBeVisible();
  await payer.signOut();
  await payer.signInByForm();
  await expect(payer.screen('home')).toBeVisible();
});
