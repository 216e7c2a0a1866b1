// What breaks between the browser and the server while somebody pays.
import { checkoutState } from '../fixtures/api.mjs';
import { Cut } from '../fixtures/tcp-cut.mjs';
import { expect, test, usesServer } from '../fixtures/test.mjs';
import { CARDS, Checkout } from '../pages/checkout.mjs';
import { Payer } from '../pages/payer.mjs';

const here = usesServer();
const LOST = [/^(console: Failed to load resource: |request: .*)net::ERR_/, /Failed to fetch/];

/** The session's page, asked for through the proxy. */
function through(cut, session) {
  const url = new URL(session.url);
  return { ...session, url: `${cut.url}${url.pathname}` };
}

test('a stream that is cut is joined again, and nothing was missed', async ({ page, watch }) => {
  watch.expect(...LOST);
  const cut = await Cut.before(here.server.url);
  const session = await here.api.session();
  const checkout = await Checkout.open(page, through(cut, session));
  await checkout.askForAccount();
  await expect(checkout.liveState).toHaveAttribute('data-state', 'live');
  await expect.poll(() => cut.open(/\/events/)).toBe(1);
  cut.drop();
  await expect(checkout.liveState).not.toHaveAttribute('data-state', 'live');
  const { payment } = await checkoutState(session.url);
  await here.api.post(`/v1/test/virtual-accounts/${payment.account.number}/deposit`);
  cut.heal();
  await checkout.expectPaid({ timeout: 30_000 });
  await cut.close();
});

test('a stream that falls silent without an end is given up for another, and nothing was missed', async ({ page }) => {
  await page.clock.install();
  const cut = await Cut.before(here.server.url);
  const session = await here.api.session();
  const checkout = await Checkout.open(page, through(cut, session));
  await checkout.askForAccount();
  await expect(checkout.liveState).toHaveAttribute('data-state', 'live');
  await expect.poll(() => cut.open(/\/events/)).toBe(1);
  expect(cut.stall(/\/events/)).toBe(1);
  const { payment } = await checkoutState(session.url);
  await here.api.post(`/v1/test/virtual-accounts/${payment.account.number}/deposit`);
  expect((await checkoutState(session.url)).status).toBe('paid');
  // Nobody has told the page, and it does not know that it is alone.
  await checkout.expectStatus('waitingForDeposit');
  await expect(checkout.liveState).toHaveAttribute('data-state', 'live');
  await page.clock.fastForward('00:41');
  await checkout.expectPaid();
  await expect(checkout.liveState).toHaveAttribute('data-state', 'live');
  await page.close();
  await cut.close();
});

test('a stream that has nothing to tell pings, by an event that a script hears', async () => {
  const session = await here.api.session();
  const stream = await fetch(`${session.url}/events`);
  let said = '';
  for await (const bytes of stream.body) {
    said += Buffer.from(bytes).toString();
    if (said.includes('ping')) break;
  }
  expect(said).toMatch(/\nevent: ping\ndata: ping\n\n$/);
});

test('without any stream the page asks, and still pays', async ({ page, contexts, watch }) => {
  watch.expect(...LOST);
  await here.api.settings({ origins: [], numberMatchFrom: null });
  const cut = await Cut.before(here.server.url);
  const session = await here.api.session();
  const checkout = await Checkout.open(page, through(cut, session));
  const code = (await checkout.showQr()).split('/').pop();
  await expect.poll(() => cut.open(/\/events/)).toBe(1);
  cut.refuse(/\/events/);
  await expect(checkout.liveState).toHaveAttribute('data-state', /polling|reconnecting/);
  const payer = await Payer.signUp(contexts, here.server.url);
  await payer.follow(`${here.server.url}/q/${code}`);
  await payer.approve();
  await payer.expectDone();
  await checkout.expectPaid({ timeout: 30_000 });
  await cut.close();
});

test('a network that is gone while the acquirer is asked loses no answer', async ({ page, watch }) => {
  watch.expect(...LOST);
  const cut = await Cut.before(here.server.url);
  const session = await here.api.session();
  const checkout = await Checkout.open(page, through(cut, session));
  await checkout.fillCard(CARDS.slow);
  const sent = page.waitForRequest(/\/attempts$/);
  await checkout.pay.click();
  await sent;
  await expect.poll(async () => (await here.api.paymentsOf(session.orderId)).length).toBe(1);
  cut.drop();
  await expect.poll(async () => (await here.api.paymentsOf(session.orderId))[0].status, { timeout: 30_000 }).toBe('captured');
  cut.heal();
  await checkout.expectPaid({ timeout: 30_000 });
  expect(await here.api.paymentsOf(session.orderId)).toHaveLength(1);
  await cut.close();
});

test('a server that is killed while it asks the acquirer knows afterwards', async ({ page, watch }) => {
  test.setTimeout(120_000);
  watch.expect(...LOST);
  const session = await here.api.session();
  const checkout = await Checkout.open(page, session);
  await checkout.fillCard(CARDS.slow);
  await checkout.pay.click();
  await expect.poll(async () => (await here.api.paymentsOf(session.orderId)).length).toBe(1);
  await here.server.kill();
  await expect(checkout.liveState).not.toHaveAttribute('data-state', 'live');
  await here.server.restart();
  // Charged or not: the server finds out, the page says which by itself, and the money moved at most once. Until the page
  // has heard from the new server it shows what it knew before, so the server is asked first.
  const settled = async () => (await checkoutState(session.url)).status;
  await expect.poll(settled, { timeout: 60_000 }).toMatch(/^(paid|open)$/);
  await expect(checkout.liveState).toHaveAttribute('data-state', 'live', { timeout: 30_000 });
  await expect(checkout.root).toHaveAttribute('data-status', await settled(), { timeout: 60_000 });
  const payments = await here.api.paymentsOf(session.orderId);
  const captured = payments.reduce((sum, { capturedAmount }) => sum + capturedAmount, 0);
  expect(captured).toBe((await checkout.root.getAttribute('data-status')) === 'paid' ? session.amount ?? 4_500 : 0);
  if (captured === 0) {
    await checkout.payByCard(CARDS.approves);
    await checkout.expectPaid();
  }
});

test('a code outlives the server that made it', async ({ page, contexts, watch }) => {
  test.setTimeout(120_000);
  watch.expect(...LOST);
  await here.api.settings({ origins: [], numberMatchFrom: null });
  const session = await here.api.session();
  const checkout = await Checkout.open(page, session);
  const address = await checkout.showQr();
  const payer = await Payer.signUp(contexts, here.server.url);
  await payer.follow(address);
  await expect(payer.confirmAmount).toBeVisible();
  await here.server.kill();
  await here.server.restart();
  await expect(checkout.liveState).toHaveAttribute('data-state', 'live', { timeout: 30_000 });
  // A phone that asked while nobody was there asks again within twenty seconds.
  await expect(payer.pay).toBeEnabled({ timeout: 30_000 });
  await payer.approve();
  await payer.expectDone();
  await checkout.expectPaid();
});

test('eight tabs all load, and share one stream', async ({ context }) => {
  // Without an address to go back to nobody leaves while the others are looked at.
  const cut = await Cut.before(here.server.url);
  const session = await here.api.session({ successUrl: undefined });
  const tabs = [];
  for (let tab = 0; tab < 8; tab += 1) tabs.push(await Checkout.open(await context.newPage(), through(cut, session)));
  for (const tab of tabs) await expect(tab.liveState).toHaveAttribute('data-state', 'live');
  await expect.poll(() => cut.open(/\/events/)).toBe(1);
  await tabs[7].payByCard(CARDS.approves);
  await Promise.all(tabs.map((tab) => tab.expectPaid()));
  // Whoever still listens when the proxy goes says so on the console.
  for (const tab of tabs) await tab.scope.close();
  await cut.close();
});

test('the tab that held the stream may close', async ({ context }) => {
  const cut = await Cut.before(here.server.url);
  const session = await here.api.session();
  const first = await context.newPage();
  await Checkout.open(first, through(cut, session));
  const second = await Checkout.open(await context.newPage(), through(cut, session));
  await expect(second.liveState).toHaveAttribute('data-state', 'live');
  await first.close();
  await expect(second.liveState).toHaveAttribute('data-state', 'live');
  await expect.poll(() => cut.open(/\/events/)).toBe(1);
  await second.settled();
  await here.api.post(`/v1/checkout/sessions/${session.id}/expire`);
  await second.expectStatus('expired');
  await second.scope.close();
  await cut.close();
});
