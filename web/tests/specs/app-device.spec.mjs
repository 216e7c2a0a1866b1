// The payer's app as a thing on a phone: without a network, on the home screen, with its camera.
import { attempt } from '../fixtures/api.mjs';
import { keepTracks, launchWithCamera, launchWithTabs, tracks, writeClip } from '../fixtures/camera.mjs';
import { expect, test, usesServer } from '../fixtures/test.mjs';
import { CARDS } from '../pages/checkout.mjs';
import { Payer } from '../pages/payer.mjs';

const here = usesServer();
const AMOUNT = 24_500;
const LOST = [/net::ERR_INTERNET_DISCONNECTED/, /Failed to fetch/];

/** A session whose code is shown, the address in the code, and the one within the app that it leads to. */
async function asked() {
  await here.api.settings({ origins: [], numberMatchFrom: null });
  const session = await here.api.session({ amount: AMOUNT });
  const { data } = await attempt(session.url, { method: 'app' });
  return { session, address: data.qr.url, path: `q/${data.qr.url.split('/').pop()}` };
}

async function captured(session) {
  return (await here.api.paymentsOf(session.orderId)).map(({ capturedAmount }) => capturedAmount);
}

/** The worker has kept the shell and answers for the page that is open. */
async function workerInControl(page) {
  await page.evaluate(async () => {
    const { serviceWorker } = navigator;
    await serviceWorker.ready;
    if (!serviceWorker.controller) await new Promise((resolve) => serviceWorker.addEventListener('controllerchange', resolve));
  });
}

test('without a network the app opens and shows what was, what pays is closed, and all opens again', async ({ contexts, watch }) => {
  watch.expect(...LOST);
  const payer = await Payer.signUp(contexts, here.server.url, { balance: 50_000 });
  const { page } = payer;
  await payer.home();
  await workerInControl(page);
  const first = await asked();
  await payer.to(first.path, 'confirm');
  await payer.approve();
  await payer.expectDone();
  await page.getByRole('link', { name: '영수증' }).click();
  const receipt = page.locator('.receipt');
  const number = (await here.api.paymentsOf(first.session.orderId))[0].id;
  await expect(receipt).toContainText(number);
  await payer.to('history', 'history');
  const movement = page.locator(`a.mv[href$="${number}"]`);
  await expect(movement).toBeVisible();

  // A payment that is open when the network goes cannot be paid, and can be when it is back.
  const second = await asked();
  await payer.to(second.path, 'confirm');
  await payer.source(0).click();
  await expect(payer.pay).toBeEnabled();
  await payer.context.setOffline(true);
  const strip = page.locator('.strip');
  await expect(strip).toBeVisible();
  await expect(payer.pay).toBeDisabled();
  await payer.context.setOffline(false);
  await expect(strip).toBeHidden();
  await payer.approve();
  await payer.expectDone();
  await payer.to('', 'home');

  await payer.context.setOffline(true);
  await page.reload();
  expect(await page.evaluate(() => Boolean(navigator.serviceWorker.controller))).toBe(true);
  await expect(payer.screen('home')).toBeVisible();
  await expect(strip).toBeVisible();
  await expect(payer.balance).toHaveText('50,000원');
  const ways = ['스캔', '충전', '상품권 등록'].map((name) => payer.screen('home').getByRole('link', { name, exact: true }));
  for (const way of ways) {
    await expect(way).toHaveAttribute('aria-disabled', 'true');
    await expect(way).not.toHaveAttribute('href');
  }
  await payer.to('history', 'history');
  await movement.click();
  await expect(receipt).toContainText(number);
  await expect(receipt).toContainText('24,500');
  // Who goes to what pays by its address finds the buttons closed.
  await payer.to('scan', 'scan');
  await expect(page.getByRole('button', { name: '카메라 켜기' })).toBeDisabled();
  await expect(payer.photo).toBeDisabled();
  await payer.to('top-up', 'topUp');
  await expect(payer.send).toBeDisabled();
  await payer.to('redeem', 'redeem');
  await expect(payer.send).toBeDisabled();
  await payer.to('cards/new', 'cardNew');
  await expect(payer.send).toBeDisabled();

  await payer.to('', 'home');
  await payer.context.setOffline(false);
  await expect(strip).toBeHidden();
  for (const way of ways) await expect(way).not.toHaveAttribute('aria-disabled');
  await ways[0].click();
  await expect(page.getByRole('button', { name: '카메라 켜기' })).toBeEnabled();
});

test('what nobody knows yet is not called unpaid by an app that is opened without a network', async ({ contexts, watch }) => {
  watch.expect(...LOST);
  const payer = await Payer.signUp(contexts, here.server.url, { cards: [CARDS.slow] });
  const { page } = payer;
  await payer.home();
  await workerInControl(page);
  const { session, path } = await asked();
  await payer.to(path, 'confirm');
  await payer.approve();
  // The acquirer is being asked when the network goes, and the app with it.
  await expect.poll(async () => (await captured(session)).length).toBe(1);
  await payer.context.setOffline(true);
  await page.reload();
  await expect(page.locator('.strip')).toBeVisible();
  await expect(payer.failure).toBeVisible();
  await expect(payer.failure).not.toContainText('돈은 나가지 않았어요');
  await payer.context.setOffline(false);
  await expect.poll(() => captured(session)).toEqual([AMOUNT]);
});

/** What a browser does that would put the app on the home screen; whether the app keeps it for later. */
function offerInstall(page) {
  return page.evaluate(() => {
    globalThis.prompted = 0;
    const event = new Event('beforeinstallprompt', { cancelable: true });
    event.prompt = async () => {
      globalThis.prompted += 1;
    };
    dispatchEvent(event);
    return event.defaultPrevented;
  });
}

test('the home screen is offered after the first success, and not before', async ({ contexts }) => {
  const payer = await Payer.signUp(contexts, here.server.url, { cards: [CARDS.limit, CARDS.approves] });
  const { page } = payer;
  await payer.home();
  expect(await offerInstall(page)).toBe(true);
  const offer = page.getByRole('button', { name: '홈 화면에 추가' });
  const offered = async (count) => {
    await payer.to('settings', 'settings');
    await expect(offer).toHaveCount(count);
    await payer.to('', 'home');
    await expect(offer).toHaveCount(count);
  };
  await offered(0);
  const { path } = await asked();
  await payer.to(path, 'confirm');
  await payer.approve({ source: 0 });
  await expect(payer.screen('declined')).toBeVisible();
  await expect(offer).toHaveCount(0);
  await payer.approve({ source: 1 });
  await payer.expectDone();
  await expect(offer).toBeVisible();
  await offered(1);
  expect(await page.evaluate(() => globalThis.prompted)).toBe(0);
  await offer.click();
  await expect.poll(() => page.evaluate(() => globalThis.prompted)).toBe(1);
  // A browser's offer can be taken once.
  await offered(0);
});

/** The page gets its `heldCamera` or `heldPicture` when the function that is returned is called. */
async function hold(page, what) {
  await page.evaluate((what) => {
    globalThis[what] = new Promise((release) => (globalThis.release = release));
  }, what);
  return () => page.evaluate(() => globalThis.release());
}

test('the camera is on while somebody looks at its picture, and no longer', async ({ watch }, info) => {
  const clip = info.outputPath('camera.y4m');
  await writeClip('https://elsewhere.example/q/abc', clip);
  const { browser, context } = await launchWithTabs({ clip });
  await watch.follow(context);
  await keepTracks(context);
  const payer = await Payer.signUp(async () => context, here.server.url);
  const { page } = payer;
  const hidden = () => page.evaluate(() => document.hidden);
  const looking = page.locator('.finder').getByText(/QR을 네모 안에|Hold the QR/);
  await payer.scan();
  await expect(looking).toBeVisible();
  expect(await tracks(page)).toEqual(['live']);

  const other = await context.newPage();
  await expect.poll(hidden).toBe(true);
  expect(await tracks(page)).toEqual(['ended']);
  await other.close();
  await expect.poll(() => tracks(page)).toEqual(['ended', 'live']);
  await expect(looking).toBeVisible();
  await payer.to('history', 'history');
  expect(await tracks(page)).toEqual(['ended', 'ended']);
  // Who is shown no picture is not filmed when the page comes back.
  const another = await context.newPage();
  await expect.poll(hidden).toBe(true);
  await another.close();
  await expect.poll(hidden).toBe(false);
  expect(await tracks(page)).toEqual(['ended', 'ended']);

  // A camera that comes when the screen has been left is turned off unseen.
  const release = await hold(page, 'heldCamera');
  await payer.to('scan', 'scan');
  await expect.poll(() => tracks(page)).toEqual(['ended', 'ended', 'live']);
  await payer.to('', 'home');
  await release();
  await expect.poll(() => tracks(page)).toEqual(['ended', 'ended', 'ended']);
  await browser.close();
});

test('a screen that has been left asks for no camera, and lets a picture that comes then go without a word', async ({ contexts }, info) => {
  const clip = info.outputPath('camera.y4m');
  await writeClip('https://elsewhere.example/q/abc', clip);
  const phone = await launchWithCamera({ clip });
  // Without its worker, so that the decoder comes through here.
  const payer = await Payer.signUp(contexts, here.server.url, { of: phone, serviceWorkers: 'block' });
  const { page } = payer;
  await keepTracks(payer.context);
  await payer.home();
  const turnOn = async () => {
    await payer.to('scan', 'scan');
    await page.getByRole('button', { name: '카메라 켜기' }).click();
  };
  const decoder = new Promise((resolve) => void page.route('**/qr-decode.mjs', resolve));
  await turnOn();
  const route = await decoder;
  await payer.to('', 'home');
  const come = page.waitForResponse('**/qr-decode.mjs');
  await route.continue();
  await (await come).finished();

  const release = await hold(page, 'heldPicture');
  await turnOn();
  await expect.poll(() => page.evaluate(() => globalThis.played)).toBe(true);
  await payer.to('', 'home');
  await release();
  // Whatever the page complains of meanwhile fails the test.
  await payer.to('history', 'history');
  // Only the second ever asked.
  expect(await tracks(page)).toEqual(['ended']);
  await phone.close();
});

test('a code that was found turns the camera off', async ({ contexts }, info) => {
  const { session, address } = await asked();
  const clip = info.outputPath('camera.y4m');
  await writeClip(address, clip);
  const phone = await launchWithCamera({ clip });
  const payer = await Payer.signUp(contexts, here.server.url, { of: phone });
  await keepTracks(payer.context);
  await payer.scan();
  await expect(payer.confirmAmount).toContainText('24,500');
  expect(await tracks(payer.page)).toEqual(['ended']);
  await payer.approve();
  await payer.expectDone();
  expect(await captured(session)).toEqual([AMOUNT]);
  await phone.close();
});
