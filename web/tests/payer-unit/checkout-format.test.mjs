import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';

import { brandOf, CHECKS, grouped, passesLuhn } from '../../../crates/web/assets/js/card.mjs';
import { code, left, moment, money } from '../../../crates/web/assets/js/format.mjs';

const examples = JSON.parse(await readFile(new URL('../../../crates/web/tests/format.json', import.meta.url)));

test('the browser formats what the server formats', () => {
  for (const [amount, currency, lang, text] of examples.money) assert.equal(money(amount, currency, lang), text);
  for (const [seconds, text] of examples.left) assert.equal(left(seconds), text);
  for (const [digits, text] of examples.code) assert.equal(code(digits), text);
  for (const [time, lang, text] of examples.moment) assert.equal(moment(time, lang), text);
});

test('a card number is grouped by its brand', () => {
  assert.deepEqual(['4242424242424242', '378282246310005', '42'].map(grouped), ['4242 4242 4242 4242', '3782 822463 10005', '42']);
  assert.deepEqual(['4', '5555', '2221', '34', '3528', '62', '9410'].map(brandOf), ['Visa', 'Mastercard', 'Mastercard', 'Amex', 'JCB', 'UnionPay', '']);
  assert.ok(passesLuhn('4242424242424242') && !passesLuhn('4242424242424241'));
});

test('what is wrong with a field is said', () => {
  const words = new Proxy({}, { get: (_, key) => key });
  const facts = { mode: 'test', now: Date.parse('2026-11-30T15:00:00Z') };
  for (const [field, value, fault] of [
    ['number', '4242 4242 4242 4242', ''],
    ['number', '1111111111111111', ''],
    ['number', '4242 4242 4242 4241', 'numberCheck'],
    ['number', '4242', 'numberLength'],
    ['expiry', '12/26', ''],
    // It is December in Seoul already.
    ['expiry', '11/26', 'expiryPast'],
    ['expiry', '13/30', 'expiryMonth'],
    ['expiry', '1', 'expiryForm'],
    ['cvc', '', ''],
    ['cvc', '12', 'cvcForm'],
    ['birthDate', '1990', 'birthForm'],
    ['passwordPrefix', '1', 'passwordForm'],
    ['accountNumber', '942-21-0123-456', ''],
    ['accountNumber', '12', 'accountForm'],
  ]) {
    assert.equal(CHECKS[field](value, words, facts), fault, `${field} ${value}`);
  }
  assert.equal(CHECKS.number('1111111111111111', words, { ...facts, mode: 'live' }), 'numberCheck');
});
