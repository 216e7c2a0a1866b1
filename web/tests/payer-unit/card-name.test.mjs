import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import { brandName, cardDigits, companyName } from '../../../crates/web/assets/js/card-name.mjs';

test('a card is called by the company that gave it, or else by its brand, and never by a code', () => {
  const card = { brand: 'visa', issuer: 'shinhan', last4: '0001' };
  assert.deepEqual([companyName(card, 'ko'), cardDigits(card, 'ko')], ['신한카드', 'Visa ····\u00a00001']);
  assert.equal(companyName(card, 'en'), 'Shinhan');
  const stranger = { brand: 'visa', issuer: 'unknown', last4: '4242' };
  assert.deepEqual([companyName(stranger, 'ko'), cardDigits(stranger, 'ko')], ['Visa', '····\u00a04242']);
  assert.equal(cardDigits({ ...stranger, nickname: '생활비' }, 'ko'), 'Visa ····\u00a04242');
  assert.deepEqual([brandName('unknown', 'ko'), brandName('domestic', 'en')], ['카드', 'Korean card']);
});

test('the browser calls cards what the shop’s server calls them', () => {
  const { cards } = JSON.parse(readFileSync(new URL('../../../crates/web/tests/format.json', import.meta.url)));
  for (const [brand, issuer, lang, name, company] of cards) {
    assert.deepEqual([brandName(brand, lang), companyName({ brand, issuer }, lang)], [name, company ?? name], `${brand} ${issuer}`);
  }
});
