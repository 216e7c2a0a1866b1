// A browser that runs no script pays all the same.
import { expect, test, usesServer } from '../fixtures/test.mjs';
import { CARDS, Checkout } from '../pages/checkout.mjs';

test.use({ javaScriptEnabled: false });
const here = usesServer();

// What Chromium says of a script that it was told not to run.
test.beforeEach(({ watch }) => watch.expect(/\.m?js csp$/));

/** The form that pays with a method, and what its button does. */
function form(page, field) {
  return page.locator('form').filter({ has: page.locator(field) });
}

async function fillCard(page, number) {
  const card = form(page, '[name="number"]');
  await card.getByTestId('card-number').fill(number);
  await card.getByTestId('card-expiry').fill('12/49');
  await card.getByTestId('card-cvc').fill('123');
  await card.getByTestId('pay').click();
}

async function open(page, method, amount) {
  const session = await here.api.session({ amount });
  await page.goto(session.url);
  const choice = page.getByTestId(`method-${method}`);
  if (await choice.isVisible()) await choice.click();
  return session;
}

test('a card form posts and shows the receipt', async ({ page }) => {
  const session = await open(page, 'card', 9_900);
  await fillCard(page, CARDS.approves);
  await new Checkout(page).expectPaid();
  expect(new URL(page.url()).pathname).toBe(new URL(session.url).pathname);
  // Loading it again posts nothing again.
  await page.reload();
  await new Checkout(page).expectPaid();
  expect(await here.api.paymentsOf(session.orderId)).toHaveLength(1);
});

test('a decline comes back with its reason, and the next card pays', async ({ page }) => {
  await open(page, 'card', 9_900);
  await fillCard(page, CARDS.limit);
  await new Checkout(page).expectFailure({ moved: 'no' });
  const choice = page.getByTestId('method-card');
  if (!(await page.getByTestId('card-number').isVisible())) await choice.click();
  await fillCard(page, CARDS.approves);
  await new Checkout(page).expectPaid();
});

test('the issuer asks on a page of its own', async ({ page }) => {
  await open(page, 'card', 9_900);
  await fillCard(page, CARDS.challenge);
  await new Checkout(page).pass();
  await new Checkout(page).expectPaid();
});

test('in a shop’s frame the page stays around the issuer’s, which may refuse to be in one', async ({ page }) => {
  const session = await here.api.session({ amount: 9_900 });
  await page.goto(`${session.url}?embed=overlay`);
  await page.getByTestId('method-card').click();
  await fillCard(page, CARDS.challenge);
  const checkout = new Checkout(page);
  await checkout.expectStatus('authenticating');
  expect(page.url()).toBe(`${session.url}?embed=overlay`);
  await expect(checkout.bankAsPage).toBeVisible();
});

test('a transfer posts too', async ({ page }) => {
  await open(page, 'transfer', 9_900);
  const checkout = new Checkout(page);
  const transfer = form(page, 'input[name="accountNumber"]');
  await new Checkout(transfer).chooseBank('kookmin');
  await transfer.locator('input[name="accountNumber"]').fill('942-21-0123-456');
  await transfer.getByTestId('pay').click();
  await checkout.expectPaid();
});

test('a virtual account is given, and its deposit is seen on the next look', async ({ page }) => {
  await open(page, 'virtualAccount', 9_900);
  const checkout = new Checkout(page);
  const account = form(page, '[name="bank"]').filter({ hasNot: page.locator('[name="accountNumber"]') });
  await new Checkout(account).chooseBank('kookmin');
  await account.getByTestId('pay').click();
  await checkout.expectStatus('waitingForDeposit');
  await checkout.testDeposit.click();
  await page.reload();
  await checkout.expectPaid();
});
