import assert from 'node:assert/strict';
import test from 'node:test';
import { client, intent } from '../../../crates/web/assets/app/api.mjs';

function answering(status, body, seen = []) {
  return async (url, options) => {
    seen.push({ url, ...options });
    if (status === 0) throw new TypeError('Failed to fetch');
    return new Response(typeof body === 'string' ? body : JSON.stringify(body), { status });
  };
}
const made = (fetch, more = {}) => client({ base: '/app/api/', language: () => 'en', fetch, ...more });

test('a success is its data, asked for in the language of the app', async () => {
  const seen = [];
  const api = made(answering(200, { code: 'OK', data: { id: 'pyr_1' } }, seen));
  assert.deepEqual(await api.get('me'), { id: 'pyr_1' });
  assert.equal(seen[0].url, '/app/api/me');
  assert.equal(seen[0].headers['Accept-Language'], 'en');
  assert.equal(seen[0].headers['Idempotency-Key'], undefined);
});

test('what moves money carries its key', async () => {
  const seen = [];
  await made(answering(200, { code: 'OK', data: {} }, seen)).post('top-ups', { amount: 1 }, 'key-1');
  assert.equal(seen[0].headers['Idempotency-Key'], 'key-1');
});

test('a refusal tells its code, its field and that no money moved', async () => {
  const body = { code: 'WRONG_PIN', message: '4 left', data: null, error: { param: 'pin', outcome: 'none' }, requestId: 'req_1' };
  const error = await made(answering(422, body)).post('x', {}, 'k').catch((e) => e);
  assert.deepEqual([error.code, error.status, error.said, error.param, error.outcome, error.requestId], ['WRONG_PIN', 422, '4 left', 'pin', 'none', 'req_1']);
  assert.equal(error.isFinal, true);
});

test('without an answer money may have moved, but only if it was meant to', async () => {
  const reached = [];
  const api = made(answering(0), { onReach: (yes) => reached.push(yes) });
  const moving = await api.post('x', {}, 'k').catch((e) => e);
  const reading = await api.get('me').catch((e) => e);
  assert.deepEqual([moving.code, moving.outcome, moving.isFinal], ['NETWORK', 'unknown', false]);
  assert.deepEqual([reading.code, reading.outcome], ['NETWORK', 'none']);
  assert.deepEqual(reached, [false, false]);
});

test('a gateway page instead of JSON is no answer', async () => {
  const error = await made(answering(502, '<html>')).post('x', {}, 'k').catch((e) => e);
  assert.deepEqual([error.code, error.status, error.outcome, error.isFinal], ['BAD_ANSWER', 502, 'unknown', false]);
});

test('an unknown outcome is not final whatever its status', async () => {
  const error = await made(answering(409, { code: 'STILL_RUNNING', error: { outcome: 'unknown' } })).post('x', {}, 'k').catch((e) => e);
  assert.equal(error.isFinal, false);
});

test('a key is kept while the request is the same, and renewed when it changes or has been answered', () => {
  let made = 0;
  const keys = intent(() => `key-${(made += 1)}`);
  assert.equal(keys.keyFor({ amount: 1 }), 'key-1');
  assert.equal(keys.keyFor({ amount: 1 }), 'key-1');
  assert.equal(keys.keyFor({ amount: 2 }), 'key-2');
  assert.equal(keys.keyFor({ amount: 1 }), 'key-3');
  keys.settle();
  assert.equal(keys.keyFor({ amount: 1 }), 'key-4');
});
