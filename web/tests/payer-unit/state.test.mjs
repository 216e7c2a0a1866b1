import assert from 'node:assert/strict';
import test from 'node:test';

/** What the server answers next; each request takes one. */
let answers = [];
Object.assign(globalThis, {
  location: { hash: '#/top-up', search: '' },
  history: { state: null, replaceState: (_state, _title, address) => address && (location.hash = address) },
  dispatchEvent: () => {},
  HashChangeEvent: class {},
  fetch: async () => {
    const [status, data] = answers.shift() ?? [404, null];
    if (status === 0) throw new TypeError('Failed to fetch');
    return new Response(JSON.stringify({ code: status === 200 ? 'OK' : 'UNAUTHENTICATED', data }), { status });
  },
});
const { app, askWhoIsIn, calls, heardOfNetwork, signIn } = await import('../../../crates/web/assets/app/state.mjs');

const draft = { amount: 10_000, source: 'transfer', bank: 'kookmin', accountNumber: '1234567890' };
async function signedInAs(id) {
  answers = [[200, { id }]];
  await signIn({});
  app.topUp = draft;
  location.hash = '#/top-up';
}

test('what was typed for a top-up goes with the session', async () => {
  await signedInAs('pyr_1');
  answers = [[401]];
  await calls.get('me').catch(() => {});
  assert.deepEqual([app.session, app.topUp], ['out', null]);
});

test('another payer finds nothing of the one before, and begins at home', async () => {
  await signedInAs('pyr_1');
  answers = [[200, { id: 'pyr_2' }]];
  await askWhoIsIn();
  assert.deepEqual([app.payer.id, app.topUp, location.hash], ['pyr_2', null, '#/']);
});

test('the same payer goes on where they were', async () => {
  await signedInAs('pyr_1');
  answers = [[200, { id: 'pyr_1' }]];
  await askWhoIsIn();
  assert.deepEqual([app.topUp, location.hash], [draft, '#/top-up']);
});

test('a server that could not be reached is asked until it can be: what pays is off for no longer', async (t) => {
  await signedInAs('pyr_1');
  t.mock.timers.enable({ apis: ['setTimeout'] });
  answers = [[0], [0], [200, { id: 'pyr_1', name: 'later' }]];
  await calls.post('top-ups', {}, 'key-1').catch(() => {});
  assert.equal(app.offline, true);
  for (const expected of [true, false]) {
    t.mock.timers.tick(3_000);
    for (let i = 0; i < 10; i += 1) await new Promise(setImmediate);
    assert.equal(app.offline, expected);
  }
  assert.deepEqual([app.payer.name, app.topUp], ['later', draft]);
  t.mock.timers.tick(60_000);
  assert.deepEqual(answers, []);
});

test('an answer to what was asked before the network was lost does not bring it back', async () => {
  await signedInAs('pyr_1');
  answers = [[200, { id: 'pyr_1' }], [200, { id: 'pyr_1' }]];
  const before = calls.get('me');
  heardOfNetwork(false);
  await before;
  assert.equal(app.offline, true);
  await calls.get('me');
  assert.equal(app.offline, false);
});

test('a browser that has a network again is believed when the server has answered', async (t) => {
  await signedInAs('pyr_1');
  t.mock.timers.enable({ apis: ['setTimeout'] });
  heardOfNetwork(false);
  for (const [answer, expected] of [[[0], true], [[200, { id: 'pyr_1' }], false]]) {
    answers = [answer];
    const asked = heardOfNetwork(true);
    assert.equal(app.offline, true);
    await asked;
    assert.equal(app.offline, expected);
  }
});

test('who signed out stays signed out when the network comes back', async () => {
  await signedInAs('pyr_1');
  answers = [[401]];
  await calls.get('me').catch(() => {});
  for (const answer of [[0], [401]]) {
    answers = [answer];
    heardOfNetwork(false);
    await heardOfNetwork(true);
    assert.deepEqual([app.session, app.payer], ['out', null]);
  }
  assert.equal(app.offline, false);
});
