import assert from 'node:assert/strict';
import test from 'node:test';
import * as format from '../../../crates/web/assets/app/format.mjs';
import { expiryTyped, isCardNumber, numberTyped } from '../../../crates/web/assets/js/card.mjs';
import { parts } from '../../../crates/web/assets/js/format.mjs';

function table(name, rows, run) {
  test(name, () => {
    for (const [...row] of rows) {
      const expected = row.pop();
      assert.deepEqual(run(...row), expected, JSON.stringify(row));
    }
  });
}

test('the parts of an amount let the unit be smaller than the number', () => {
  assert.deepEqual(parts(15_000, 'KRW', 'ko'), { sign: '', before: '', number: '15,000', after: '원' });
  assert.deepEqual(parts(-15_000, 'KRW', 'en'), { sign: '−', before: '₩', number: '15,000', after: '' });
  assert.deepEqual(parts(-123_456, 'USD', 'ko'), { sign: '−', before: 'US$', number: '1,234.56', after: '' });
});

test('the shop writes money as the app and the checkout do, an empty cart’s too', async () => {
  globalThis.document = { documentElement: { lang: 'en' } };
  const shop = await import('../../../crates/web/assets/shop/words.mjs');
  assert.deepEqual([shop.money(42_000, 'KRW'), shop.money(999, 'USD'), shop.money(0), shop.parts(0).before], ['₩42,000', 'US$9.99', '₩0', '₩']);
});

table('times are those of Seoul, wherever the phone is', [
  ['2026-11-21T15:30:07Z', 'ko', '2026-11-22 00:30:07'], ['2026-01-01T00:00:00Z', 'en', '2026-01-01 09:00:00 KST'],
  ['2026-11-21T10:42:07+09:00', 'ko', '2026-11-21 10:42:07'],
], format.timestamp);
table('the year stands over a day only where it is another one', [
  ['2026-11-21T01:05:00Z', '2026-12-01T00:00:00Z', 'ko', '11월 21일 토요일'],
  ['2025-11-21T01:05:00Z', '2026-12-01T00:00:00Z', 'ko', '2025년 11월 21일 금요일'],
  ['2026-11-21T01:05:00Z', '2026-12-01T00:00:00Z', 'en', 'Saturday, 21 Nov'],
  ['2026-12-31T15:00:00Z', '2026-12-31T00:00:00Z', 'en', 'Friday, 1 Jan 2027'],
], format.dayHeading);
table('the clock counts down to zero and stays there', [
  [130_000, '2:10'], [59_001, '1:00'], [59_000, '0:59'], [1, '0:01'], [0, '0:00'], [-5_000, '0:00'],
], format.clock);
table('time left is said in words', [
  [130_000, 'ko', '2분 10초'], [120_000, 'ko', '2분'], [9_000, 'ko', '9초'],
  [130_000, 'en', '2 minutes 10 seconds'], [61_000, 'en', '1 minute 1 second'], [0, 'en', '0 seconds'],
], format.spoken);

table('a card number is grouped as it is embossed', [
  ['4242424242424242', '4242 4242 4242 4242'], ['42424', '4242 4'], ['378282246310005', '3782 822463 10005'], ['37828224', '3782 8224'],
  ['4242-4242 4242.4242', '4242 4242 4242 4242'], ['', ''],
], numberTyped);
table('an expiry takes every way people write it', [
  ['1249', '12/49'], ['12/49', '12/49'], ['12 / 49', '12/49'], ['12/2049', '12/49'], ['1', '1'], ['12', '12'], ['749', '07/49'], ['12/4', '12/4'], ['12/', '12'],
], expiryTyped);
table('a short code is two groups of four', [['48271936', '4827 1936'], ['4827 1936', '4827 1936'], ['482719360', '4827 1936'], ['48 27', '4827']], format.shortCode);
table('a gift code is four groups of four, in capitals', [
  ['gift20260001aaaa', 'GIFT-2026-0001-AAAA'], ['GIFT-2026-0001-AAAA', 'GIFT-2026-0001-AAAA'], [' gift 2', 'GIFT-2'], ['gift', 'GIFT'],
], format.giftCode);
table('an amount being typed is grouped by three', [['1000', '1,000'], ['0', ''], ['007', '7'], ['12,345,6', '123,456'], ['abc', '']], format.amountTyped);
table('a mistyped number is seen before it is sent, and what only tests know is let through in tests', [
  ['4242 4242 4242 4242', 'live', true], ['4242 4242 4242 4241', 'test', false], ['4242', 'test', false], ['378282246310005', 'live', true],
  ['1111 1111 1111 1111', 'test', true], ['2222 2222 2222 2222', 'test', true], ['1111 1111 1111 1111', 'live', false],
  ['3333 3333 3333 3333', 'test', false], ['4222222222222', 'test', false],
], isCardNumber);
table('the caret stays behind the character it was behind', [
  ['4242 4', 4, 4], ['4242 4', 5, 6], ['12/49', 2, 2], ['12/49', 3, 4], ['', 0, 0], ['AB', 9, 2],
], format.caretAfter);
