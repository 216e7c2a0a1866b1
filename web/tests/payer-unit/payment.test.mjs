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

/** As the app does it: the code is opened, and the screen of the payment shows it. */
async function show(flow) {
  await flow.open({ token: 'tok' });
  await flow.load('cs_1');
}

test('what was opened just now is not asked for again; who comes back to it sees the new balance', async () => {
  const richer = view({ balance: { amount: 150_400, currency: 'KRW' } });
  const { flow, asked } = flowOver({ ...opened, 'GET confirm/cs_1': [richer] });
  await show(flow);
  assert.deepEqual([asked('GET confirm/cs_1').length, flow.state.view.balance.amount], [0, 120_400]);
  await flow.load('cs_1');
  assert.deepEqual([asked('GET confirm/cs_1').length, flow.state.view.balance.amount], [1, 150_400]);
});

test('what was opened and left is asked for when its address is gone to', async () => {
  const { flow, asked } = flowOver({ ...opened, 'GET confirm/cs_1': [view()] });
  await flow.open({ token: 'tok' });
  flow.leave();
  await flow.load('cs_1');
  assert.deepEqual([asked('GET confirm/cs_1').length, flow.state.phase], [1, 'view']);
});

test('a view asked for before the tap does not overtake its answer', async () => {
  const { flow } = flowOver({ ...opened, 'GET confirm/cs_1': [view()], [APPROVE]: [view({ status: 'paid' })] });
  await show(flow);
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

const DECLINED = { status: 'declined', failure: { moneyMoved: 'no', message: 'the first card' } };
/** A flow that stands where a first card was declined, in version 5. */
async function declinedOnce(answers) {
  const all = { ...opened, ...answers, [APPROVE]: [view({ ...DECLINED, version: 5 }), ...(answers[APPROVE] ?? [])] };
  const made = flowOver(all);
  await made.flow.open({ token: 'tok' });
  await made.flow.approve('123456');
  return made;
}

test('after a decline the code is kept as well, while the payer chooses another source', async () => {
  const { flow, asked, clock } = await declinedOnce({ 'POST confirm/cs_1/touch': [view({ ...DECLINED, version: 6 }), view({ status: 'expired', version: 7 })] });
  await clock.fire(20_000);
  assert.deepEqual([asked('POST confirm/cs_1/touch').length, flow.state.view.version], [1, 6]);
  await clock.fire(20_000);
  assert.equal(flow.state.view.status, 'expired');
});

test('a code that lapsed while the answer was lost ends the doubt: nothing was paid with it', async () => {
  for (const [code, status] of [['QR_EXPIRED', 'expired'], ['QR_TAKEN', 'taken']]) {
    const { flow, clock } = flowOver({ ...opened, [APPROVE]: [lost()], 'GET confirm/cs_1': [lost(), refused(code, 410)] });
    await flow.open({ token: 'tok' });
    await flow.approve('123456');
    await clock.fire(2_000);
    assert.equal(flow.state.phase, 'checking');
    await clock.fire(2_000);
    assert.deepEqual([flow.state.phase, flow.state.view.status, clock.waits(2_000)], ['view', status, 0]);
  }
});

test('the refusal of the first card is not taken for that of the second, whose request was lost', async () => {
  const before = view({ ...DECLINED, version: 5 });
  const { flow, asked, clock } = await declinedOnce({ [APPROVE]: [lost(), view({ status: 'paid', version: 9 })], 'GET confirm/cs_1': [before] });
  flow.choose({ source: { type: 'card', cardId: 'pcd_2' } });
  await flow.approve('123456');
  for (let i = 0; i < 3; i += 1) {
    await clock.fire(2_000);
    assert.equal(flow.state.phase, 'checking');
  }
  await clock.fire(2_000);
  assert.equal(flow.state.phase, 'unsent');
  await flow.resend();
  assert.equal(asked(APPROVE)[2].key, asked(APPROVE)[1].key);
  assert.equal(flow.state.view.status, 'paid');
});

test('a code that was renewed meanwhile is no answer to the request either; another refusal is', async () => {
  const { flow, clock } = await declinedOnce({
    [APPROVE]: [lost()], 'POST confirm/cs_1/touch': [view({ ...DECLINED, version: 6 })],
    'GET confirm/cs_1': [view({ ...DECLINED, version: 6 }), view({ ...DECLINED, version: 10 })],
  });
  await flow.approve('123456');
  await clock.fire(20_000);
  await clock.fire(2_000);
  assert.equal(flow.state.phase, 'checking');
  await clock.fire(2_000);
  assert.deepEqual([flow.state.phase, flow.state.view.version], ['view', 10]);
});

/** An answer that comes when it is told to. */
function later() {
  let give;
  const answer = new Promise((resolve, reject) => (give = { resolve, reject }));
  return { answer, ...give };
}
const settled = async () => {
  for (let i = 0; i < 5; i += 1) await Promise.resolve();
};

test('an answer that was overtaken changes nothing', async () => {
  const late = later();
  const { flow, clock } = flowOver({ ...opened, 'POST confirm/cs_1/touch': [late.answer], 'GET confirm/cs_1': [view({ amount: 45_000, version: 3 })] });
  await show(flow);
  await clock.fire(20_000);
  await flow.load('cs_1');
  late.resolve(view({ version: 2 }));
  await settled();
  assert.deepEqual([flow.state.view.amount, flow.state.view.version], [45_000, 3]);
});

test('a touch that finds the code gone does not interrupt the tap that is on its way', async () => {
  const [touch, answer] = [later(), later()];
  const { flow, clock } = flowOver({ ...opened, 'POST confirm/cs_1/touch': [touch.answer], [APPROVE]: [answer.answer] });
  await flow.open({ token: 'tok' });
  await clock.fire(20_000);
  const tap = flow.approve('123456');
  touch.reject(refused('QR_EXPIRED', 410));
  await settled();
  assert.equal(flow.state.phase, 'sending');
  answer.resolve(view({ status: 'paid' }));
  await tap;
  assert.equal(flow.state.view.status, 'paid');
});

test('an older view never takes the place of a newer one', async () => {
  const late = later();
  const { flow } = flowOver({ 'POST qr/resolve': [view({ version: 4 })], [APPROVE]: [view({ status: 'paid', version: 9 })], 'GET confirm/cs_1': [late.answer] });
  await flow.open({ token: 'tok' });
  const asking = flow.refresh();
  await flow.approve('123456');
  late.resolve(view({ version: 4 }));
  await asking;
  assert.equal(flow.state.view.status, 'paid');
});

test('the new amount of one payment is not shown in another that was opened meanwhile', async () => {
  const late = later();
  const other = view({ id: 'cs_2', amount: 7_000 });
  const { flow } = flowOver({ 'POST qr/resolve': [view(), other], [APPROVE]: [refused('AMOUNT_MISMATCH', 409)], 'GET confirm/cs_1': [late.answer] });
  await flow.open({ token: 'tok' });
  await flow.approve('123456');
  await flow.open({ token: 'other' });
  late.resolve(view({ amount: 45_000 }));
  await settled();
  assert.deepEqual([flow.state.id, flow.state.view.amount], ['cs_2', 7_000]);
});

test('who gives up a request that never arrived gives the code back', async () => {
  const { flow, asked, clock } = flowOver({ ...opened, [APPROVE]: [lost()], 'GET confirm/cs_1': [view()] });
  await flow.open({ token: 'tok' });
  await flow.approve('123456');
  for (let i = 0; i < 4; i += 1) await clock.fire(2_000);
  flow.leave();
  assert.equal(asked('POST confirm/cs_1/leave').length, 1);
});
