// A movement of money and a card, each as one line of a list.

import { html } from '../vendor/htm-preact-standalone.mjs';
import { brandName, cardDigits, companyName } from '../js/card-name.mjs';
import { moment } from '../js/format.mjs';
import { timeOfDay } from './format.mjs';
import { href } from './router.mjs';
import { app, t } from './state.mjs';
import { Amount, Icon } from './ui.mjs';

const KIND = {
  payment: ['history.payment', 'ok'],
  cancel: ['history.cancel', 'can'],
  refund: ['history.refund', 'ref'],
  topUp: ['history.topUp', 'inf'],
  redemption: ['history.redemption', 'inf'],
};
const UNDONE = { pending: ['history.pending', 'wai'], declined: ['history.declined', 'bad'] };
const METHOD = { card: 'method.card', transfer: 'method.transfer', virtualAccount: 'method.virtualAccount', wallet: 'method.balance', balance: 'method.balance' };

const OTHER = ['history.other', 'can'];
export const kindKey = (kind) => (KIND[kind] ?? OTHER)[0];

/** The kind as a word with its shape and colour; where the movement is not done, how it stands. */
function Kind({ kind, status }) {
  const [key, tone] = KIND[kind] ?? OTHER;
  const undone = UNDONE[status];
  return html`<span class="kinds"><span class=${`tag ${tone}`}>${t(key)}</span>${undone && html`<span class=${`tag ${undone[1]}`}>${t(undone[0])}</span>`}</span>`;
}

export const methodName = (method) => (METHOD[method] ? t(METHOD[method]) : method);

export function Movement({ item, dated = false }) {
  const when = dated ? moment(item.occurredAt, app.lang) : timeOfDay(item.occurredAt);
  const inward = item.kind === 'topUp' || item.kind === 'redemption';
  const inside = html`
    <span class="what"><b>${item.title || item.merchant || t(kindKey(item.kind))}</b><span class="sub"><${Kind} ...${item} /><time datetime=${item.occurredAt}>${when}</time></span></span>
    <span class=${`sum ${item.status === 'declined' ? 'void' : ''} ${item.amount < 0 ? 'neg' : ''}`}>
      <${Amount} amount=${item.amount} currency=${item.currency} signed=${inward} /><span class="sub">${item.method && methodName(item.method)}</span></span>`;
  return item.paymentId
    ? html`<a class="mv" href=${href('receipt', { id: item.paymentId })}>${inside}</a>`
    : html`<div class="mv">${inside}</div>`;
}

/** What its owner calls it, or else who gave it. */
export const cardTitle = (card) => card.nickname || companyName(card, app.lang);
export const cardNote = (card) => (card.expired ? t('cards.expired') : cardDigits(card, app.lang));
/** For a sentence. */
export const cardSaid = (card) => `${brandName(card.brand, app.lang)} ${card.last4}`;

export function CardLine({ card, action }) {
  return html`<div class="mv">
    <span class="face" aria-hidden="true"><${Icon} name="card" /></span>
    <span class="what"><b>${cardTitle(card)}</b>
      <span class="sub">${cardDigits(card, app.lang)} · ${card.expiry}</span></span>
    ${card.expired && html`<span class="tag bad">${t('cards.expired')}</span>`}
    ${action}
  </div>`;
}

export function cardName(card) {
  const months = card.installmentMonths > 1 ? t('method.months', { months: card.installmentMonths }) : t('method.once');
  return `${companyName(card, app.lang)} ${card.last4} · ${months}`;
}
