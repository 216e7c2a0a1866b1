// Walks every screen of the payer app on the mock, takes a picture of each and holds it against axe, the content
// security policy, the console and the width of the window. For a person to look at the pictures:
//   node web/tests/look-payer.mjs [folder] [390-ko-light,390-ko-dark,1024-en-light,…]
// Wants playwright-core (or @playwright/test) and axe-core in node_modules. Ends with 1 if anything was wrong.

import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(process.env.STEELYARD_NODE_MODULES ? join(process.env.STEELYARD_NODE_MODULES, 'x.js') : import.meta.url);
const { chromium } = require('playwright-core');
const axe = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const folder = process.argv[2] ?? 'payer-screens';
const looks = (process.argv[3] ?? '390-ko-light,390-ko-dark,390-en-light,390-en-dark,1024-ko-light,1024-en-dark').split(',');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];
// What the walk provokes on purpose: refused requests and a network that is gone.
const EXPECTED = /status of 4\d\d|net::ERR_/;
let wrong = 0;

function complain(...words) {
  wrong += 1;
  console.log('!!', ...words);
}

function startMock() {
  const mock = spawn(process.execPath, [join(here, 'mock-payer.mjs')], { stdio: ['ignore', 'pipe', 'inherit'] });
  return new Promise((resolve) => mock.stdout.once('data', (line) => resolve({ mock, base: String(line).trim() })));
}

/** A browser in one look, with the few things the walk does again and again. */
async function phone(browser, base, look) {
  const [width, lang, theme] = look.split('-');
  const context = await browser.newContext({
    viewport: { width: Number(width), height: width === '390' ? 844 : 768 }, locale: lang === 'ko' ? 'ko-KR' : 'en-US',
    colorScheme: theme, reducedMotion: 'reduce', serviceWorkers: 'block',
  });
  const page = await context.newPage();
  page.on('console', (message) => {
    const quiet = EXPECTED.test(message.text()) || /blocked by Playwright/.test(message.text());
    if (['error', 'warning'].includes(message.type()) && !quiet) complain(look, message.text());
  });
  page.on('pageerror', (error) => complain(look, error.message));
  const at = (name) => page.waitForSelector(`[data-screen="${name}"]`);
  return {
    context, page, at,
    open: () => page.goto(`${base}app/?lang=${lang}`),
    to: (path, name) => page.evaluate((hash) => { location.hash = hash; }, `#/${path}`).then(() => at(name)),
    press: () => page.click('footer .btn.p'),
    pin: (digits) => page.waitForSelector('.keys').then(() => page.keyboard.type(digits)),
    async see(name) {
      await page.screenshot({ path: join(folder, `${name}-${look}.png`), fullPage: true });
      await page.evaluate(axe);
      const { violations } = await page.evaluate((values) => globalThis.axe.run(document, { runOnly: { type: 'tag', values }, rules: { 'target-size': { enabled: true } } }), TAGS);
      for (const { id, nodes } of violations) complain(look, name, id, nodes[0].html.slice(0, 140));
      if (await page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) complain(look, name, 'wider than the window');
    },
  };
}

async function signingIn({ page, open, to, at, see }) {
  await open();
  await at('signIn');
  await see('sign-in');
  await page.fill('#email', 'haneul@example.com');
  await page.fill('#password', 'not-the-password');
  await page.click('button[type=submit]');
  await page.waitForSelector('[role=alert]');
  await see('sign-in-refused');
  await to('sign-up', 'signUp');
  await page.click('button[type=submit]');
  await page.waitForSelector('.err');
  await see('sign-up-wrong');
  await page.evaluate(() => { location.hash = '#/q/basic'; });
  await at('signIn');
  await page.click('.plain >> nth=0');
  await page.click('button[type=submit]');
  await at('confirm');
}

async function paying({ page, at, see, press, pin, to }) {
  await see('confirm');
  await page.click('.numbers button:has-text("47")');
  await press();
  await at('pin');
  await see('pin');
  await pin('000000');
  await page.waitForSelector('[role=alert]');
  await see('pin-wrong');
  await pin('123456');
  await at('done');
  await see('done');
  await page.click('footer a');
  await page.waitForSelector('.receipt');
  await see('receipt');
  for (const [token, name] of [['expired', 'expired'], ['taken', 'taken'], ['nothing', 'failed']]) {
    await to(`q/${token}`, name);
    await see(name);
  }
  for (const [token, name] of [['declined', 'declined'], ['never', 'unknown'], ['unsent', 'unsent'], ['lost', 'done']]) {
    await to(`q/${token}`, 'confirm');
    await press();
    await pin('123456');
    await at(name);
    await see(token);
  }
  await to('q/changed', 'confirm');
  await press();
  await pin('123456');
  await page.waitForSelector('[data-screen=confirm] [role=alert]');
  await see('amount-changed');
  await to('q/big', 'confirm');
  await page.selectOption('#months', '3');
  await see('confirm-card');
  await page.click('.numbers button:has-text("12")');
  await press();
  await pin('123456');
  await at('wrong-number');
  await see('wrong-number');
}

async function scanning({ page, to, see }) {
  await to('scan', 'scan');
  await see('scan');
  await page.click('.finder .btn');
  await page.waitForSelector('.finder .notice');
  await see('scan-no-camera');
  await page.fill('#code', '10000004');
  await page.keyboard.press('Enter');
  await page.waitForSelector('[role=alert]');
  await see('scan-expired');
}

async function keeping({ page, to, at, see, pin }) {
  await to('cards', 'cards');
  await see('cards');
  await page.click('.small >> nth=0');
  await page.waitForSelector('dialog[open]');
  await see('card-remove');
  await page.keyboard.press('Escape');
  await to('cards/new', 'cardNew');
  await page.fill('#number', '4242 4242 4242 4241');
  await page.click('button[type=submit]');
  await page.waitForSelector('.err');
  await see('card-new');
  for (const [source, end] of [[0, 'done'], [1, 'declined']]) {
    await to('top-up', 'topUp');
    await page.click('.chips button >> nth=1');
    await page.click(`.choice label >> nth=${source}`);
    if (source === 0) await see('top-up');
    await page.click('button[type=submit]');
    await pin('123456');
    await at(`top-up-${end}`);
    await see(`top-up-${end}`);
  }
  await to('redeem', 'redeem');
  await page.fill('#code', 'GIFT-2026-USED-AAAA');
  await page.click('button[type=submit]');
  await page.waitForSelector('[role=alert]');
  await see('redeem-used');
  await page.fill('#code', 'GIFT-2026-0001-AAAA');
  await page.click('button[type=submit]');
  await page.waitForSelector('[data-screen=redeemed], [role=alert]');
  await see('redeem');
}

async function reading({ context, page, to, see }) {
  await to('', 'home');
  await page.waitForSelector('.mv .sum');
  await see('home');
  await to('history', 'history');
  await page.waitForSelector('.mv .sum');
  await see('history');
  await to('receipt/pay_refunded', 'receipt');
  await page.waitForSelector('.receipt');
  await see('receipt-refunded');
  await to('settings', 'settings');
  await see('settings');
  await to('nowhere', 'missing');
  await see('missing');
  await context.setOffline(true);
  await to('', 'home');
  await page.waitForSelector('.strip');
  await see('offline');
  await to('history', 'history');
  await page.waitForSelector('.mv .sum');
  await see('offline-history');
  await context.setOffline(false);
}

async function locking({ page, to, see, press, pin }) {
  await page.waitForSelector('.strip', { state: 'detached' });
  await to('q/small', 'confirm');
  await press();
  for (let tries = 4; tries >= 0; tries -= 1) {
    await pin('000000');
    await page.waitForFunction((left) => {
      const said = document.querySelector('[role=alert] .what')?.textContent ?? '';
      return left > 0 ? said.includes(left) : said.includes(':');
    }, tries);
  }
  await see('pin-locked');
}

mkdirSync(folder, { recursive: true });
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] });
for (const look of looks) {
  const { mock, base } = await startMock();
  const one = await phone(browser, base, look);
  for (const walk of [signingIn, paying, scanning, keeping, reading, locking]) {
    await walk(one).catch((error) => complain(look, walk.name, error.message.split('\n')[0], one.page.url()));
  }
  await one.context.close();
  mock.kill();
  console.log(look, 'walked');
}
await browser.close();
console.log(wrong ? `${wrong} wrong` : 'nothing wrong');
process.exitCode = wrong ? 1 : 0;
