// What the shop of the demonstration says when an answer is lost.
import assert from 'node:assert/strict';
import test from 'node:test';

const answers = [];
const asked = [];
Object.assign(globalThis, {
  document: { documentElement: { lang: 'en' } },
  addEventListener: () => {},
  fetch: async (path, { headers }) => {
    asked.push({ path, key: headers['Idempotency-Key'] });
    const answer = answers.shift();
    if (answer instanceof Error) throw answer;
    return new Response(typeof answer[1] === 'string' ? answer[1] : JSON.stringify(answer[1]), { status: answer[0] });
  },
});
const { ask } = await import('../../../crates/web/assets/shop/shelf.mjs');
const { refunds } = await import('../../../crates/web/assets/shop/refund.mjs');
const failed = (answer) => {
  answers.push(answer);
  return ask('catalog').then(assert.fail, (error) => error);
};
const SORRY = 'The shop could not be reached. Please try again in a moment.';

test('a network that fails is said in the words of the page', async () => {
  for (const answer of [new TypeError('Failed to fetch'), [502, '<html>'], [200, '<html>']]) {
    const error = await failed(answer);
    assert.deepEqual([error.code, error.message, error.outcome], ['NETWORK', SORRY, 'unknown']);
  }
});

test('a refusal is said in its own words, with what is known of what was done', async () => {
  for (const [status, outcome, expected] of [[409, 'none', 'none'], [503, 'unknown', 'unknown'], [503, 'none', 'none'], [404, undefined, 'none']]) {
    const error = await failed([status, { code: 'X', message: 'no', error: { message: 'No.', outcome }, requestId: 'req_1' }]);
    assert.deepEqual([error.status, error.code, error.message, error.requestId, error.outcome], [status, 'X', 'No.', 'req_1', expected]);
  }
});

test('a refund whose answer was lost is in doubt, and asked for again as the same one', async () => {
  let made = 0;
  const refund = refunds('2026-1', ask, () => `key-${(made += 1)}`);
  asked.length = 0;
  const refusal = [409, { code: 'STATE_CONFLICT', message: 'no', error: { outcome: 'none' } }];
  const unknown = [503, { code: 'OUTCOME_UNKNOWN', message: '?', error: { outcome: 'unknown' } }];
  answers.push(new TypeError('Failed to fetch'), unknown, refusal, [200, { code: 'OK', data: { status: 'refunded' } }]);
  const said = [];
  for (let i = 0; i < 4; i += 1) {
    const { order, says } = await refund();
    said.push(order?.status ?? says);
  }
  assert.deepEqual(said, ['refundUnknown', 'refundUnknown', 'refundFailed', 'refunded']);
  assert.deepEqual(asked.map(({ key }) => key), ['key-1', 'key-1', 'key-1', 'key-2']);
  assert.equal(asked[0].path, '/shop/api/orders/2026-1/refund');
});

test('whoever names no maker of keys has one all the same', async () => {
  answers.push([200, { code: 'OK', data: {} }]);
  await refunds('2026-1', ask)();
  assert.match(asked.at(-1).key, /^[\d-]+$/);
});
