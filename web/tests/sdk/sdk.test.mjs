import assert from 'node:assert/strict';
import test from 'node:test';
import { HOST, page, SECRET, view } from './page.mjs';

const KEY = 'pk_test_1';
const PAID = { status: 'paid', paymentId: 'pay_1', orderId: 'shop-1' };
const rejected = (promise) => promise.then(assert.fail, (error) => error);
const plain = (value) => JSON.parse(JSON.stringify(value));

const opened = async (options, display = 'overlay') => {
  const p = page(options);
  const checkout = p.Steelyard(KEY, { locale: options?.locale }).checkout({ clientSecret: SECRET });
  const promise = checkout.open({ display });
  promise.catch(() => {});
  await p.tick();
  return { ...p, checkout, promise };
};

test('an overlay asks for the page of its session, with the exact origin it is opened from', async () => {
  const p = await opened({ locale: 'en' });
  assert.equal(
    p.seen.frames[0].src,
    `${HOST}/c/${SECRET}?embed=overlay&origin=${encodeURIComponent('https://shop.example')}&lang=en`,
  );
  assert.equal(p.seen.dialog.open, true);
});

test('a hello is answered with a private port, to the exact origin, and a result resolves the promise', async () => {
  const p = await opened();
  await p.hello();
  assert.deepEqual(plain(p.seen.posted), [{ data: { steelyard: 1, type: 'connect', leaves: 1 }, origin: HOST }]);
  const success = [];
  p.checkout.on('success', (result) => success.push(result));
  await p.say({ type: 'result', result: PAID });
  assert.deepEqual(plain(await p.promise), PAID);
  assert.deepEqual(plain(success), [PAID]);
  assert.equal(p.seen.dialog.open, true, 'the receipt stays until the page or the buyer closes it');
  await p.say({ type: 'close' });
  assert.equal(p.seen.dialog.open, false);
  assert.equal(p.body.children.length, 0);
  assert.equal(p.window.document.documentElement.style.overflow, undefined);
});

for (const [name, wrong] of [
  ['another origin', { origin: 'https://evil.example' }],
  ['another window', { source: { postMessage: assert.fail } }],
  ['another message', { data: { steelyard: 1, type: 'result' } }],
  ['no protocol', { data: 'hello' }],
]) {
  test(`a hello from ${name} is not answered`, async () => {
    const p = await opened();
    await p.hello(wrong);
    assert.equal(p.seen.posted.length, 0);
  });
}

test('a second open gives the same promise, also after the first resolved', async () => {
  const p = await opened();
  assert.equal(p.checkout.open(), p.promise);
  await p.hello();
  await p.say({ type: 'result', result: PAID });
  assert.equal(p.checkout.open({ display: 'redirect' }), p.promise);
  assert.equal(p.seen.frames.length, 1);
  p.end();
});

test('a cancel rejects, and the buyer may open again', async () => {
  const p = await opened();
  const told = [];
  p.checkout.on('cancel', (value) => told.push(value));
  await p.hello();
  await p.say({ type: 'cancel' });
  const error = await rejected(p.promise);
  assert.ok(error instanceof p.Steelyard.SteelyardError);
  assert.equal(error.code, 'USER_CANCELED');
  assert.equal(error.moneyMoved, 'no');
  assert.equal(error.message, '결제를 취소했어요.');
  assert.equal(error.docUrl, `${HOST}/docs/errors#USER_CANCELED`);
  assert.deepEqual(told, [error]);
  assert.equal(p.body.children.length, 0);
  assert.notEqual(p.checkout.open(), p.promise);
  assert.equal(p.seen.frames.length, 2);
});

for (const moneyMoved of ['no', 'unknown']) {
  test(`a cancel says of the money what the checkout page says: ${moneyMoved}`, async () => {
    const p = await opened();
    await p.hello();
    await p.say({ type: 'cancel', moneyMoved });
    const error = await rejected(p.promise);
    assert.deepEqual([error.code, error.moneyMoved], ['USER_CANCELED', moneyMoved]);
  });
}

for (const [name, told, facts, expected] of [
  ['nothing was sent', [], {}, 'no'],
  ['a payment is on its way', [true], {}, 'unknown'],
  ['a payment was refused', [true, false], {}, 'no'],
  ['a code waits to be scanned', [], { qr: { state: 'waiting' } }, 'no'],
  ['a payer has scanned the code', [], { qr: { state: 'scanned' } }, 'unknown'],
]) {
  test(`closed without the checkout's word while ${name}, the money is ${expected}`, async () => {
    const p = await opened({ answers: { '*': [200, { data: view(facts) }] } });
    await p.hello();
    for (const on of told) await p.say({ type: 'doubt', on });
    p.checkout.close();
    p.checkout.close();
    const error = await rejected(p.promise);
    assert.deepEqual([error.code, error.moneyMoved], ['USER_CANCELED', expected]);
  });
}

test('a doubt ends with the page that had it: after the bank’s page the checkout says anew what it knows', async () => {
  const p = await opened({ answers: { '*': [200, { data: view() }] } });
  await p.hello();
  await p.say({ type: 'doubt', on: true });
  await p.hello();
  p.checkout.close();
  p.checkout.close();
  assert.equal((await rejected(p.promise)).moneyMoved, 'no');
});

test('Esc asks the checkout; asked twice, the server is looked at instead', async () => {
  const path = `/c/${SECRET}/state`;
  const paid = view({ status: 'paid', payment: { id: 'pay_9' } });
  const p = await opened({ answers: { [path]: [200, { code: 'OK', data: paid }] } });
  await p.hello();
  const escape = () => p.seen.dialog.oncancel({ preventDefault() {} });
  escape();
  assert.deepEqual(plain(await p.heard()), [{ type: 'close' }]);
  assert.equal(p.seen.dialog.open, true);
  escape();
  assert.equal(p.seen.dialog.open, false);
  assert.deepEqual(plain(await p.promise), { status: 'paid', paymentId: 'pay_9', orderId: 'ord_1' });
});

test('closed while nobody can say how it stands, the money is unknown', async () => {
  const p = await opened();
  await p.hello();
  p.checkout.close();
  p.checkout.close();
  const error = await rejected(p.promise);
  assert.deepEqual([error.code, error.moneyMoved], ['USER_CANCELED', 'unknown']);
});

test('closed before the page said hello, nothing can have moved', async () => {
  const p = await opened();
  p.checkout.close();
  assert.equal((await rejected(p.promise)).moneyMoved, 'no');
  assert.equal(p.seen.requests.length, 0);
});

test('a decline that the buyer can mend is an event, and the promise waits', async () => {
  const p = await opened();
  const errors = [];
  p.checkout.on('error', (error) => errors.push(error));
  await p.hello();
  await p.say({ type: 'error', error: { code: 'DECLINED', declineCode: 'INSUFFICIENT_LIMIT', message: '한도 초과', retryable: true, moneyMoved: 'no', requestId: 'req_1' } });
  assert.deepEqual([errors[0].code, errors[0].declineCode, errors[0].requestId], ['DECLINED', 'INSUFFICIENT_LIMIT', 'req_1']);
  await p.say({ type: 'result', result: PAID });
  assert.equal((await p.promise).status, 'paid');
  p.end();
});

for (const [code, expected, declineCode] of [
  ['CONNECTOR_UNAVAILABLE', 'PROVIDER_DOWN'],
  ['NET_CANCELED', 'PROVIDER_DOWN'],
  ['PAYMENT_DECLINED', 'DECLINED'],
  ['PAYMENT_DECLINED', 'DECLINED', 'INSUFFICIENT_LIMIT'],
  ['PAYMENT_DECLINED', 'AUTHENTICATION_FAILED', 'AUTHENTICATION_FAILED'],
  ['PAYMENT_DECLINED', 'AUTHENTICATION_FAILED', 'AUTHENTICATION_REQUIRED'],
]) {
  test(`the platform's ${code} of ${declineCode} is ${expected} here, and the checkout stays open`, async () => {
    const p = await opened();
    const errors = [];
    p.checkout.on('error', (error) => errors.push(error));
    await p.hello();
    await p.say({ type: 'error', error: { code, declineCode, message: 'm', retryable: true, moneyMoved: 'no', requestId: 'req_3' } });
    assert.deepEqual([errors[0].code, errors[0].retryable, errors[0].moneyMoved], [expected, true, 'no']);
    assert.equal(p.seen.dialog.open, true);
    await p.say({ type: 'result', result: PAID });
    assert.equal((await p.promise).status, 'paid');
    p.end();
  });
}

test('an error that ends the session rejects with all its facts', async () => {
  const p = await opened();
  await p.hello();
  await p.say({ type: 'error', error: { code: 'SESSION_EXPIRED', message: '지났어요', retryable: true, moneyMoved: 'no', requestId: 'req_2', docUrl: '/docs/errors#SESSION_EXPIRED' } });
  const error = await rejected(p.promise);
  assert.deepEqual(
    [error.code, error.message, error.requestId, error.retryable, error.docUrl],
    ['SESSION_EXPIRED', '지났어요', 'req_2', true, `${HOST}/docs/errors#SESSION_EXPIRED`],
  );
  p.end();
});

test('an expired session rejects, and its page stays until it is closed', async () => {
  const p = await opened();
  const told = [];
  for (const event of ['expired', 'error']) p.checkout.on(event, (detail) => told.push(detail?.code ?? event));
  await p.hello();
  await p.say({ type: 'expired' });
  assert.equal((await rejected(p.promise)).code, 'SESSION_EXPIRED');
  assert.deepEqual(told, ['expired', 'SESSION_EXPIRED']);
  assert.equal(p.seen.dialog.open, true);
  await p.say({ type: 'close' });
  assert.equal(p.seen.dialog.open, false);
});

test('a code of a later version is an error too', async () => {
  const p = await opened();
  await p.hello();
  await p.say({ type: 'error', error: { code: 'MOON_IN_THE_WAY', message: '?', moneyMoved: 'unknown' } });
  const error = await rejected(p.promise);
  assert.deepEqual([error.code, error.moneyMoved], ['INTERNAL', 'unknown']);
  p.end();
});

test('events pass with their details, and a listener that throws stops nothing', async () => {
  const p = await opened();
  const told = [];
  p.checkout.on('method', () => {
    throw new Error('shop bug');
  });
  const stop = p.checkout.on('method', (detail) => told.push(detail));
  p.checkout.on('qr', (detail) => told.push(detail));
  p.checkout.on('scanned', (detail) => told.push(detail));
  await p.hello();
  await p.say({ type: 'method', method: 'card' });
  stop();
  await p.say({ type: 'method', method: 'app' });
  await p.say({ type: 'qr', expiresAt: 't' });
  await p.say({ type: 'scanned' });
  assert.deepEqual(plain(told.map((value) => value ?? null)), [{ method: 'card' }, { expiresAt: 't' }, null]);
  assert.equal(p.seen.reported[0].message, 'shop bug');
  p.end();
});

test('a frame that says no hello in 8 seconds becomes a redirect', async () => {
  const p = await opened();
  assert.equal(p.seen.timers[0].ms, 8000);
  p.expire();
  assert.deepEqual(p.seen.assigned, [`${HOST}/c/${SECRET}`]);
  assert.equal(p.store.get('steelyard'), SECRET);
});

test('a frame that said hello is left in peace', async () => {
  const p = await opened();
  await p.hello();
  p.expire();
  assert.deepEqual(p.seen.assigned, []);
  p.end();
});

test('a bank that shows itself in no frame takes the whole page, and the return page finds the note', async () => {
  const p = await opened();
  await p.hello();
  await p.say({ type: 'leave', url: 'https://bank.example/3ds' });
  assert.deepEqual(p.seen.assigned, ['https://bank.example/3ds']);
  assert.equal(p.store.get('steelyard'), SECRET);
  p.window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
  const error = await rejected(p.promise);
  assert.deepEqual([error.code, error.moneyMoved], ['USER_CANCELED', 'unknown']);
});

for (const [name, options, expected] of [
  ['a desktop', {}, 'overlay'],
  ['a phone', { queries: ['(pointer:coarse)'] }, 'redirect'],
  ['a browser inside KakaoTalk', { userAgent: 'Mozilla/5.0 KAKAOTALK 10.4' }, 'redirect'],
  ['a browser inside Naver', { userAgent: 'Mozilla/5.0 NAVER(inapp; search; 1)' }, 'redirect'],
  ['an Android web view', { userAgent: 'Mozilla/5.0 (Linux; Android 14; wv) Chrome/130' }, 'redirect'],
]) {
  test(`auto on ${name} is ${expected}`, async () => {
    const p = await opened(options, 'auto');
    assert.equal(p.seen.frames.length, expected === 'overlay' ? 1 : 0);
    assert.equal(p.seen.assigned.length, expected === 'overlay' ? 0 : 1);
    assert.equal(p.seen.popups.length, 0, 'popup is never chosen');
    p.expire();
  });
}

test('going back from a redirect ends the wait', async () => {
  const p = await opened({}, 'redirect');
  p.window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }));
  const error = await rejected(p.promise);
  assert.deepEqual([error.code, error.moneyMoved], ['USER_CANCELED', 'unknown']);
});

test('a blocked popup says so', async () => {
  const p = await opened({ popupBlocked: true }, 'popup');
  const error = await rejected(p.promise);
  assert.deepEqual([error.code, error.retryable], ['POPUP_BLOCKED', true]);
});

test('a popup is opened in the click, before the session is there, and closing it asks the server', async () => {
  const p = page({ answers: { '*': [200, { data: view() }] } });
  let give;
  const checkout = p.Steelyard(KEY).checkout({ clientSecret: () => new Promise((resolve) => (give = resolve)) });
  const promise = checkout.open({ display: 'popup' });
  assert.equal(p.seen.popups.length, 1);
  give(SECRET);
  await p.tick();
  assert.match(p.seen.popups[0].location, /embed=popup/);
  p.seen.popups[0].closed = true;
  p.seen.interval();
  const error = await rejected(promise);
  assert.deepEqual([error.code, error.moneyMoved], ['USER_CANCELED', 'no']);
});

test('a popup closed before its session is there has moved nothing, and asks nobody', async () => {
  const p = page({ answers: { '*': [404, {}] } });
  const promise = p.Steelyard(KEY).checkout({ clientSecret: () => new Promise(() => {}) }).open({ display: 'popup' });
  p.seen.popups[0].closed = true;
  p.seen.interval();
  const error = await rejected(promise);
  assert.deepEqual([error.code, error.moneyMoved, p.seen.requests], ['USER_CANCELED', 'no', []]);
});

test('the merchant’s function is asked again after a failure', async () => {
  const p = page();
  let calls = 0;
  const checkout = p.Steelyard(KEY).checkout({
    clientSecret: async () => {
      calls += 1;
      if (calls === 1) throw new Error('품절이에요');
      return SECRET;
    },
  });
  const error = await rejected(checkout.open({ display: 'overlay' }));
  assert.deepEqual([error.code, error.message, error.cause.message], ['INTERNAL', '품절이에요', '품절이에요']);
  assert.equal(p.body.children.length, 0);
  checkout.open({ display: 'overlay' });
  await p.tick();
  assert.equal(calls, 2);
  assert.match(p.seen.frames.at(-1).src, /cs_01abc/);
  checkout.close();
});

test('mounting twice in one place is mounting once, and unmounting removes the frame', async () => {
  const p = page();
  const checkout = p.Steelyard(KEY).checkout({ clientSecret: SECRET });
  checkout.mount('#pay');
  checkout.mount(p.body);
  await p.tick();
  assert.equal(p.seen.frames.length, 1);
  assert.match(p.seen.frames[0].src, /embed=inline/);
  await p.hello();
  await p.say({ type: 'size', height: 812 });
  assert.equal(p.seen.frames[0].style.height, '812px');
  checkout.unmount();
  assert.equal(p.body.children.length, 0);
  p.end();
});

test('the element shows its checkout inline and tells of it in events that cross shadow roots', async () => {
  const p = page();
  const element = new p.Element();
  const told = [];
  for (const name of ['ready', 'success', 'error']) {
    element.addEventListener(`steelyard:${name}`, (event) => told.push([event.type, event.bubbles, event.composed]));
  }
  element.setAttribute('client-secret', SECRET);
  element.connectedCallback();
  await p.tick();
  assert.equal(element.children[0].name, 'iframe');
  await p.hello();
  await p.say({ type: 'ready' });
  await p.say({ type: 'result', result: PAID });
  assert.deepEqual(told, [['steelyard:ready', true, true], ['steelyard:success', true, true]]);
  p.end();
});

test('the element names what is wrong with its attributes', async () => {
  const p = page();
  const element = new p.Element();
  const params = [];
  element.addEventListener('steelyard:error', (event) => params.push(event.detail.param));
  element.setAttribute('client-secret', 'nonsense');
  element.connectedCallback();
  element.setAttribute('client-secret', SECRET);
  element.setAttribute('publishable-key', 'sk_test_1');
  element.connectedCallback();
  assert.deepEqual(params, ['clientSecret', 'publishableKey']);
});

test('wrong arguments are named', async () => {
  const p = page();
  const thrown = (run) => {
    try {
      run();
    } catch (error) {
      return [error.code, error.param];
    }
    return assert.fail('accepted');
  };
  assert.deepEqual(thrown(() => p.Steelyard('nothing')), ['INVALID_KEY', 'publishableKey']);
  assert.deepEqual(thrown(() => p.Steelyard(KEY, { locale: 'fr' })), ['INVALID_REQUEST', 'locale']);
  const steelyard = p.Steelyard(KEY);
  assert.deepEqual(thrown(() => steelyard.checkout({})), ['INVALID_REQUEST', 'clientSecret']);
  const checkout = steelyard.checkout({ clientSecret: SECRET });
  assert.deepEqual(thrown(() => checkout.mount('#nowhere')), ['INVALID_REQUEST', 'mount']);
  assert.deepEqual(thrown(() => checkout.on('done', () => {})), ['INVALID_REQUEST', 'event']);
  assert.equal((await rejected(checkout.open({ display: 'tab' }))).param, 'display');
  try {
    p.Steelyard('sk_test_1');
  } catch (error) {
    assert.match(error.message, /secret key/);
  }
});

const ORDER = { orderId: 'shop-1', orderName: '한라봉', amount: { value: 36000, currency: 'KRW' } };
const MADE = { '/v1/checkout/sessions': [201, { code: 'OK', data: { clientSecret: SECRET } }] };

test('requestPayment makes a session of the second door and resolves with what the server confirms', async () => {
  const p = page({ answers: MADE });
  const steelyard = p.Steelyard(KEY, { locale: 'ko' });
  const promise = steelyard.requestPayment({ ...ORDER, method: 'card', customer: { name: '김하늘' } });
  steelyard.requestPayment(ORDER).catch(() => {});
  await p.tick();
  assert.equal(p.seen.requests.length, 1, 'a double click is one payment');
  const [request] = p.seen.requests;
  assert.equal(request.headers.Authorization, `Bearer ${KEY}`);
  assert.match(request.headers['Idempotency-Key'], /^\d+-\d+-\d+-\d+$/);
  assert.deepEqual(JSON.parse(request.body), {
    merchantOrderId: 'shop-1',
    orderName: '한라봉',
    amount: 36000,
    currency: 'KRW',
    successUrl: 'https://shop.example/cart',
    failUrl: 'https://shop.example/cart',
    buyer: { name: '김하늘' },
    methods: ['card'],
    locale: 'ko',
  });
  await p.hello();
  await p.say({ type: 'authenticated', paymentKey: 'att_1', orderId: 'shop-1', amount: 36000 });
  assert.deepEqual(plain(await promise), { paymentKey: 'att_1', orderId: 'shop-1', amount: 36000 });
  p.end();
});

test('requestPayment with addresses to return to leaves the page', async () => {
  const p = page({ answers: MADE });
  p.Steelyard(KEY).requestPayment({ ...ORDER, successUrl: 'https://shop.example/ok', failUrl: 'https://shop.example/no' });
  await p.tick();
  assert.equal(p.seen.assigned.length, 1);
  assert.equal(p.seen.frames.length, 0);
});

for (const [param, change] of [
  ['orderId', { orderId: '' }],
  ['orderName', { orderName: undefined }],
  ['amount.value', { amount: { value: 10.5, currency: 'KRW' } }],
  ['amount.value', { amount: { value: 0, currency: 'KRW' } }],
  ['amount.value', { amount: undefined }],
  ['amount.currency', { amount: { value: 1, currency: 'JPY' } }],
  ['method', { method: 'cash' }],
  ['method', { method: 'transfer' }],
  ['method', { method: 'virtual_account' }],
  ['method', { method: 'app' }],
  ['failUrl', { successUrl: 'https://shop.example/ok' }],
  ['successUrl', { successUrl: '/ok', failUrl: 'https://shop.example/no' }],
]) {
  test(`requestPayment names ${param} when it is wrong: ${JSON.stringify(change)}`, async () => {
    const p = page({ answers: MADE });
    const error = await rejected(p.Steelyard(KEY).requestPayment({ ...ORDER, ...change }));
    assert.deepEqual([error.code, error.param], ['INVALID_REQUEST', param]);
    assert.equal(p.seen.requests.length, 0);
  });
}

for (const [answer, expected] of [
  [[401, { code: 'INVALID_KEY', message: 'm', requestId: 'req_1', error: { retryable: false } }], 'INVALID_KEY'],
  [[403, { code: 'KEY_NOT_ALLOWED', message: 'm', error: {} }], 'INVALID_KEY'],
  [[409, { code: 'ORDER_EXISTS', message: 'm', error: {} }], 'INVALID_REQUEST'],
  [[403, { code: 'ORIGIN_NOT_ALLOWED', message: 'm', error: {} }], 'ORIGIN_NOT_ALLOWED'],
  [[422, { code: 'OUT_OF_STOCK', message: 'm', error: {} }], 'OUT_OF_STOCK'],
  [[401, { code: 'MISSING_KEY', message: 'm', error: {} }], 'INVALID_KEY'],
  [[403, { code: 'MERCHANT_SUSPENDED', message: 'm', error: {} }], 'INVALID_KEY'],
  [[409, { code: 'ALREADY_PAID', message: 'm', error: { outcome: 'done' } }], 'ALREADY_PAID'],
  [[410, { code: 'ORDER_EXPIRED', message: 'm', error: {} }], 'SESSION_EXPIRED'],
  [[503, { code: 'DATABASE_UNAVAILABLE', message: 'm', error: { retryable: true } }], 'PROVIDER_DOWN'],
  [undefined, 'NETWORK'],
]) {
  test(`requestPayment rejects with ${expected} after ${answer ? `${answer[0]} ${answer[1].code}` : 'no answer'}`, async () => {
    const p = page({ answers: answer ? { '*': answer } : {} });
    const error = await rejected(p.Steelyard(KEY).requestPayment(ORDER));
    assert.equal(error.code, expected);
    assert.equal(error.moneyMoved, 'no');
  });
}

const RETURN = 'https://shop.example/return?payment_id=pay_1&order_id=shop-1&signature=x';
const account = { bank: 'kookmin', bankName: '국민은행', number: '123', holder: 'h', dueAt: 't' };
for (const [state, expected] of [
  [{ status: 'paid', payment: { id: 'pay_1' } }, { status: 'paid', paymentId: 'pay_1', orderId: 'ord_1' }],
  [{ status: 'waitingForDeposit', payment: { id: 'pay_1', account } }, { status: 'waiting_deposit', paymentId: 'pay_1', account: { bank: 'kookmin', bankName: '국민은행', number: '123', dueAt: 't' } }],
  [{ status: 'unknown', payment: { id: 'pay_1' } }, { status: 'processing', paymentId: 'pay_1', orderId: 'ord_1' }],
  [{ status: 'authenticated', paymentKey: 'att_1' }, { paymentKey: 'att_1', orderId: 'shop-1', amount: 36000 }],
]) {
  test(`resume asks the server: ${state.status}`, async () => {
    const p = page({ url: RETURN, store: { steelyard: SECRET }, answers: { '*': [200, { data: view(state) }] } });
    assert.deepEqual(plain(await p.Steelyard(KEY).resume()), expected);
    assert.equal(p.store.size, 0, 'the note is gone after use');
    assert.equal(p.seen.requests[0].credentials, 'omit');
  });
}

test('resume without its note gives a hint and no more', async () => {
  const p = page({ url: RETURN });
  assert.deepEqual(plain(await p.Steelyard(KEY).resume()), { status: 'processing', paymentId: 'pay_1', orderId: 'shop-1' });
});

test('resume without its note gives what the second door’s server confirms with, and no amount that anybody could type', async () => {
  const p = page({ url: 'https://shop.example/return?payment_key=att_1&order_id=shop-1&signature=x' });
  assert.deepEqual(plain(await p.Steelyard(KEY).resume()), { paymentKey: 'att_1', orderId: 'shop-1' });
  assert.equal(p.seen.requests.length, 0);
});

test('resume does not take the note of another order', async () => {
  const other = view({ status: 'paid', payment: { id: 'pay_7' }, order: { id: 'ord_7', merchantOrderId: 'shop-7' } });
  const p = page({ url: RETURN, store: { steelyard: SECRET }, answers: { '*': [200, { data: other }] } });
  assert.equal((await p.Steelyard(KEY).resume()).status, 'processing');
});

for (const query of ['', '?code=oauth', '?payment_key=att_1', '?payment_id=pay_1', '?order_id=shop-1']) {
  test(`resume is null on any other page, and leaves the note: ${query}`, async () => {
    const p = page({ url: `https://shop.example/${query}`, store: { steelyard: SECRET } });
    assert.equal(await p.Steelyard(KEY).resume(), null);
    assert.equal(p.store.size, 1);
  });
}

for (const [code, state, expected] of [
  ['USER_CANCELED', { status: 'open' }, 'USER_CANCELED'],
  ['SESSION_EXPIRED', { status: 'expired' }, 'SESSION_EXPIRED'],
  ['ORDER_CANCELED', { status: 'canceled' }, 'SESSION_EXPIRED'],
  ['ORDER_CANCELED', { status: 'canceled', failure: { code: 'PAYMENT_DECLINED', message: 'm' } }, 'SESSION_EXPIRED'],
  ['DECLINED', { status: 'open', failure: { declineCode: 'STOLEN_OR_LOST', message: 'm' } }, 'DECLINED'],
]) {
  test(`resume rejects with ${expected} where the buyer comes back without having paid: ${code}, ${state.status}`, async () => {
    const url = `https://shop.example/cart?code=${code}&order_id=shop-1`;
    const p = page({ url, store: { steelyard: SECRET }, answers: { '*': [200, { data: view(state) }] } });
    assert.equal((await rejected(p.Steelyard(KEY).resume())).code, expected);
  });
}
