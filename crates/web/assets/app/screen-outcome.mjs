// How a payment ended, or that this is not known yet. Each says what happened, whether money moved, what to press.

import { html, useEffect } from '../vendor/htm-preact-standalone.mjs';
import { money } from '../js/format.mjs';
import { timestamp } from './format.mjs';
import { href, replace } from './router.mjs';
import { app, install, mayOfferInstall, noteSuccess, pay, t } from './state.mjs';
import { didMoneyMove, whatHappened, whatToPress, whyDeclined } from './explain.mjs';
import { Amount, Failure, Icon, Notice, Press, Row, Screen, Waiting } from './ui.mjs';
import { cameFrom, cancel, Lines, PayButton, Source, useRefreshAtEnd } from './screen-confirm.mjs';
import { cardName } from './lines.mjs';

export function Outcome() {
  const { phase, view, error } = pay.state;
  if (phase === 'failed') return html`<${Failed} key="failed" error=${error} />`;
  if (phase === 'unsent') return html`<${Unsent} key="unsent" />`;
  if (phase === 'sending') return html`<${Sending} key="sending" />`;
  if (phase === 'checking') return html`<${Unknown} key="unknown" />`;
  const Ended = { paid: Done, declined: Declined, expired: Expired, taken: Taken }[view.status];
  return html`<${Ended} key=${view.status} view=${view} />`;
}

const goHome = () => replace(href('home'));
const goScan = () => replace(href('scan'));

/** Back to the checkout in this tab, for whom it led here; else what there is to do. */
function Onward({ children }) {
  const here = cameFrom();
  return here ? html`<a class="btn p l" href=${here.back}>${t('here.back')}</a>` : children;
}

function Sending() {
  return html`<${Screen} title=${t('pin.sending')} name="sending"><${Waiting} text=${t('sending.text')} /><//>`;
}

function Unknown() {
  const { view } = pay.state;
  return html`<${Screen} title=${t('unknown.title')} name="unknown"
    foot=${html`<button type="button" class="btn l" onClick=${goHome}>${t('unknown.home')}</button>`}>
    ${view && html`<p class="live">${view.merchant.name}</p><${Amount} tag="p" cls="hero" amount=${view.amount} currency=${view.currency} />`}
    <${Waiting} text=${t('unknown.checking')} />
    <${Notice} tone="wai" what=${t('unknown.text')} moved=${t('money.unknown')} press=${t('unknown.press')} />
  <//>`;
}

function Unsent() {
  return html`<${Screen} title=${t('unsent.title')} name="unsent" foot=${html`<${Press} onPress=${pay.resend}>${t('unsent.again')}<//>
      <a class="btn l" href=${href('home')} onClick=${cancel}>${t('app.cancel')}</a>`}>
    <p class="live">${pay.state.view.merchant.name}</p><${Amount} tag="p" cls="hero" amount=${pay.state.view.amount} currency=${pay.state.view.currency} />
    <${Notice} what=${t('unsent.text')} moved=${t('money.no')} press=${t('unsent.press')} />
  <//>`;
}

function paidWith(view) {
  const { payment } = view;
  if (payment?.card) return cardName(payment.card);
  if (payment?.method === 'transfer' && payment.transfer) return `${payment.transfer.bankName} ${payment.transfer.last4}`;
  return t('method.balance');
}

function Done({ view }) {
  const { payment } = view;
  useEffect(noteSuccess, []);
  return html`<${Screen} title=${t('done.title')} name="done" foot=${html`
      <${Onward}><button type="button" class="btn p l" onClick=${goHome}>${t('done.ok')}</button><//>
      ${payment && html`<a class="btn l" href=${href('receipt', { id: payment.id })}>${t('receipt.title')}</a>`}`}>
    <p class="live">${view.merchant.name} <span class="tag ok">${t('receipt.paid')}</span></p>
    <${Amount} tag="p" cls="hero" amount=${view.amount} currency=${view.currency} />
    <${Lines} view=${view} />
    <dl>
      <${Row} label=${t('confirm.method')}>${paidWith(view)}<//>
      ${!payment?.card && html`<${Row} label=${t('done.balance')}>${money(view.balance.amount, view.balance.currency, app.lang)}<//>`}
      ${payment?.approvalNumber && html`<${Row} label=${t('receipt.approval')}><span class="mono">${payment.approvalNumber}</span><//>`}
      ${payment?.approvedAt && html`<${Row} label=${t('receipt.approvedAt')}><time datetime=${payment.approvedAt}>${timestamp(payment.approvedAt, app.lang)}</time><//>`}
    </dl>
    ${mayOfferInstall() && html`<section class="offer"><p>${t('settings.installWhy')}</p>
      <button type="button" class="btn" onClick=${install}>${t('settings.install')}</button></section>`}
  <//>`;
}

function Declined({ view }) {
  const { error } = pay.state;
  const { failure } = view;
  useRefreshAtEnd();
  return html`<${Screen} title=${t('declined.title')} name="declined" foot=${html`<${PayButton} />`}
    action=${html`<a class="end" href=${href('home')} onClick=${cancel}>${t('app.cancel')}</a>`}>
    ${error
      ? html`<${Failure} error=${error} />`
      : html`<${Notice} what=${whyDeclined(failure)} moved=${didMoneyMove(failure?.moneyMoved ?? 'no')} press=${failure?.next || t('declined.press')} />`}
    <p class="live">${view.merchant.name}</p>
    <${Amount} tag="p" cls="hero" amount=${view.amount} currency=${view.currency} />
    <${Source} />
  <//>`;
}

function Ending({ name, title, what, press, moved = t('money.no') }) {
  return html`<${Screen} title=${title} name=${name} foot=${html`
      <${Onward}><button type="button" class="btn p l" onClick=${goScan}><${Icon} name="scan" />${t('scan.anew')}</button><//>
      <button type="button" class="btn l" onClick=${goHome}>${t('app.home')}</button>`}>
    <${Notice} tone="wai" what=${what} moved=${moved} press=${press} />
  <//>`;
}

const Expired = () => html`<${Ending} name="expired" title=${t('expired.title')} what=${t('expired.text')} press=${t('expired.press')} />`;
const Taken = () => html`<${Ending} name="taken" title=${t('taken.title')} what=${t('taken.text')} press=${t('taken.press')} />`;

/** Nobody could say how the payment of this address stands: it is asked again, as often as somebody wants. */
function Unanswered({ error }) {
  const again = () => pay.load(pay.state.id);
  return html`<${Screen} title=${t('failed.title')} name="failed" foot=${html`
      <${Press} needsNetwork=${false} onPress=${again}>${t('app.again')}<//>
      <button type="button" class="btn l" onClick=${goHome}>${t('app.home')}</button>`}>
    <${Notice} tone="wai" what=${whatHappened(error)} moved=${didMoneyMove(error.outcome)} press=${whatToPress(error)} />
  <//>`;
}

/** The code could not be opened, or a wrong number has voided it. */
function Failed({ error }) {
  if (error.code === 'QR_EXPIRED') return html`<${Expired} />`;
  if (error.code === 'QR_TAKEN') return html`<${Taken} />`;
  if (error.outcome === 'unknown') return html`<${Unanswered} error=${error} />`;
  const wrong = error.code === 'WRONG_NUMBER';
  const title = wrong ? t('wrongNumber.title') : t('failed.title');
  const press = wrong ? t('wrongNumber.press') : t('expired.press');
  return html`<${Ending} name=${wrong ? 'wrong-number' : 'failed'} title=${title} what=${whatHappened(error)} press=${press} moved=${didMoneyMove(error.outcome)} />`;
}
