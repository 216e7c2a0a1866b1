// What the checkout page tells the shop's page when somebody leaves it.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Doubt, Embedding } from '../../../crates/web/assets/js/embed.mjs';

const SHOP = 'https://shop.example';
const view = (part = {}) => ({ status: 'open', purpose: 'pay', order: { id: 'ord_1' }, payment: null, failure: null, qr: null, ...part });

/** An embedded page, and what its shop hears. */
function embedded({ inWindow = false, leaves = 1 } = {}) {
  const heard = [];
  const parent = { postMessage: () => {} };
  const listeners = new Set();
  const own = inWindow ? { opener: parent } : { parent, opener: null };
  if (inWindow) own.parent = own;
  Object.assign(globalThis, {
    window: own,
    document: { documentElement: { getBoundingClientRect: () => ({ height: 1 }) } },
    addEventListener: (_, listener) => listeners.add(listener),
    removeEventListener: (_, listener) => listeners.delete(listener),
    ResizeObserver: class {
      observe() {}
    },
  });
  const embedding = new Embedding(SHOP, () => {});
  const port = { postMessage: (message) => heard.push(message) };
  for (const listener of listeners) listener({ origin: SHOP, source: parent, data: { steelyard: 1, type: 'connect', leaves }, ports: [port] });
  heard.length = 0;
  return { embedding, heard };
}

test('who leaves is told of with what is known of the money', () => {
  for (const [doubtful, moneyMoved] of [[false, 'no'], [true, 'unknown']]) {
    const { embedding, heard } = embedded();
    embedding.leave(view(), doubtful);
    assert.deepEqual(heard, [{ type: 'cancel', moneyMoved }, { type: 'close' }]);
  }
});

test('what is being charged is left as a payment under way', () => {
  const { embedding, heard } = embedded();
  embedding.leave(view({ status: 'processing', payment: { id: 'pay_1' } }), true);
  assert.deepEqual(heard, [{ type: 'result', result: { status: 'processing', paymentId: 'pay_1', orderId: 'ord_1' } }, { type: 'close' }]);
});

test('only a page around this one can leave for the bank; a window goes there by itself', () => {
  const framed = embedded();
  assert.equal(framed.embedding.away('https://bank.example/3ds'), true);
  assert.deepEqual(framed.heard, [{ type: 'leave', url: 'https://bank.example/3ds' }]);
  for (const other of [{ inWindow: true }, { leaves: 0 }]) {
    const { embedding, heard } = embedded(other);
    assert.equal(embedding.away('https://bank.example/3ds'), false, 'a window, or a page from before an upgrade');
    assert.deepEqual(heard, []);
  }
});

test('a doubt is told when it comes and when it goes', () => {
  const { embedding, heard } = embedded();
  for (const on of [false, true, true, false]) embedding.doubt(on);
  assert.deepEqual(heard, [{ type: 'doubt', on: true }, { type: 'doubt', on: false }]);
});

test('a payment is in doubt from when it is sent until it is certain what came of it', () => {
  const doubt = new Doubt();
  const of = () => doubt.of(view(), false);
  assert.equal(of(), false);
  doubt.sent();
  assert.equal(of(), true);
  doubt.answered('refused');
  assert.equal(of(), false);
  doubt.sent();
  doubt.answered('lost');
  assert.equal(of(), true);
  doubt.sent();
  doubt.answered('refused');
  assert.equal(of(), true, 'a refusal of the second says nothing of the first');
  doubt.sent();
  doubt.answered('done');
  assert.equal(of(), false);
});

test('a payment without an answer is certain once the page shows how it ended', () => {
  const declined = view({ failure: { code: 'PAYMENT_DECLINED' } });
  for (const [before, after, expected] of [
    [view(), view({ version: 2 }), true],
    [view(), declined, false],
    [declined, declined, true],
    [{ ...declined, status: 'processing' }, declined, false],
  ]) {
    const doubt = new Doubt();
    doubt.sent();
    doubt.saw(view(), declined);
    doubt.answered('lost');
    doubt.saw(before, after);
    assert.equal(doubt.of(after, false), expected, JSON.stringify([before, after]));
  }
});

test('somebody else may be paying: with the code in hand, at the bank, or unseen', () => {
  const waiting = { state: 'waiting' };
  for (const [part, cut, expected] of [
    [{ qr: waiting }, false, false],
    [{ qr: waiting }, true, true],
    [{ qr: null }, true, false],
    [{ qr: { state: 'scanned' } }, false, true],
    [{ qr: { state: 'confirming' } }, false, true],
    [{ status: 'authenticating' }, false, true],
    [{ status: 'authenticating', purpose: 'authenticate' }, false, false],
  ]) {
    assert.equal(new Doubt().of(view(part), cut), expected, JSON.stringify(part));
  }
});
