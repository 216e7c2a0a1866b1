// From the QR to the tap: who is paid, how much, from where, and the number on the PC's screen.

import { html, useEffect, useRef } from '../vendor/htm-preact-standalone.mjs';
import { money } from '../js/format.mjs';
import { checkoutHere } from './here.mjs';
import { cardNote, cardTitle } from './lines.mjs';
import { back, go, href, replace } from './router.mjs';
import { app, pay, t } from './state.mjs';
import { Amount, Choice, Failure, Press, Row, Screen, TimeLeft, Waiting } from './ui.mjs';
import { Outcome } from './screen-outcome.mjs';
import { PinEntry } from './keypad.mjs';

const INSTALMENTS_FROM_KRW = 50_000;

/** The QR link of a phone's own camera: opens the code, then the payment takes this place. */
export function Link() {
  const { token } = app.route.params;
  useEffect(() => {
    pay.open({ token }).then((id) => id && app.route.params.token === token && replace(href('confirm', { id })));
  }, [token]);
  return html`<${PaymentScreen} />`;
}

export function Confirm() {
  const { id } = app.route.params;
  useEffect(() => {
    pay.load(id);
  }, [id]);
  return html`<${PaymentScreen} />`;
}

/** Which screen the payment is on, by where it stands. */
function PaymentScreen() {
  const { phase, view } = pay.state;
  if (phase === 'idle' || phase === 'opening') {
    return html`<${Screen} key="opening" title=${t('confirm.title')} back=${href('home')}><${Waiting} text=${t('confirm.opening')} /><//>`;
  }
  if (phase === 'view' && view.status === 'review') return html`<${Review} key="review" />`;
  return html`<${Outcome} key="outcome" />`;
}

const said = (amount) => money(amount, pay.state.view.currency, app.lang);

/** The checkout in this tab that led to what is shown, if one did. */
export const cameFrom = () => checkoutHere({ id: pay.state.id, token: app.route.params.token });

export function cancel(event) {
  event?.preventDefault();
  const here = cameFrom();
  pay.leave();
  if (here) location.replace(here.back);
  else replace(href('home'));
}

/** Where the money comes from, in place of a screen of its own. Also used after a decline. */
export function Source() {
  const { view, source } = pay.state;
  const { amount, balance, currency } = view;
  const missing = amount - balance.amount;
  const usable = balance.currency === currency;
  const cards = app.payer.cards;
  const options = [
    {
      value: 'balance', disabled: missing > 0 || !usable, label: t('method.balance'), note: said(balance.amount),
      under: missing > 0 ? t('confirm.missing', { amount: said(missing) }) : t('confirm.after', { amount: said(balance.amount - amount) }),
    },
    ...cards.map((card) => ({
      value: card.id, disabled: card.expired, label: cardTitle(card), note: cardNote(card),
    })),
  ];
  const chosen = source.type === 'balance' ? 'balance' : source.cardId;
  const onValue = (value) => pay.choose({ months: 0, source: value === 'balance' ? { type: 'balance' } : { type: 'card', cardId: value } });
  const forth = { back: view.id };
  return html`<div class="source">
    <${Choice} name="source" legend=${t('confirm.method')} options=${options} value=${chosen} onValue=${onValue} />
    <p class="links">${missing > 0 && usable && html`<a href=${href('topUp', {}, { ...forth, need: missing })}>${t('confirm.topUp', { amount: said(missing) })}</a>`}
      <a href=${href('cardNew', {}, forth)}>${t('cards.add')}</a></p>
    ${source.type === 'card' && html`<${Instalments} />`}
  </div>`;
}

function Instalments() {
  const { view, months } = pay.state;
  if (view.currency !== 'KRW' || view.amount < INSTALMENTS_FROM_KRW || (view.installments ?? []).length < 2) return null;
  return html`<div class="field"><label for="months">${t('confirm.instalments')}</label>
    <div class="in"><select id="months" onChange=${(event) => pay.choose({ months: Number(event.currentTarget.value) })}>
      ${view.installments.map((count) => html`<option key=${count} value=${count} selected=${count === months}>${count < 2 ? t('method.once') : t('method.months', { months: count })}</option>`)}
    </select></div></div>`;
}

/** The number that the checkout in this tab shows: who came from there cannot see it, and need not be asked. */
function useNumberHere() {
  const { view } = pay.state;
  const number = cameFrom()?.number;
  const isKnown = Boolean(view.match?.includes(number));
  useEffect(() => {
    if (isKnown) pay.choose({ match: number });
  }, [view.id, isKnown]);
  return isKnown;
}

/** The three numbers. The payer taps the one the checkout shows, which a relayed QR cannot answer. */
function Match() {
  const { view, match } = pay.state;
  return html`<fieldset class="numbers">
    <legend>${t('confirm.match')}</legend>
    <div>${view.match.map((number) => html`<button type="button" key=${number} aria-pressed=${number === match ? 'true' : 'false'}
      onClick=${() => pay.choose({ match: number })}>${number}</button>`)}</div>
  </fieldset>`;
}

/** True when the source chosen can carry the amount. */
export function sourceIsUsable() {
  const { view, source } = pay.state;
  if (source.type === 'balance') return view.balance.currency === view.currency && view.balance.amount >= view.amount;
  return app.payer.cards.some((card) => card.id === source.cardId && !card.expired);
}

/** Chooses a card where the balance is too small, so that the first tap can pay. */
function useUsableSource() {
  const { view } = pay.state;
  useEffect(() => {
    if (sourceIsUsable()) return;
    const card = app.payer.cards.find((one) => !one.expired);
    if (card) pay.choose({ source: { type: 'card', cardId: card.id } });
  }, [view.id]);
}

export function PayButton() {
  const { view, match } = pay.state;
  const unmatched = Boolean(view.match) && match === null;
  const blocked = unmatched || !sourceIsUsable();
  const why = unmatched ? t('confirm.matchFirst') : t('confirm.sourceFirst');
  return html`${blocked && html`<p class="hint" id="why">${why}</p>`}
    <${Press} disabled=${blocked} onPress=${() => go(href('pin', { id: view.id }))}>${t('confirm.pay', { amount: said(view.amount) })}<//>`;
}

export function useRefreshAtEnd() {
  const { view } = pay.state;
  useEffect(() => {
    const timer = setTimeout(() => pay.refresh(), Math.max(0, pay.remainingMs()) + 500);
    return () => clearTimeout(timer);
  }, [view.expiresAt]);
}

export function Lines({ view }) {
  const lines = view.lines ?? [];
  if (!lines.length) return html`<dl><${Row} label=${t('confirm.order')}>${view.orderName}<//></dl>`;
  return html`<dl class="lines">${lines.map((line) => html`<${Row} key=${line.name}
    label=${line.quantity > 1 ? `${line.name} × ${line.quantity}` : line.name}>${said(line.amount)}<//>`)}</dl>`;
}

function Review() {
  const { view, error, spanMs } = pay.state;
  useUsableSource();
  useRefreshAtEnd();
  const isNumberKnown = useNumberHere();
  const leave = html`<a class="end" href=${href('home')} onClick=${cancel}>${t('app.cancel')}</a>`;
  return html`<${Screen} title=${t('confirm.title')} name="confirm" action=${leave} foot=${html`<${PayButton} />`}>
    <${Failure} error=${error} />
    <p class="live">${view.merchant.name} <span class="tag ok">${t('confirm.merchant')}</span></p>
    <${Amount} tag="p" cls="hero huge" amount=${view.amount} currency=${view.currency} />
    <${TimeLeft} remaining=${pay.remainingMs} span=${spanMs} />
    <${Lines} view=${view} />
    ${view.match && !isNumberKnown && html`<${Match} />`}
    <${Source} />
  <//>`;
}

const TO_PIN = new Set(['WRONG_PIN', 'PIN_LOCKED']);

export function Pin() {
  const { id } = app.route.params;
  const { phase, view, error } = pay.state;
  const left = useRef(false);
  const asked = useRef(false);
  useEffect(() => {
    if (phase === 'sending') {
      asked.current = true;
      return;
    }
    // A reload forgets what was chosen; and every answer but a wrong PIN belongs on the payment's own screen.
    const open = phase === 'view' && (view.status === 'review' || view.status === 'declined');
    const ready = open && sourceIsUsable() && (!view.match || pay.state.match !== null);
    const answered = asked.current && !TO_PIN.has(error?.code);
    const elsewhere = !ready || answered || (error && !TO_PIN.has(error.code));
    if (!elsewhere || left.current) return;
    left.current = true;
    back(href('confirm', { id }));
  }, [phase, view?.status, error]);
  if (!view || pay.state.id !== id) return null;
  const sending = phase === 'sending';
  return html`<${Screen} title=${t('pin.title')} back=${href('confirm', { id })}>
    <p class="pin-for"><span>${view.merchant.name}</span><${Amount} amount=${view.amount} currency=${view.currency} cls="sum" /></p>
    <${PinEntry} error=${error} busy=${sending || app.offline} sending=${sending} onPin=${(pin) => pay.approve(pin)} />
  <//>`;
}
