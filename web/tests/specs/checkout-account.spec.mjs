// Virtual accounts: the page waits for the deposit as long as the buyer does.
import { checkoutState } from '../fixtures/api.mjs';
import { expect, test, usesServer } from '../fixtures/test.mjs';
import { Checkout } from '../pages/checkout.mjs';

const here = usesServer();

test('a deposit turns the page by itself', async ({ page }) => {
  const session = await here.api.session({ amount: 18_000 });
  const checkout = await Checkout.open(page, session);
  await checkout.askForAccount();
  const { payment } = await checkoutState(session.url);
  await expect(checkout.accountNumber).toContainText(payment.account.number);
  await checkout.testDeposit.click();
  await checkout.expectPaid();
});

test('a deposit at the bank turns a page that was opened again', async ({ page, context }) => {
  const session = await here.api.session({ amount: 18_000 });
  await (await Checkout.open(page, session)).askForAccount();
  const { payment } = await checkoutState(session.url);
  await page.close();
  const later = await Checkout.open(await context.newPage(), session);
  await later.expectStatus('waitingForDeposit');
  await expect(later.accountNumber).toContainText(payment.account.number);
  await here.api.post(`/v1/test/virtual-accounts/${payment.account.number}/deposit`);
  await later.expectPaid();
  expect((await here.api.payment(payment.id)).status).toBe('captured');
});

test('the number can be copied', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const session = await here.api.session();
  const checkout = await Checkout.open(page, session);
  await checkout.askForAccount();
  await checkout.copyAccount.click();
  const { payment } = await checkoutState(session.url);
  const digits = payment.account.number.replace(/\D/g, '');
  await expect.poll(async () => (await page.evaluate(() => navigator.clipboard.readText())).replace(/\D/g, '')).toBe(digits);
});
