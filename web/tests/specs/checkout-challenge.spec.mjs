// 3-D Secure: the issuer asks the buyer, within the checkout.
import { checkoutState } from '../fixtures/api.mjs';
import { REFUSED, refuseFrames } from '../fixtures/bank.mjs';
import { expect, test, usesServer } from '../fixtures/test.mjs';
import { CARDS, Checkout } from '../pages/checkout.mjs';

const here = usesServer();

async function challenged(page) {
  const session = await here.api.session({ amount: 77_000 });
  const checkout = await Checkout.open(page, session);
  await checkout.payByCard(CARDS.challenge);
  await checkout.expectStatus('authenticating');
  return { session, checkout };
}

test('who passes has paid', async ({ page }) => {
  const { session, checkout } = await challenged(page);
  // The step is named and never blank.
  await expect(checkout.challenge).toBeVisible();
  await checkout.pass();
  await checkout.expectPaid();
  const [payment] = await here.api.paymentsOf(session.orderId);
  expect(payment).toMatchObject({ status: 'captured', capturedAmount: 77_000 });
});

test('who fails has not paid, and may use another card', async ({ page }) => {
  const { session, checkout } = await challenged(page);
  await checkout.fail();
  await checkout.expectFailure({ moved: 'no' });
  expect((await here.api.paymentsOf(session.orderId)).every(({ capturedAmount }) => capturedAmount === 0)).toBe(true);
  await checkout.payByCard(CARDS.approves);
  await checkout.expectPaid();
});

test('who turns away has not paid, and can begin anew', async ({ page }) => {
  const { session } = await challenged(page);
  await page.goto('about:blank');
  expect((await checkoutState(session.url)).status).toBe('authenticating');
  const again = await Checkout.open(page, session);
  await again.payByCard(CARDS.approves);
  await again.expectPaid();
  const payments = await here.api.paymentsOf(session.orderId);
  expect(payments.reduce((sum, { capturedAmount }) => sum + capturedAmount, 0)).toBe(77_000);
});

test('a step that was passed cannot be passed again', async ({ page }) => {
  const { session, checkout } = await challenged(page);
  let back;
  page.on('request', (request) => {
    if (/\/return\?/.test(request.url())) back = request.url();
  });
  await checkout.pass();
  await checkout.expectPaid();
  expect(back).toBeTruthy();
  await page.goto(back);
  await checkout.expectPaid();
  expect(await here.api.paymentsOf(session.orderId)).toHaveLength(1);
});

test('a bank that refuses frames is opened as a whole page, and the buyer comes back to the receipt', async ({ page, watch }) => {
  watch.expect(REFUSED);
  await refuseFrames(page.context());
  await page.clock.install();
  const { session, checkout } = await challenged(page);
  // No browser says that the frame stays empty: the way out is there, and steps forward when nothing is heard.
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('카드사 본인 확인');
  await expect(checkout.bankAsPage).toHaveAttribute('data-state', 'quiet');
  await page.clock.runFor(5_500);
  await expect(checkout.bankAsPage).toHaveAttribute('data-state', 'needed');
  await checkout.bankAsPage.click();
  await page.waitForURL(/\/challenges\//);
  await checkout.pass();
  await checkout.expectPaid();
  expect(await here.api.paymentsOf(session.orderId)).toMatchObject([{ capturedAmount: 77_000 }]);
});
