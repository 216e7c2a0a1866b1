import assert from 'node:assert/strict';
import test from 'node:test';
import { ApiError } from '../../../crates/web/assets/app/api.mjs';
import { payment } from '../../../crates/web/assets/app/payment.mjs';

const NOW = Date.parse('2026-11-21T01:00:00Z');
const view = (part = {}) => ({
  id: 'cs_1', status: 'review', merchant: { name: 'shop' }, amount: 42_000, currency: 'KRW', lines: [], match: null,
  expiresAt: new Date(NOW + 130_000).toISOString(), now: new Date(NOW).toISOString(), balance: { amount: 120_400, currency: 'KRW' }, installments: [0], payment: null, failure: null, ...part,
});
const lost = () => new ApiError({ code: 'NETWORK', moving: true });
const refused = (code, status = 422, error = {}) => new ApiError({ code, status, error: { outcome: 'none', ...error } });

/** Timers that fire when told to. */
function clockwork() {
  let next = 0;
  const waiting = new Map();
  const set = (repeats) => (work, ms) => {
    waiting.set((next += 1), { work, ms, repeats });
    return next;
  };
  const clear = (id) => waiting.delete(id);
  return {
    timers: { setTimeout: set(false), setInterval: set(true), clearTimeout: clear, clearInterval: clear },
    async fire(ms) {
      for (const [id, one] of [...waiting]) {
        if (one.ms !== ms) continue;
        if (!one.repeats) waiting.delete(id);
        one.work();
      }
      for (let i = 0; i < 5; i += 1) await Promise.resolve();
    },
    waits: (ms) => [...waiting.values()].filter((one) => one.ms === ms).length,
  };
}

/** A flow over answers given in advance: `answers["POST path"]` is a list, its last one repeats. */
function flowOver(answers) {
  const sent = [];
  const call = (method) => async (path, body, key) => {
    sent.push({ ask: `${method} ${path}`, body, key });
    const list = answers[`${method} ${path}`] ?? [{}];
    const answer = list.length > 1 ? list.shift() : list[0];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const clock = clockwork();
  let keys = 0;
  const flow = payment({ get: call('GET'), post: call('POST') }, () => {}, { now: () => NOW, newKey: () => `key-${(keys += 1)}`, timers: clock.timers });
  const asked = (ask) => sent.filter((one) => one.ask === ask);
  return { flow, asked, clock };
}
const APPROVE = 'POST confirm/cs_1/approve';
const opened = { 'POST qr/resolve': [view()] };

test('a code opens the payment it stands for', async () => {
  const { flow, asked } = flowOver(opened);
  assert.equal(await flow.open({ token: 'tok' }), 'cs_1');
  assert.deepEqual(asked('POST qr/resolve')[0].body, { token: 'tok' });
  assert.equal(flow.state.phase, 'view');
  assert.equal(flow.remainingMs(), 130_000);
  assert.equal(flow.state.spanMs, 180_000);
});

test('time left is the server’s, whatever the phone’s clock says', async () => {
  const late = view({ now: new Date(NOW + 60_000).toISOString() });
  const { flow } = flowOver({ 'POST qr/resolve': [late] });
  await flow.open({ token: 'tok' });
  assert.equal(flow.remainingMs(), 70_000);
});

test('a code that cannot be opened says why', async () => {
  const { flow } = flowOver({ 'POST qr/resolve': [refused('QR_TAKEN', 409)] });
  assert.equal(await flow.open({ code: '48271936' }), null);
  assert.deepEqual([flow.state.phase, flow.state.error.code], ['failed', 'QR_TAKEN']);
});

test('the code stays bound by a touch every twenty seconds, and leaving gives it back', async () => {
  const { flow, asked, clock } = flowOver(opened);
  await flow.open({ token: 'tok' });
  await clock.fire(20_000);
  await clock.fire(20_000);
  assert.equal(asked('POST confirm/cs_1/touch').length, 2);
  flow.leave();
  assert.equal(asked('POST confirm/cs_1/leave').length, 1);
  assert.deepEqual([flow.state.phase, clock.waits(20_000)], ['idle', 0]);
});

test('a touch that finds another phone there says so', async () => {
  const { flow, clock } = flowOver({ ...opened, 'POST confirm/cs_1/touch': [refused('QR_TAKEN', 409)] });
  await flow.open({ token: 'tok' });
  await clock.fire(20_000);
  assert.deepEqual([flow.state.phase, flow.state.view.status], ['view', 'taken']);
});

test('an approval sends what was shown, once, however often it is tapped', async () => {
  const { flow, asked } = flowOver({ 'POST qr/resolve': [view({ match: [12, 47, 83] })], [APPROVE]: [view({ status: 'paid' })] });
  await flow.open({ token: 'tok' });
  flow.choose({ match: 47 });
  await Promise.all([flow.approve('123456'), flow.approve('123456')]);
  await flow.approve('123456');
  assert.equal(asked(APPROVE).length, 1);
  assert.deepEqual(asked(APPROVE)[0].body, { match: 47, pin: '123456', shownAmount: 42_000, source: { type: 'balance' } });
  assert.equal(flow.state.view.status, 'paid');
});

test('a card is sent with its instalments', async () => {
  const { flow, asked } = flowOver({ ...opened, [APPROVE]: [view({ status: 'paid' })] });
  await flow.open({ token: 'tok' });
  flow.choose({ source: { type: 'card', cardId: 'pcd_1' }, months: 3 });
  await flow.approve('123456');
  assert.deepEqual(asked(APPROVE)[0].body.source, { type: 'card', cardId: 'pcd_1', installmentMonths: 3 });
});

test('a wrong PIN leaves the payment open, and the next try is a request of its own', async () => {
  const { flow, asked } = flowOver({ ...opened, [APPROVE]: [refused('WRONG_PIN', 422, { param: 'pin' }), view({ status: 'paid' })] });
  await flow.open({ token: 'tok' });
  await flow.approve('000000');
  assert.deepEqual([flow.state.phase, flow.state.error.code], ['view', 'WRONG_PIN']);
  await flow.approve('123456');
  assert.deepEqual(asked(APPROVE).map(({ key }) => key), ['key-1', 'key-2']);
  assert.deepEqual([flow.state.error, flow.state.view.status], [null, 'paid']);
});

test('the same request refused for good goes out under a new key: the balance may have been topped up since', async () => {
  const { flow, asked } = flowOver({ ...opened, [APPROVE]: [refused('INSUFFICIENT_BALANCE'), view({ status: 'paid' })] });
  await flow.open({ token: 'tok' });
  await flow.approve('123456');
  await flow.approve('123456');
  assert.deepEqual(asked(APPROVE).map(({ key }) => key), ['key-1', 'key-2']);
});

test('a wrong number voids the code', async () => {
  const { flow, clock } = flowOver({ ...opened, [APPROVE]: [refused('WRONG_NUMBER', 422, { param: 'match' })] });
  await flow.open({ token: 'tok' });
  await flow.approve('123456');
  assert.deepEqual([flow.state.phase, flow.state.error.code, clock.waits(20_000)], ['failed', 'WRONG_NUMBER', 0]);
});

test('a changed amount is fetched and shown before anything else is sent', async () => {
  const { flow } = flowOver({ ...opened, [APPROVE]: [refused('AMOUNT_MISMATCH', 409)], 'GET confirm/cs_1': [view({ amount: 45_000 })] });
  await flow.open({ token: 'tok' });
  await flow.approve('123456');
  await Promise.resolve();
  assert.deepEqual([flow.state.view.amount, flow.state.error.code], [45_000, 'AMOUNT_MISMATCH']);
});

test('a lost answer is looked for every two seconds until it is known', async () => {
  const { flow, asked, clock } = flowOver({ ...opened, [APPROVE]: [lost()], 'GET confirm/cs_1': [lost(), view({ status: 'processing' }), view({ status: 'unknown' }), view({ status: 'paid' })] });
  await flow.open({ token: 'tok' });
  await flow.approve('123456');
  for (const expected of ['checking', 'checking', 'checking', 'view']) {
    await clock.fire(2_000);
    assert.equal(flow.state.phase, expected);
  }
  assert.deepEqual([flow.state.view.status, asked(APPROVE).length, clock.waits(2_000)], ['paid', 1, 0]);
});

test('a request that never arrived may go again, under the same key', async () => {
  const { flow, asked, clock } = flowOver({ ...opened, [APPROVE]: [lost(), view({ status: 'paid' })], 'GET confirm/cs_1': [view()] });
  await flow.open({ token: 'tok' });
  await flow.approve('123456');
  for (let i = 0; i < 4; i += 1) await clock.fire(2_000);
  assert.equal(flow.state.phase, 'unsent');
  await flow.resend();
  assert.deepEqual(asked(APPROVE).map(({ key }) => key), ['key-1', 'key-1']);
  assert.equal(flow.state.view.status, 'paid');
});

test('while the outcome is unknown nothing can be sent or given back', async () => {
  const { flow, asked } = flowOver({ ...opened, [APPROVE]: [view({ status: 'unknown' })] });
  await flow.open({ token: 'tok' });
  await flow.approve('123456');
  assert.equal(flow.state.phase, 'checking');
  await flow.approve('123456');
  flow.leave();
  assert.deepEqual([asked(APPROVE).length, asked('POST confirm/cs_1/leave').length], [1, 0]);
});

test('after a decline another source pays the same order', async () => {
  const { flow, asked } = flowOver({ ...opened, [APPROVE]: [view({ status: 'declined', failure: { moneyMoved: 'no' } }), view({ status: 'paid' })] });
  await flow.open({ token: 'tok' });
  flow.choose({ source: { type: 'card', cardId: 'pcd_1' } });
  await flow.approve('123456');
  assert.equal(flow.state.view.status, 'declined');
  flow.choose({ source: { type: 'balance' }, months: 0 });
  await flow.approve('123456');
  assert.deepEqual(asked(APPROVE).map(({ key }) => key), ['key-1', 'key-2']);
  assert.equal(flow.state.view.status, 'paid');
});

test('coming back from topping up shows the new balance', async () => {
  const { flow } = flowOver({ ...opened, 'GET confirm/cs_1': [view({ balance: { amount: 150_400, currency: 'KRW' } })] });
  await flow.open({ token: 'tok' });
  await flow.load('cs_1');
  assert.equal(flow.state.view.balance.amount, 150_400);
});

test('a view asked for before the tap does not overtake its answer', async () => {
  const { flow } = flowOver({ ...opened, 'GET confirm/cs_1': [view()], [APPROVE]: [view({ status: 'paid' })] });
  await flow.open({ token: 'tok' });
  await Promise.all([flow.approve('123456'), flow.load('cs_1')]);
  assert.equal(flow.state.view.status, 'paid');
  const late = flow.load('cs_1');
  await late;
  assert.equal(flow.state.view.status, 'paid');
});

test('an answer to a payment that was left changes nothing', async () => {
  const { flow } = flowOver({ ...opened, [APPROVE]: [view({ status: 'paid' })] });
  await flow.open({ token: 'tok' });
  const answer = flow.approve('123456');
  flow.leave();
  await answer;
  assert.equal(flow.state.phase, 'idle');
});

test('at the end of the time the server is asked, and without it the code is expired', async () => {
  const { flow } = flowOver({ ...opened, 'GET confirm/cs_1': [lost()] });
  await flow.open({ token: 'tok' });
  await flow.refresh();
  assert.equal(flow.state.view.status, 'expired');
});
