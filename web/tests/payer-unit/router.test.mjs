import assert from 'node:assert/strict';
import test from 'node:test';
import { href, keepsPayment, parse } from '../../../crates/web/assets/app/router.mjs';

const ROWS = [
  ['#/', 'home', {}, {}], ['', 'home', {}, {}], ['#', 'home', {}, {}],
  ['#/q/AbC-_9', 'link', { token: 'AbC-_9' }, {}],
  ['#/confirm/cs_1', 'confirm', { id: 'cs_1' }, {}], ['#/confirm/cs_1/pin', 'pin', { id: 'cs_1' }, {}],
  ['#/cards', 'cards', {}, {}], ['#/cards/new?back=cs_1', 'cardNew', {}, { back: 'cs_1' }],
  ['#/top-up?back=cs_1&need=5000', 'topUp', {}, { back: 'cs_1', need: '5000' }],
  ['#/receipt/pay%2F1', 'receipt', { id: 'pay/1' }, {}],
];

test('an address names its screen', () => {
  for (const [hash, name, params, query] of ROWS) assert.deepEqual(parse(hash), { name, params, query }, hash);
});

test('what is no address of ours is missing, not home', () => {
  for (const hash of ['#/nowhere', '#/q/', '#/confirm/', '#/confirm/cs_1/pin/more', '#/cards/cs_1']) assert.equal(parse(hash).name, 'missing', hash);
});

test('a malformed escape is taken as it stands', () => {
  assert.deepEqual(parse('#/q/%E0%A4%A').params, { token: '%E0%A4%A' });
});

test('href is the inverse of parse', () => {
  for (const [, name, params, query] of ROWS) assert.deepEqual(parse(href(name, params, query)), { name, params, query });
});

test('what is not set is left out of an address', () => {
  assert.equal(href('topUp', {}, { back: undefined, need: null }), '#/top-up');
});

test('topping up or adding a card on the way keeps the payment; going home gives it back', () => {
  for (const hash of ['#/confirm/cs_1', '#/confirm/cs_1/pin', '#/top-up', '#/cards/new', '#/sign-in']) assert.equal(keepsPayment(parse(hash)), true, hash);
  for (const hash of ['#/', '#/history', '#/settings', '#/scan', '#/cards']) assert.equal(keepsPayment(parse(hash)), false, hash);
});
