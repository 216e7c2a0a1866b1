// Every movement of the payer's money, newest first, and the receipt of one payment.

import { html, useEffect, useRef, useState } from '../vendor/htm-preact-standalone.mjs';
import { money } from '../js/format.mjs';
import { dayHeading, timestamp } from './format.mjs';
import { keep, kept } from './keep.mjs';
import { href } from './router.mjs';
import { app, calls, t } from './state.mjs';
import { cardName, methodName, Movement } from './lines.mjs';
import { Amount, Failure, Press, Row, Screen, Waiting } from './ui.mjs';

const KEPT_MAX = 100;

/** The movements so far, and the function that brings more. Without a network: what this device keeps. */
function useHistory(payerId) {
  const [list, setList] = useState({ items: [], cursor: '', old: false });
  const [error, setError] = useState(null);
  const [busy, setBusy] = useState(false);
  const lock = useRef(false);
  async function more() {
    if (lock.current || list.cursor === null) return;
    lock.current = true;
    setBusy(true);
    setError(null);
    try {
      const page = await calls.get(`history${list.cursor ? `?cursor=${encodeURIComponent(list.cursor)}` : ''}`);
      const before = list.cursor === '' ? [] : list.items;
      const seen = new Set(before.map((item) => item.id));
      const items = before.concat(page.items.filter((item) => !seen.has(item.id)));
      setList({ items, cursor: page.nextCursor ?? null, old: false });
      keep(payerId, 'history', items.slice(0, KEPT_MAX));
    } catch (failure) {
      const items = list.items.length === 0 && (await kept(payerId, 'history'));
      if (items) setList({ items, cursor: '', old: true });
      setError(failure);
    } finally {
      lock.current = false;
      setBusy(false);
    }
  }
  return { ...list, error, busy, more };
}

function byDay(items) {
  const days = [];
  const now = new Date().toISOString();
  for (const item of items) {
    const day = dayHeading(item.occurredAt, now, app.lang);
    if (days.at(-1)?.day !== day) days.push({ day, items: [] });
    days.at(-1).items.push(item);
  }
  return days;
}

export function History() {
  const { items, cursor, old, error, busy, more } = useHistory(app.payer.id);
  const end = useRef(null);
  const latest = useRef(more);
  latest.current = more;
  useEffect(() => {
    more();
  }, [app.offline]);
  useEffect(() => {
    if (!end.current) return undefined;
    const watcher = new IntersectionObserver((entries) => entries[0].isIntersecting && latest.current(), { rootMargin: '400px' });
    watcher.observe(end.current);
    return () => watcher.disconnect();
  }, [cursor, items.length]);
  return html`<${Screen} title=${t('history.title')} back=${href('home')}>
    ${old && html`<p class="hint">${t('history.kept')}</p>`}
    ${byDay(items).map(({ day, items: list }) => html`<section key=${day}>
      <h2 class="day">${day}</h2>
      <ul class="list">${list.map((item) => html`<li key=${item.id}><${Movement} item=${item} /></li>`)}</ul>
    </section>`)}
    ${!busy && !error && cursor === null && items.length === 0 && html`<p class="empty">${t('history.none')}</p>`}
    ${error && !(old && error.isNetwork) && html`<${Failure} error=${error} />`}
    ${busy && items.length === 0 && html`<${Waiting} text=${t('app.loading')} />`}
    ${cursor !== null && !old && items.length > 0 && html`<div class="more" ref=${end}><${Press} cls="btn l" busy=${busy} onPress=${more}>${t('history.more')}<//></div>`}
    ${cursor === null && items.length > 0 && html`<p class="end">${t('history.end')}</p>`}
  <//>`;
}

const STATUS = {
  paid: ['receipt.paid', 'ok'], approved: ['receipt.paid', 'ok'], captured: ['receipt.paid', 'ok'],
  canceled: ['receipt.canceled', 'can'], partiallyCanceled: ['receipt.partlyCanceled', 'can'],
  refunded: ['receipt.refunded', 'ref'], partiallyRefunded: ['receipt.partlyRefunded', 'ref'],
  unknown: ['history.pending', 'wai'], processing: ['history.pending', 'wai'], declined: ['history.declined', 'bad'], failed: ['history.declined', 'bad'],
};

function useReceipt(id) {
  const [receipt, setReceipt] = useState(null);
  const [error, setError] = useState(null);
  useEffect(() => {
    let here = true;
    const key = `receipt:${id}`;
    calls.get(`payments/${encodeURIComponent(id)}`).then((found) => {
      if (here) setReceipt(found);
      keep(app.payer.id, key, found);
    }, async (failure) => {
      const found = failure.isNetwork && (await kept(app.payer.id, key));
      if (!here) return;
      if (found) setReceipt(found);
      else setError(failure);
    });
    return () => {
      here = false;
    };
  }, [id, app.offline]);
  return { receipt, error };
}

export function Receipt() {
  const { receipt, error } = useReceipt(app.route.params.id);
  const print = html`<button type="button" class="btn l" onClick=${() => globalThis.print()}>${t('receipt.print')}</button>`;
  return html`<${Screen} title=${t('receipt.title')} back=${href('history')} foot=${receipt && print}>
    ${error && !receipt && html`<${Failure} error=${error} />`}
    ${!receipt && !error && html`<${Waiting} text=${t('app.loading')} />`}
    ${receipt && html`<${ReceiptBody} receipt=${receipt} />`}
  <//>`;
}

function ReceiptBody({ receipt }) {
  const { currency } = receipt;
  const [key, tone] = STATUS[receipt.status] ?? ['receipt.paid', 'ok'];
  const said = (amount) => money(amount, currency, app.lang);
  return html`<article class="receipt">
    <p class="live">${receipt.merchant?.name ?? receipt.merchant} <span class=${`tag ${tone}`}>${t(key)}</span></p>
    <${Amount} tag="p" cls="hero" amount=${receipt.amount} currency=${currency} />
    <dl>
      ${(receipt.lines ?? []).map((line) => html`<${Row} key=${line.name} label=${line.quantity > 1 ? `${line.name} × ${line.quantity}` : line.name}>${said(line.amount)}<//>`)}
      <${Row} label=${t('receipt.vat')}>${said(receipt.vat)}<//>
      <${Row} label=${t('confirm.method')}>${receipt.card ? cardName(receipt.card) : methodName(receipt.method)}<//>
      ${receipt.approvalNumber && html`<${Row} label=${t('receipt.approval')}><span class="mono">${receipt.approvalNumber}</span><//>`}
      ${receipt.approvedAt && html`<${Row} label=${t('receipt.approvedAt')}><time datetime=${receipt.approvedAt}>${timestamp(receipt.approvedAt, app.lang)}</time><//>`}
      ${receipt.canceledAmount > 0 && html`<${Row} label=${t('history.cancel')} cls="neg">${said(-receipt.canceledAmount)}<//>`}
      ${receipt.refundedAmount > 0 && html`<${Row} label=${t('history.refund')} cls="neg">${said(-receipt.refundedAmount)}<//>`}
      <${Row} label=${t('receipt.number')}><span class="mono">${receipt.paymentId}</span><//>
    </dl>
    ${receipt.movements?.length > 1 && html`<h2>${t('receipt.movements')}</h2>
      <ul class="list">${receipt.movements.map((item, i) => html`<li key=${item.id ?? i}><${Movement} dated
        item=${{ currency, ...item, title: receipt.orderName, paymentId: null }} /></li>`)}</ul>`}
  </article>`;
}
