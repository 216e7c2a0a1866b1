// The double of the payer app's JSON API: the contract's paths, codes and statuses, in memory.

import { randomUUID } from 'node:crypto';
import { BANKS, CARD_ENDS, DEMO_PAYERS, GIFT_CARDS, linesTotal, MERCHANT, pastOf, SAYINGS, SCENARIOS } from './world.mjs';

const PIN_TRIES = 5;
const PIN_LOCK_MS = 10 * 60_000;
const PAGE = 20;

const payers = new Map();
const sessions = new Map();
const payments = new Map();
const replays = new Map();

class Refusal extends Error {
  constructor(code, status, { param, values = {}, outcome = 'none' } = {}) {
    super(code);
    Object.assign(this, { code, status, param, values, outcome });
  }
}
/** The connection is cut without an answer. */
class Cut extends Error {}

const clean = (number) => String(number ?? '').replace(/\D/g, '');
function brandOf(number) {
  if (number.startsWith('4')) return ['Visa', '국민카드'];
  if (/^5/.test(number)) return ['Mastercard', '신한카드'];
  return ['BC', '비씨카드'];
}

function cardOf(number, expiry, nickname = null) {
  const [brand, issuer] = brandOf(number);
  return { id: `pcd_${randomUUID().slice(0, 8)}`, brand, issuer, last4: number.slice(-4), expiry, nickname, expired: expiry.slice(3) < '26', number };
}

function makePayer({ name, email, password, pin, mode, balance = 0, cards = [] }, past = true) {
  const payer = {
    id: `pyr_${randomUUID().slice(0, 8)}`, name, email, password, pin, mode, balance, tries: PIN_TRIES, lockedUntil: null,
    cards: cards.map((number) => cardOf(number, '12/49')), history: past ? pastOf(Date.now()) : [], receipts: new Map(),
  };
  payers.set(`${mode}:${email}`, payer);
  return payer;
}
DEMO_PAYERS.forEach((payer) => makePayer(payer));

const publicCard = ({ number, ...card }) => card;
function payerView(payer) {
  const { id, name, email, mode, balance, cards, lockedUntil } = payer;
  return { id, name, email, mode, balance: { amount: balance, currency: 'KRW' }, cards: cards.map(publicCard), pinLockedUntil: lockedUntil ? new Date(lockedUntil).toISOString() : null };
}

function checkPin(payer, pin) {
  if (payer.lockedUntil > Date.now()) throw new Refusal('PIN_LOCKED', 422, { param: 'pin' });
  if (pin === payer.pin) {
    payer.tries = PIN_TRIES;
    return;
  }
  payer.tries -= 1;
  if (payer.tries > 0) throw new Refusal('WRONG_PIN', 422, { param: 'pin', values: { left: payer.tries } });
  payer.lockedUntil = Date.now() + PIN_LOCK_MS;
  payer.tries = PIN_TRIES;
  throw new Refusal('PIN_LOCKED', 422, { param: 'pin' });
}

const said = (code, lang, values = {}) => (SAYINGS[code]?.[lang === 'en' ? 1 : 0] ?? code).replace(/\{(\w+)\}/g, (_, name) => values[name]);

function confirmView(payment, payer, lang) {
  const { id, scenario, amount, expiresAt } = payment;
  const status = payment.status === 'review' && Date.now() > expiresAt ? 'expired' : payment.status;
  const failure = payment.declineCode && { code: 'DECLINED', declineCode: payment.declineCode, message: said(payment.declineCode, lang), moneyMoved: 'no', next: said('OTHER_SOURCE', lang), retryable: true };
  return {
    id, mode: payer.mode, status, merchant: { name: MERCHANT }, amount, currency: 'KRW', orderName: scenario.lines[0].name, lines: scenario.lines,
    match: scenario.match ? [12, scenario.match, 83].sort((a, b) => a - b) : null, expiresAt: new Date(expiresAt).toISOString(), now: new Date().toISOString(),
    balance: { amount: payer.balance, currency: 'KRW' }, installments: amount >= 50_000 ? [0, 2, 3, 6, 12] : [0], payment: payment.paid ?? null, failure: failure || null,
  };
}

function settle(payment, payer, source) {
  const card = source.type === 'card' ? payer.cards.find(({ id }) => id === source.cardId) : null;
  const at = new Date().toISOString();
  if (!card) payer.balance -= payment.amount;
  payment.status = 'paid';
  payment.paid = {
    id: `pay_${randomUUID().slice(0, 12)}`, status: 'captured', method: card ? 'card' : 'wallet', approvalNumber: String(10_000_000 + payments.size), approvedAt: at,
    card: card ? { brand: card.brand, issuer: card.issuer, last4: card.last4, installmentMonths: source.installmentMonths ?? 0 } : null, transfer: null, account: null, unknown: null,
  };
  payer.history.unshift({
    id: `mv_${randomUUID().slice(0, 8)}`, kind: 'payment', status: 'done', merchant: MERCHANT, title: payment.scenario.lines[0].name, amount: payment.amount, currency: 'KRW',
    method: card ? 'card' : 'wallet', occurredAt: at, paymentId: payment.paid.id,
  });
  payer.receipts.set(payment.paid.id, receiptOf(payment));
}

function receiptOf({ paid, amount, scenario }) {
  return {
    paymentId: paid.id, merchant: MERCHANT, orderName: scenario.lines[0].name, lines: scenario.lines, amount, vat: Math.floor((amount + 5) / 11), currency: 'KRW', method: paid.method, card: paid.card,
    approvalNumber: paid.approvalNumber, status: 'captured', approvedAt: paid.approvedAt, canceledAmount: 0, refundedAmount: 0, movements: [{ kind: 'payment', status: 'done', amount, occurredAt: paid.approvedAt }],
  };
}

function oldReceipt(payer, id) {
  const rows = payer.history.filter((item) => item.paymentId === id);
  const made = rows.find((item) => item.kind === 'payment') ?? { ...rows[0], amount: -rows[0].amount };
  const back = (kind) => rows.filter((item) => item.kind === kind).reduce((sum, { amount }) => sum - amount, 0);
  const [canceled, refunded] = [back('cancel'), back('refund')];
  let status = made.status === 'pending' ? 'unknown' : 'captured';
  if (canceled) status = 'canceled';
  if (refunded) status = 'refunded';
  return {
    paymentId: id, merchant: made.merchant, orderName: made.title, lines: [{ name: made.title, kind: 'product', quantity: 1, unitPrice: made.amount, amount: made.amount }], amount: made.amount,
    vat: Math.floor((made.amount + 5) / 11), currency: 'KRW', method: made.method, card: made.method === 'card' ? { brand: 'Visa', issuer: '국민카드', last4: '4242', installmentMonths: 0 } : null,
    approvalNumber: '30017422', status, approvedAt: made.occurredAt, canceledAmount: canceled, refundedAmount: refunded,
    movements: [{ kind: 'payment', status: made.status, amount: made.amount, occurredAt: made.occurredAt }, ...rows.filter((item) => item.kind !== 'payment')],
  };
}

function decide(payment, payer, body) {
  const { scenario } = payment;
  const { source } = body;
  if (payment.status === 'paid') return;
  if (payment.expiresAt < Date.now()) throw new Refusal('QR_EXPIRED', 410);
  checkPin(payer, body.pin);
  if (scenario.match && body.match !== scenario.match) {
    payment.status = 'expired';
    throw new Refusal('WRONG_NUMBER', 422, { param: 'match' });
  }
  if (scenario.trick === 'changed' && !payment.changed) {
    payment.changed = true;
    payment.amount += 3_000;
    throw new Refusal('AMOUNT_MISMATCH', 409);
  }
  if (body.shownAmount !== payment.amount) throw new Refusal('AMOUNT_MISMATCH', 409);
  if (source.type === 'balance' && payer.balance < payment.amount) throw new Refusal('INSUFFICIENT_BALANCE', 422);
  const card = source.type === 'card' ? payer.cards.find(({ id }) => id === source.cardId) : null;
  if (source.type === 'card' && !card) throw new Refusal('INVALID', 400, { param: 'source.cardId' });
  const end = card ? CARD_ENDS[card.number] : undefined;
  if (scenario.trick === 'declined' || (end && end !== 'unknown')) {
    payment.status = 'declined';
    payment.declineCode = end ?? 'GENERIC_DECLINE';
    return;
  }
  if (scenario.trick === 'unknown' || end === 'unknown') {
    payment.status = 'unknown';
    payment.polls = scenario.polls ?? 4;
    payment.source = source;
    return;
  }
  settle(payment, payer, source);
}

const pause = (ms) => new Promise((done) => setTimeout(done, ms));

/** Same key and same request: the stored answer. Same key, another request: refused. */
async function once(request, body, work) {
  const key = request.headers['idempotency-key'];
  if (!key) throw new Refusal('INVALID', 400, { param: 'Idempotency-Key' });
  const wanted = JSON.stringify(body);
  const before = replays.get(key);
  if (before && before.wanted !== wanted) throw new Refusal('IDEMPOTENCY_MISMATCH', 422);
  if (before) return before.answer;
  const answer = work();
  replays.set(key, { wanted, answer });
  answer.catch(() => replays.delete(key));
  return answer;
}

function paymentOf(payer, id) {
  const payment = payments.get(id);
  if (!payment || payment.payer !== payer) throw new Refusal('NOT_FOUND', 404);
  return payment;
}

function resolve({ payer, body }) {
  const scenario = SCENARIOS.find(({ token, code }) => token === body.token || code === body.code);
  if (!scenario) throw new Refusal('NOT_FOUND', 404);
  if (scenario.refuse) throw new Refusal(...scenario.refuse);
  const payment = { id: `cs_${randomUUID().slice(0, 12)}`, scenario, payer, amount: linesTotal(scenario.lines), status: 'review', expiresAt: Date.now() + (scenario.lifeMs ?? 180_000) };
  payments.set(payment.id, payment);
  return payment;
}

const CUT_MS = 1_200;

/** A browser sends a POST again by itself when a kept-alive connection dies under it, so the line is cut for a while. */
function cut(payment) {
  payment.cutUntil ??= Date.now() + CUT_MS;
  return Date.now() < payment.cutUntil;
}

async function approve({ payer, body, request, id, lang }) {
  const payment = paymentOf(payer, id);
  const { trick } = payment.scenario;
  if (trick === 'lostBefore' && cut(payment)) throw new Cut();
  if (trick === 'slow') await pause(3_000);
  const view = await once(request, { id, ...body }, async () => {
    decide(payment, payer, body);
    return confirmView(payment, payer, lang);
  });
  if (trick === 'lostAfter' && cut(payment)) throw new Cut();
  return view;
}

function look({ payer, id, lang }) {
  const payment = paymentOf(payer, id);
  if (payment.status === 'unknown' && (payment.polls -= 1) <= 0) settle(payment, payer, payment.source);
  return confirmView(payment, payer, lang);
}

function touch({ payer, id, lang }) {
  const payment = paymentOf(payer, id);
  if (payment.scenario.trick === 'takenLater') payment.status = 'taken';
  return confirmView(payment, payer, lang);
}

function topUp({ payer, body, request, lang }) {
  return once(request, body, async () => {
    checkPin(payer, body.pin);
    const card = payer.cards.find(({ id }) => id === body.source.cardId);
    const end = card && CARD_ENDS[card.number];
    const status = end === 'unknown' ? 'unknown' : end ? 'declined' : 'done';
    if (status === 'done') payer.balance += body.amount;
    payer.history.unshift({ id: `mv_${randomUUID().slice(0, 8)}`, kind: 'topUp', status: status === 'unknown' ? 'pending' : status, merchant: null, title: null, amount: body.amount, currency: 'KRW', method: body.source.type, occurredAt: new Date().toISOString(), paymentId: null });
    const failure = status === 'declined' ? { code: 'DECLINED', declineCode: end, message: said(end, lang), moneyMoved: 'no', next: said('OTHER_SOURCE', lang), retryable: true } : null;
    return { status, amount: body.amount, failure, payer: payerView(payer) };
  });
}

function redeem({ payer, body }) {
  const gift = GIFT_CARDS[body.code];
  if (gift === undefined) throw new Refusal('GIFT_CARD_UNKNOWN', 404);
  if (typeof gift === 'string') throw new Refusal(gift, gift === 'GIFT_CARD_USED' ? 409 : 410);
  GIFT_CARDS[body.code] = 'GIFT_CARD_USED';
  payer.balance += gift;
  return { amount: gift, payer: payerView(payer) };
}

function addCard({ payer, body }) {
  const number = clean(body.number);
  if (number.length < 13) throw new Refusal('INVALID', 400, { param: 'number' });
  if (number === '4000000000009987') throw new Refusal('CARD_REFUSED', 422, { param: 'number' });
  payer.cards.push(cardOf(number, body.expiry, body.nickname ?? null));
  return payerView(payer);
}

function historyPage({ payer, url }) {
  const from = Number(url.searchParams.get('cursor') ?? 0);
  const items = payer.history.slice(from, from + PAGE);
  return { items, nextCursor: from + PAGE < payer.history.length ? String(from + PAGE) : null };
}

function receipt({ payer, id }) {
  const found = payer.receipts.get(id);
  if (found) return found;
  if (!payer.history.some((item) => item.paymentId === id)) throw new Refusal('NOT_FOUND', 404);
  return oldReceipt(payer, id);
}

function enter({ response }, payer) {
  const token = randomUUID();
  sessions.set(token, payer);
  response.setHeader('Set-Cookie', `sy_payer=${token}; Path=/app; HttpOnly; SameSite=Strict`);
  return payerView(payer);
}

function signUp(ask) {
  const { email, password, name, pin, mode } = ask.body;
  if (!email || [...password].length < 10 || !/^\d{6}$/.test(pin) || !name) throw new Refusal('INVALID', 400, { param: 'password' });
  if (payers.has(`${mode}:${email}`)) throw new Refusal('EMAIL_TAKEN', 409, { param: 'email' });
  return enter(ask, makePayer({ email, password, name, pin, mode }, false));
}

function signIn(ask) {
  const { email, password, mode } = ask.body;
  const payer = payers.get(`${mode}:${email}`);
  if (payer?.password !== password) throw new Refusal('WRONG_CREDENTIALS', 401);
  return enter(ask, payer);
}

function signOut({ token, response }) {
  sessions.delete(token);
  response.setHeader('Set-Cookie', 'sy_payer=; Path=/app; Max-Age=0');
  return {};
}

function leave({ payer, id }) {
  payments.delete(paymentOf(payer, id).id);
  return {};
}

function removeCard({ payer, id }) {
  payer.cards = payer.cards.filter((card) => card.id !== id);
  return payerView(payer);
}

const OPEN = [['POST', 'sign-up', signUp], ['POST', 'sign-in', signIn], ['POST', 'sign-out', signOut]];
const CLOSED = [
  ['GET', 'me', ({ payer }) => payerView(payer)],
  ['POST', 'cards', addCard], ['DELETE', 'cards/:id', removeCard],
  ['POST', 'top-ups', topUp], ['POST', 'redeem', redeem], ['GET', 'history', historyPage], ['GET', 'payments/:id', receipt],
  ['GET', 'banks', ({ lang }) => BANKS[lang].map(([code, name]) => ({ code, name }))],
  ['POST', 'qr/resolve', (ask) => confirmView(resolve(ask), ask.payer, ask.lang)],
  ['GET', 'confirm/:id', look], ['POST', 'confirm/:id/touch', touch], ['POST', 'confirm/:id/leave', leave], ['POST', 'confirm/:id/approve', approve],
];

function routed(routes, method, path) {
  for (const [wanted, pattern, handle] of routes) {
    const found = wanted === method && new RegExp(`^${pattern.replace(':id', '([^/]+)')}$`).exec(path);
    if (found) return { handle, id: found[1] && decodeURIComponent(found[1]) };
  }
  return null;
}

async function bodyOf(request) {
  let text = '';
  for await (const chunk of request) text += chunk;
  return text ? JSON.parse(text) : {};
}

export async function api(request, response, url) {
  const path = url.pathname.slice('/app/api/'.length);
  const lang = request.headers['accept-language']?.startsWith('en') ? 'en' : 'ko';
  const token = /sy_payer=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1];
  const requestId = `req_${randomUUID().slice(0, 8)}`;
  const answer = (status, value) => {
    response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', 'Request-Id': requestId });
    response.end(JSON.stringify({ ...value, requestId }));
  };
  try {
    const ask = { request, response, url, lang, token, payer: sessions.get(token), body: await bodyOf(request) };
    const open = routed(OPEN, request.method, path);
    const route = open ?? routed(CLOSED, request.method, path);
    if (!route) throw new Refusal('NOT_FOUND', 404);
    if (!open && !ask.payer) throw new Refusal('SIGN_IN_REQUIRED', 401);
    answer(200, { code: 'OK', message: 'OK', data: await route.handle({ ...ask, id: route.id }) });
  } catch (error) {
    if (error instanceof Cut) return void request.socket.destroy();
    if (!(error instanceof Refusal)) throw error;
    const { code, status, param, values, outcome } = error;
    answer(status, { code, message: said(code, lang, values), data: null, error: { type: 'refused', param, retryable: false, outcome, docUrl: '/docs' } });
  }
  return undefined;
}
