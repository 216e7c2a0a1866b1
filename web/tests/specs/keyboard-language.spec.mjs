// Without a mouse, and in either language.
import { attempt, checkoutState } from '../fixtures/api.mjs';
import { expect, test, usesServer } from '../fixtures/test.mjs';
import { CARDS, Checkout } from '../pages/checkout.mjs';
import { Payer } from '../pages/payer.mjs';
import { EXAMPLES, Shop } from '../pages/shop.mjs';

const here = usesServer();
const STEPS_MAX = 60;

/** Presses Tab until the element has the focus, which must be seen. */
async function tabTo(page, locator) {
  for (let step = 0; step < STEPS_MAX; step += 1) {
    if (await locator.evaluate((element) => element === document.activeElement || element.contains(document.activeElement))) {
      const ring = await page.evaluate(() => {
        const of = (element) => {
          const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(element);
          return (outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2) || boxShadow !== 'none';
        };
        // A radio button may be drawn by its label.
        return of(document.activeElement) || [...(document.activeElement.labels ?? [])].some(of);
      });
      expect(ring, 'the focus is seen').toBe(true);
      return;
    }
    await page.keyboard.press('Tab');
  }
  throw new Error(`the focus never reached ${locator}`);
}

test('a card is paid with without a mouse', async ({ page }) => {
  const checkout = await Checkout.open(page, await here.api.session());
  const card = checkout.id('card-number');
  // The ways to pay are one stop, and arrows go between them.
  await tabTo(page, page.getByRole('radiogroup').first());
  for (let step = 0; step < 4 && !(await card.isVisible()); step += 1) await page.keyboard.press('ArrowDown');
  await expect(card).toBeVisible();
  for (const [field, text] of [['card-number', CARDS.approves], ['card-expiry', '1249'], ['card-cvc', '123']]) {
    await tabTo(page, checkout.id(field));
    await page.keyboard.type(text.replaceAll(' ', ''));
  }
  await tabTo(page, checkout.pay);
  await page.keyboard.press('Enter');
  await checkout.expectPaid();
});

test('the app is paid with without a finger', async ({ page, contexts }) => {
  const checkout = await Checkout.open(page, await here.api.session());
  const address = await checkout.showQr();
  const payer = await Payer.signUp(contexts, here.server.url);
  await payer.follow(address);
  await expect(payer.confirmAmount).toBeVisible();
  // Nothing is set, so the number is asked for.
  const number = await checkout.digits(checkout.matchNumber);
  await tabTo(payer.page, payer.numbers.filter({ hasText: number }));
  await payer.page.keyboard.press('Enter');
  await tabTo(payer.page, payer.source(0));
  await payer.page.keyboard.press('Space');
  await tabTo(payer.page, payer.pay);
  await payer.page.keyboard.press('Enter');
  await expect(payer.key('0')).toBeVisible();
  await payer.page.keyboard.type('274913');
  await payer.expectDone();
});

test('what changes by itself is announced', async ({ page }) => {
  const session = await here.api.session();
  const checkout = await Checkout.open(page, session);
  const said = page.locator('#said');
  await expect(said).toHaveRole('status');
  await checkout.payByCard(CARDS.declined);
  await checkout.expectFailure();
  const { failure } = await checkoutState(session.url);
  await expect(said).toHaveText(`${failure.message} ${failure.next}`);
});

const HANGUL = /[가-힣]/;

async function wordsOf(page) {
  return await page.evaluate(() => document.body.innerText.split('\n').map((line) => line.trim()).filter(Boolean));
}

/** A missing translation shows its key. */
function expectNoKeys(lines) {
  expect(lines.filter((line) => /^[a-z]+([-.][a-z]+){2,}$/.test(line))).toEqual([]);
}

/** Names are their owners' own words, in whatever language; and Korean's own name in the switch is Korean. */
function expectEnglish(lines, names) {
  const rest = (line) => [...names, '한국어'].reduce((rest, name) => rest.replaceAll(name, ''), line);
  expect(lines.filter((line) => HANGUL.test(rest(line)))).toEqual([]);
  expectNoKeys(lines);
}

for (const [lang, method] of [['ko', 'card'], ['en', 'card'], ['ko', 'app'], ['en', 'app'], ['en', 'virtualAccount']]) {
  test(`the checkout in ${lang}, ${method}, is in that language throughout`, async ({ page }) => {
    const session = await here.api.session({ name: 'Filter coffee' });
    const checkout = await Checkout.open(page, session, { lang });
    await expect(page.locator('html')).toHaveAttribute('lang', lang);
    await checkout.method(method).click();
    const lines = await wordsOf(page);
    if (lang === 'ko') {
      expect(lines.some((line) => HANGUL.test(line))).toBe(true);
      await expect(checkout.amount).toContainText('4,500원');
    } else {
      expectEnglish(lines, ['한강 커피']);
      await expect(checkout.amount).toContainText(/(₩|KRW)\s?4,500|4,500\s?(won|KRW)/);
    }
    expectNoKeys(lines);
  });
}

test.describe('in a demonstration', () => {
  const there = usesServer({ kind: 'demo' });

  test('the shop, its cart, the examples and the app are in English throughout', async ({ page, contexts, watch }) => {
    watch.expect(/status of 401 /);
    const shop = await Shop.open(page, there.server.url, { lang: 'en' });
    const names = (await Shop.catalog(there.server.url)).map(({ name }) => name);
    expectEnglish(await wordsOf(page), names);
    await shop.put();
    await shop.toCart();
    await expect(page.locator('html')).toHaveAttribute('lang', 'en');
    expectEnglish(await wordsOf(page), names);
    await page.goto(`${there.server.url}${EXAMPLES}?lang=en`);
    await expect(page.locator('section.example').first()).toBeVisible();
    expectEnglish(await wordsOf(page), names);
    await page.goto(`${there.server.url}/app/?lang=en`);
    const people = page.locator('section.demo b');
    await expect(people.first()).toBeVisible();
    expectEnglish(await wordsOf(page), await people.allTextContents());

    const payer = await Payer.signUp(contexts, there.server.url, { name: 'Hansu Kim', balance: 30_000, locale: 'en-GB' });
    await payer.home();
    await expect(payer.page.locator('.mv .sum').first()).toBeVisible();
    for (const [path, screen] of [['', 'home'], ['cards', 'cards'], ['cards/new', 'cardNew'], ['top-up', 'topUp'], ['redeem', 'redeem'], ['history', 'history'], ['settings', 'settings'], ['scan', 'scan'], ['nowhere', 'missing']]) {
      await payer.to(path, screen);
      expectEnglish(await wordsOf(payer.page), []);
    }
  });
});

test('without an address that says so, the browser’s language decides, then Korean', async ({ contexts }) => {
  const session = await here.api.session();
  for (const [locale, lang] of [['en-GB', 'en'], ['ko-KR', 'ko'], ['fr-FR', 'ko']]) {
    const page = await (await contexts({ locale })).newPage();
    await Checkout.open(page, session);
    await expect(page.locator('html')).toHaveAttribute('lang', lang);
  }
  const english = await here.api.session({ locale: 'en' });
  const page = await (await contexts({ locale: 'ko-KR' })).newPage();
  await Checkout.open(page, english);
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
});

test('a refusal is in the page’s language', async ({ page }) => {
  for (const [lang, hangul] of [['ko', true], ['en', false]]) {
    const session = await here.api.session();
    const checkout = await Checkout.open(page, session, { lang });
    await checkout.payByCard(CARDS.limit);
    await checkout.expectFailure();
    expect(HANGUL.test(await checkout.failure.innerText())).toBe(hangul);
  }
});

test('a call of the page that is wrong names its field', async () => {
  const session = await here.api.session();
  const wrong = await attempt(session.url, { method: 'card', number: '4242 4242 4242 4241', expiry: '12/49' });
  expect(wrong).toMatchObject({ status: 422, error: { param: 'number', outcome: 'none' } });
});
