// What the checkout makes of the frame in which a card's bank asks.
import assert from 'node:assert/strict';
import test from 'node:test';
import { Bank } from '../../../crates/web/assets/js/bank.mjs';

const SILENT_MS = 5_000;
const SEEN = null;
const EMPTY = { URL: 'about:blank' };

/** A page with a frame, in which `document` is what can be seen of it. */
function step(t, document = EMPTY) {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const said = [];
  const frame = Object.assign(new EventTarget(), { dataset: {}, contentDocument: document, contentWindow: {} });
  const way = { dataset: { state: 'quiet' }, classList: { toggle: (name, on) => (way[name] = on) } };
  const there = { '[data-frame]': frame, '[data-way]': way };
  const world = new EventTarget();
  globalThis.addEventListener = (...words) => world.addEventListener(...words);
  const bank = new Bank({ querySelector: (selector) => there[selector] ?? null }, () => said.push('silent'), (url) => said.push(url));
  bank.watch();
  const loads = (seen = SEEN) => {
    frame.contentDocument = seen;
    frame.dispatchEvent(new Event('load'));
  };
  const speaks = (source) => world.dispatchEvent(Object.assign(new Event('message'), { source }));
  return { bank, frame, way, there, said, loads, speaks, wait: () => t.mock.timers.tick(SILENT_MS) };
}

test('a frame of which nothing is heard may be one that the bank refused: the way out steps forward', (t) => {
  for (const loaded of [false, true]) {
    const { way, said, loads, wait } = step(t);
    if (loaded) loads();
    assert.equal(way.dataset.state, 'quiet');
    wait();
    assert.deepEqual([way.dataset.state, way.p, said], ['needed', true, ['silent']]);
    t.mock.timers.reset();
  }
});

test('a page that leads on, or speaks, is one that the bank has shown', (t) => {
  for (const sign of ['load', 'message']) {
    const { frame, way, said, loads, speaks, wait } = step(t);
    loads();
    if (sign === 'load') loads();
    else speaks(frame.contentWindow);
    wait();
    assert.deepEqual([way.dataset.state, said], ['quiet', []], sign);
    t.mock.timers.reset();
  }
});

test('a sign that comes late sends the way out back, and one of somebody else is none', (t) => {
  const { way, loads, speaks, wait } = step(t);
  loads();
  speaks({});
  wait();
  assert.equal(way.dataset.state, 'needed');
  loads();
  assert.deepEqual([way.dataset.state, way.p], ['quiet', false]);
});

test('a frame that loaded nothing is empty for certain', (t) => {
  const { way, loads } = step(t);
  loads(EMPTY);
  assert.equal(way.dataset.state, 'needed');
});

test('a frame that had loaded before the script is seen, and one that stays over a filling is not counted anew', (t) => {
  const { bank, frame, way, wait, loads } = step(t, SEEN);
  assert.equal(frame.dataset.seen, 'yes');
  bank.watch();
  loads();
  wait();
  assert.equal(way.dataset.state, 'quiet');
});

test('what our own policy keeps out of frames leads to the bank once, and not who came back from there', (t) => {
  const kept = new Map();
  globalThis.sessionStorage = { getItem: (name) => kept.get(name) ?? null, setItem: (name, value) => kept.set(name, value) };
  const lead = (href) => {
    const { there, said, bank } = step(t);
    delete there['[data-frame]'];
    there['[data-lead]'] = { href };
    bank.watch();
    t.mock.timers.reset();
    return said;
  };
  assert.deepEqual(lead('https://bank.example/1'), ['https://bank.example/1']);
  assert.deepEqual(lead('https://bank.example/1'), []);
  assert.deepEqual(lead('https://bank.example/2'), ['https://bank.example/2']);
  globalThis.sessionStorage = { getItem: () => { throw new Error('kept from us'); } }; // prettier-ignore
  assert.deepEqual(lead('https://bank.example/3'), [], 'a browser that keeps nothing would go round for ever');
});
