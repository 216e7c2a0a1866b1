// What a buyer is told of a refusal: what happened, whether money moved, what to press; in their language, and without a
// script too.
import { expect, test, usesServer } from '../fixtures/test.mjs';
import { CARDS, Checkout } from '../pages/checkout.mjs';

const here = usesServer();

const CLOSED = {
  ko: ['이 주문은 더 결제할 수 없어요', '돈은 빠져나가지 않았어요.', '쇼핑몰로 돌아가 다시 주문해 주세요.'],
  en: ['This order can no longer be paid', 'No money moved.', 'Go back to the shop and order again.'],
};

async function expectTold(place, sentences) {
  const [title, money, next] = sentences;
  await expect(place.locator('b')).toHaveText(title);
  await expect(place.locator('p')).toHaveText([money, next]);
}

for (const lang of ['ko', 'en']) {
  test(`the page says it in three sentences, in the language that it speaks: ${lang}`, async ({ page, watch }) => {
    watch.expect(/net::ERR_FAILED/, /410/);
    // A page that hears of nothing offers to pay what its shop has taken back.
    await page.route(/\/(state|events)$/, (route) => route.abort());
    // The session's language goes before the browser's.
    const session = await here.api.session({ locale: lang });
    const checkout = await Checkout.open(page, session);
    await checkout.settled();
    await here.api.post(`/v1/orders/${session.orderId}/cancel`, { reason: '품절' });
    await checkout.payByCard(CARDS.approves);
    await expectTold(checkout.alert, CLOSED[lang]);
    await page.unroute(/\/(state|events)$/);
    await checkout.expectStatus('canceled');
  });
}

test('what could not be known is told so, with what not to do', async ({ page, watch }) => {
  watch.expect(/503/);
  const checkout = await Checkout.open(page, await here.api.session(), { lang: 'en' });
  await checkout.settled();
  await checkout.fillCard(CARDS.approves);
  const error = { outcome: 'unknown', money: 'Money may have moved.', next: 'Do not pay again. Reload this page to see the outcome.' };
  const answer = { code: 'OUTCOME_UNKNOWN', message: 'The outcome is not known yet', data: null, error, requestId: 'req_1' };
  await page.route('**/attempts?*', (route) => route.fulfill({ status: 503, json: answer }));
  await checkout.pay.click();
  await expectTold(checkout.alert, [answer.message, error.money, error.next]);
  await expect(checkout.alert).toHaveClass(/wai/);
});

test.describe('without a script', () => {
  test.use({ javaScriptEnabled: false });
  test.beforeEach(({ watch }) => watch.expect(/\.m?js csp$/));

  const WRONG = {
    ko: ['카드 번호가 맞지 않아요', '돈은 빠져나가지 않았어요.', '한 자리씩 다시 확인한 뒤 결제 버튼을 눌러 주세요.'],
    en: ['The card number is not right', 'No money moved.', 'Check it digit by digit, then press the button again.'],
  };

  for (const lang of ['ko', 'en']) {
    test(`a form that was refused is shown again with the same three: ${lang}`, async ({ page, watch }) => {
      watch.expect(/422/);
      const checkout = await Checkout.open(page, await here.api.session(), { lang });
      await checkout.payByCard('4242 4242 4242 4241');
      await expectTold(checkout.alert, WRONG[lang]);
      await checkout.payByCard(CARDS.approves);
      await checkout.expectPaid();
    });
  }
});
