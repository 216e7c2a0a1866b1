// Virtual accounts: the bank is found, and the page waits for the deposit as long as the buyer does.
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

for (const method of ['transfer', 'virtualAccount']) {
  test(`the search narrows the banks and gives them back, ${method}`, async ({ page }) => {
    const checkout = await Checkout.open(page, await here.api.session());
    await checkout.settled();
    await checkout.method(method).click();
    const panel = page.locator(`.panel[data-method="${method}"]`);
    const search = panel.getByRole('searchbox', { name: '은행 찾기' });
    const banks = panel.getByRole('radio');
    const none = panel.locator('[data-none]');
    const all = await banks.count();
    expect(all).toBeGreaterThan(10);
    // By the name, by a part of it with a space in it, and by the code that shops know.
    for (const [typed, code] of [['국민', 'kookmin'], ['카카오 뱅크', 'kakao'], ['Shinhan', 'shinhan']]) {
      await search.fill(typed);
      await expect(banks).toHaveCount(1);
      await expect(banks).toHaveAttribute('value', code);
    }
    await checkout.chooseBank('shinhan');
    await search.fill('어느 은행도 아님');
    await expect(banks).toHaveCount(0);
    await expect(none).toBeVisible();
    await search.press('Escape');
    await expect(search).toHaveValue('');
    await expect(banks).toHaveCount(all);
    await expect(none).toBeHidden();
    await search.fill('국민');
    await expect(banks).toHaveCount(1);
    await search.fill('');
    await expect(banks).toHaveCount(all);
    // What was chosen before somebody searched on is still chosen.
    await expect(panel.getByRole('radio', { checked: true })).toHaveAttribute('value', 'shinhan');
  });
}
