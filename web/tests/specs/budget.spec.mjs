// What the first view weighs, and whether it keeps still: bytes and shifts decide, times are printed.
import { attempt, checkoutState } from '../fixtures/api.mjs';
import { PHONE } from '../fixtures/camera.mjs';
import { expectStill, expectWithin, largestPaint, percentile, show, slow, slowestInteraction, weigh } from '../fixtures/budget.mjs';
import { expect, test, usesServer } from '../fixtures/test.mjs';
import { CARDS, Checkout } from '../pages/checkout.mjs';
import { Payer } from '../pages/payer.mjs';

const here = usesServer();
const EVENTS = 20;

test('the SDK: 6 KB', async ({ page, watch }) => {
  // A script that is opened like a page names no icon.
  watch.expect(/favicon/);
  const url = `${here.server.url}/sdk/v1/steelyard.js`;
  await page.goto(url);
  await expectWithin(page, 'SDK', new Map([[url, 'script']]), 6);
});

test('the checkout: 60 KB, whatever the method', async ({ page }) => {
  const files = weigh(page);
  const checkout = await Checkout.open(page, await here.api.session());
  for (const method of ['card', 'transfer', 'virtualAccount', 'app']) await checkout.method(method).click();
  await expect(checkout.qr).toBeVisible();
  await expectWithin(page, 'checkout', files, 60, { only: /^(?!.*\/(state|attempts)$)/ });
});

test('the app: 45 KB before the camera, 16 KB more with it', async ({ contexts }) => {
  const payer = await Payer.signUp(contexts, here.server.url, { ...PHONE, serviceWorkers: 'block' });
  const files = weigh(payer.page);
  await payer.home();
  const shell = /^(?!.*\/app\/api\/)/;
  const before = await expectWithin(payer.page, 'app', files, 45, { only: shell });
  await payer.toScan();
  const after = await expectWithin(payer.page, 'app with the decoder', files, 61, { only: shell });
  expect(after.gzip - before.gzip).toBeLessThanOrEqual(16 * 1024);
});

test('nothing moves while the checkout loads', async ({ page }) => {
  const checkout = await Checkout.open(page, await here.api.session());
  await expect(checkout.liveState).toHaveAttribute('data-state', 'live');
  await expectStill(page, 'checkout', [[await largestPaint(page), 'LCP']]);
});

test('nothing moves at the checkout on a slow phone', async ({ contexts }) => {
  const page = await (await contexts(PHONE)).newPage();
  await slow(page);
  const checkout = await Checkout.open(page, await here.api.session());
  await checkout.settled();
  await expect(checkout.liveState).toHaveAttribute('data-state', 'live');
  const painted = await largestPaint(page);
  const choosing = await slowestInteraction(page, async () => {
    for (const method of ['transfer', 'virtualAccount', 'card']) {
      await checkout.method(method).tap();
      await expect(checkout.pay).toBeVisible();
    }
  });
  const typing = await slowestInteraction(page, async () => {
    await checkout.id('card-number').tap();
    await page.keyboard.type(CARDS.approves.replaceAll(' ', ''));
    await expect(checkout.id('card-number')).toHaveValue(CARDS.approves);
  });
  await expectStill(page, 'checkout on a phone', [
    [painted, 'LCP'],
    [choosing, 'INP, choosing a method'],
    [typing, 'INP, typing a card number'],
  ]);
});

test('nothing moves in the app on a slow phone', async ({ contexts }) => {
  const payer = await Payer.signUp(contexts, here.server.url, { balance: 50_000, serviceWorkers: 'block' });
  const { page } = payer;
  await here.api.settings({ origins: [], numberMatchFrom: null });
  const { data } = await attempt((await here.api.session()).url, { method: 'app' });
  await slow(page);
  await page.goto(`${here.server.url}/app/`);
  await expect(page.locator('.mv .sum').first()).toBeVisible();
  const painted = await largestPaint(page);
  await payer.to(`q/${data.qr.url.split('/').pop()}`, 'confirm');
  const choosing = await slowestInteraction(page, async () => {
    for (const which of [0, 'balance']) {
      await payer.source(which).tap();
      await expect(payer.source(which).getByRole('radio')).toBeChecked();
    }
  });
  await payer.to('cards/new', 'cardNew');
  const typing = await slowestInteraction(page, async () => {
    await payer.field('number').tap();
    await page.keyboard.type(CARDS.limit.replaceAll(' ', ''));
    await expect(payer.field('number')).toHaveValue(CARDS.limit);
  });
  await expectStill(page, 'app on a phone', [
    [painted, 'LCP'],
    [choosing, 'INP, choosing a source'],
    [typing, 'INP, typing a card number'],
  ]);
});

test('the checkout shows what a payer does, twenty times in a row', async ({ page, contexts }) => {
  await here.api.settings({ origins: [], numberMatchFrom: null });
  const session = await here.api.session();
  const checkout = await Checkout.open(page, session);
  await checkout.settled();
  await expect(checkout.liveState).toHaveAttribute('data-state', 'live');
  const payer = await Payer.signUp(contexts, here.server.url);
  // The page writes down when it turned: who asks from outside learns of it later. Both clocks are this machine's.
  await page.evaluate(() => {
    const state = () => document.querySelector('[data-testid="qr-state"]')?.dataset.state;
    globalThis.turned = { state: state(), at: 0 };
    new MutationObserver(() => {
      if (state() !== globalThis.turned.state) globalThis.turned = { state: state(), at: Date.now() };
    }).observe(document.getElementById('page'), { subtree: true, childList: true, attributes: true });
  });
  const delays = [];
  const turns = async (state, path, body) => {
    await payer.ask('POST', path, body);
    const answered = Date.now();
    await expect.poll(() => page.evaluate(() => globalThis.turned.state)).toBe(state);
    // The event may overtake the answer.
    delays.push(Math.max(0, (await page.evaluate(() => globalThis.turned.at)) - answered));
  };
  for (let time = 0; time < EVENTS / 2; time += 1) {
    const { qr } = await checkoutState(session.url);
    await turns('scanned', 'qr/resolve', { token: qr.url.split('/').pop() });
    await turns('waiting', `confirm/${session.id}/leave`, {});
  }
  show(`checkout, from the answer that a payer got to the page that shows it, ${EVENTS} times`, [
    [percentile(delays, 0.5), 'half of them at most'],
    [percentile(delays, 0.95), '95 of a hundred at most'],
    [percentile(delays, 1), 'all of them'],
  ]);
});
