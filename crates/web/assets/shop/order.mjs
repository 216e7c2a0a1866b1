import { Steelyard } from '/sdk/v1/steelyard.mjs';
import { flash, h } from './dom.mjs';
import { happening } from './happening.mjs';
import { refunds } from './refund.mjs';
import { ask, cart, catalog, header, hear, on } from './shelf.mjs';
import { dateTime, LANG, methodName, money, parts, say, status, to } from './words.mjs';

const ASK_MS = 4_000;
const SETTLE_MS = 250;
const UNSETTLED = ['open', 'unknown', 'waitingForDeposit'];
const page = document.querySelector('[data-order]');
const note = page.querySelector('[data-note]');
const returning = location.pathname.endsWith('/return');
// Which order to show may come from the address; whether it is paid may not: that is only ever asked of the server.
const number = returning
  ? (new URLSearchParams(location.search).get('order') ?? '')
  : decodeURIComponent(location.pathname.split('/').at(-1));
const refundAll = refunds(number, ask);
let shown = null;
let timer;
// A refund was asked for, and nobody has said what came of it.
let awaited = false;

function facts(order) {
  const { payment, currency } = order;
  const rows = [];
  if (payment) {
    const { card } = payment;
    const details = card ? [card.issuer ?? card.brand, card.last4 && `••${card.last4}`, card.installmentMonths > 0 && say('installments', card.installmentMonths)] : []; // prettier-ignore
    rows.push([say('method'), [methodName(payment.method), ...details].filter(Boolean).join(' · ')]);
    if (payment.approvalNumber) rows.push([say('approval'), h('span.mono', {}, payment.approvalNumber)]);
    if (payment.account) rows.push(...accountRows(payment.account));
  }
  if (order.receiptAt) rows.push([say('receiptAt'), h('time', { datetime: order.receiptAt }, dateTime(order.receiptAt))]);
  const lines = order.lines.map((line) => [`${line.name} × ${line.quantity}`, money(line.amount, currency)]);
  return { lines: entries(lines), rows: entries(rows) };
}

function accountRows(account) {
  const copy = h('button.btn.small', { type: 'button' }, say('copy'));
  copy.addEventListener('click', async () => {
    await navigator.clipboard.writeText(account.number);
    copy.textContent = say('copied');
  });
  return [
    [say('account'), h('span', {}, `${account.bankName ?? account.bank} `, h('b.mono', {}, account.number), ' ', copy)],
    [say('due'), h('time', { datetime: account.dueAt }, dateTime(account.dueAt))],
  ];
}

const entries = (rows) => rows.flatMap(([term, value]) => [h('dt', {}, term), h('dd', {}, value)]);

function draw(order) {
  if (JSON.stringify(order) === JSON.stringify(shown)) return;
  const before = shown?.status;
  shown = order;
  const { kind, word, headline, meaning } = status(order.status);
  const { lines, rows } = facts(order);
  const { before: sign, number: digits, after } = parts(order.amount, order.currency);
  page.dataset.status = order.status;
  const tag = page.querySelector('[data-tag]');
  tag.className = `tag ${kind}`;
  tag.textContent = word;
  tag.hidden = false;
  page.querySelector('[data-number]').textContent = say('order', order.number);
  page.querySelector('[data-headline]').textContent = headline;
  page.querySelector('[data-meaning]').textContent = meaning;
  page.querySelector('[data-amount]').replaceChildren(sign ? h('small', {}, sign) : '', digits, after ? h('small', {}, after) : '');
  page.querySelector('[data-lines]').replaceChildren(...lines);
  page.querySelector('[data-facts]').replaceChildren(...rows);
  page.querySelector('[data-confirmed]').hidden = order.confirmedBy !== 'server' || UNSETTLED.includes(order.status);
  page.querySelector('[data-confirmed-text]').textContent = say('confirmedByServer');
  const actions = page.querySelector('[data-actions]');
  actions.replaceChildren();
  if (order.status === 'paid') {
    actions.append(h('button.btn', { type: 'button', onclick: refund }, say('refund', money(order.amount, order.currency))));
    if (returning) cart.clear();
  } else if (['open', 'expired', 'canceled'].includes(order.status)) {
    actions.append(h('a.btn', { href: to('/shop/cart') }, say('backToCart')));
  }
  actions.append(h('a.btn.p', { href: to('/shop') }, say('toGoods')));
  if (before === order.status) return;
  // What was said of the status before is over with it.
  awaited = false;
  if (before || order.status === 'paid') note.replaceChildren();
  if (before) flash(page.querySelector('[data-card]'));
}

async function refund(event) {
  const button = event.currentTarget;
  note.replaceChildren();
  button.disabled = true;
  button.textContent = say('refunding');
  const { order, error, says } = await refundAll();
  if (order) return draw(order);
  awaited = error.outcome === 'unknown';
  note.className = awaited ? 'note wait' : 'note bad';
  note.replaceChildren(h('p', {}, say(says), ' ', awaited ? '' : error.message));
  if (error.requestId) note.append(h('p.mono', {}, say('support', error.requestId)));
  button.disabled = false;
  button.textContent = say('refund', money(shown.amount, shown.currency));
  return look();
}

async function look() {
  clearTimeout(timer);
  try {
    draw(await ask(`orders/${encodeURIComponent(number)}`));
  } catch (error) {
    if (!shown) {
      page.querySelector('[data-headline]').textContent = say(error.status === 404 ? 'notFound' : 'failed');
      page.querySelector('[data-actions]').replaceChildren(
        error.status === 404
          ? h('a.btn.p', { href: to('/shop') }, say('toGoods'))
          : h('button.btn', { type: 'button', onclick: look }, say('again')),
      );
      if (error.status === 404) return;
    }
  }
  // The stream says when to look; this is for when it is silent.
  if (!shown || awaited || UNSETTLED.includes(shown.status)) timer = setTimeout(look, ASK_MS);
}

async function comeBack() {
  const { publishableKey } = await catalog();
  try {
    await Steelyard(publishableKey, { locale: LANG }).resume();
  } catch (error) {
    note.className = error.moneyMoved === 'unknown' ? 'note wait' : 'note';
    const known = error.code === 'USER_CANCELED' && error.moneyMoved === 'no';
    note.replaceChildren(...(known ? [h('p', {}, say('canceled'))] : [h('p', {}, error.message), h('p', {}, say(error.moneyMoved === 'unknown' ? 'maybeMoney' : 'noMoney'))])); // prettier-ignore
  }
}

header();
happening(document.querySelector('[data-happening]'));
let soon;
on('event', () => {
  clearTimeout(soon);
  soon = setTimeout(look, SETTLE_MS);
});
if (returning) comeBack().catch(() => {});
await look();
hear();
