// Topping up the balance: how much and from where, the PIN, the end.

import { html, useEffect, useState } from '../vendor/htm-preact-standalone.mjs';
import { money } from '../js/format.mjs';
import { amountTyped, digitsOf } from './format.mjs';
import { cardNote, cardTitle } from './lines.mjs';
import { go, href, replace } from './router.mjs';
import { app, calls, changed, pay, takePayer, t } from './state.mjs';
import { didMoneyMove, whyDeclined } from './explain.mjs';
import { PinEntry } from './keypad.mjs';
import { topUps } from './top-up.mjs';
import { Amount, Choice, Failure, Field, Form, Notice, Press, Row, Screen } from './ui.mjs';

const CHIPS = [10_000, 30_000, 50_000, 100_000];
const TRANSFER = 'transfer';
const topUp = topUps(calls);

const said = (amount) => money(amount, app.payer.balance.currency, app.lang);
const backTo = () => app.route.query.back;

function draftOf(need) {
  const card = app.payer.cards.find((one) => !one.expired);
  const amount = need ? CHIPS.find((chip) => chip >= need) ?? need : 0;
  return { amount, source: card ? card.id : TRANSFER, bank: '', accountNumber: '', error: null, result: null, sending: false };
}

function useBanks(wanted) {
  const [banks, setBanks] = useState([]);
  useEffect(() => {
    if (wanted && !banks.length) calls.get('banks').then(setBanks, () => {});
  }, [wanted, app.offline]);
  return banks;
}

export function TopUp() {
  const { query } = app.route;
  const [draft, setDraft] = useState(() => (app.topUp && !app.topUp.result ? app.topUp : draftOf(Number(query.need) || 0)));
  const [errors, setErrors] = useState({});
  const banks = useBanks(draft.source === TRANSFER);
  const put = (part) => setDraft((before) => ({ ...before, ...part }));
  const submit = () => {
    const found = {};
    if (!draft.amount) found.amount = t('topUp.amountMissing');
    if (draft.source === TRANSFER && !draft.bank) found.bank = t('topUp.bankMissing');
    if (draft.source === TRANSFER && draft.accountNumber.length < 8) found.account = t('topUp.accountShort');
    setErrors(found);
    if (Object.keys(found).length) return;
    app.topUp = { ...draft, error: null };
    go(href('topUpPin', {}, query));
  };
  const sources = [
    ...app.payer.cards.map((card) => ({
      value: card.id, label: cardTitle(card), note: cardNote(card), disabled: card.expired,
    })),
    { value: TRANSFER, label: t('method.transfer') },
  ];
  return html`<${Screen} title=${t('topUp.title')} back=${backTo() ? href('confirm', { id: backTo() }) : href('home')}>
    <${Form} onSubmit=${submit}>
      <${Failure} error=${draft.error} />
      <${Field} id="amount" label=${t('topUp.amount')} value=${draft.amount ? amountTyped(String(draft.amount)) : ''} error=${errors.amount}
        onValue=${(text) => put({ amount: Number(digitsOf(text, 9)) })} format=${amountTyped} inputmode="numeric" autocomplete="off"
        hint=${t('topUp.after', { amount: said(app.payer.balance.amount + draft.amount) })}
        aside=${html`<span class="unit" aria-hidden="true">${app.lang === 'ko' ? '원' : '₩'}</span>`} />
      <div class="chips" role="group" aria-label=${t('topUp.chips')}>${CHIPS.map((chip) => html`<button type="button" key=${chip}
        aria-pressed=${chip === draft.amount ? 'true' : 'false'} onClick=${() => put({ amount: chip })}>${said(chip)}</button>`)}</div>
      <${Choice} name="source" legend=${t('topUp.from')} options=${sources} value=${draft.source} onValue=${(source) => put({ source })} />
      ${draft.source === TRANSFER && html`<div class=${`field ${errors.bank ? 'wrong' : ''}`}><label for="bank">${t('topUp.bank')}</label>
        <div class="in"><select id="bank" aria-invalid=${errors.bank ? 'true' : 'false'} aria-describedby=${errors.bank ? 'bank-error' : undefined}
          onChange=${(event) => put({ bank: event.currentTarget.value })}>
          <option value="">${t('topUp.bankPick')}</option>
          ${banks.map((bank) => html`<option key=${bank.code} value=${bank.code} selected=${bank.code === draft.bank}>${bank.name}</option>`)}
        </select></div>${errors.bank && html`<p class="err" id="bank-error">${errors.bank}</p>`}</div>
        <${Field} id="account" label=${t('topUp.account')} value=${draft.accountNumber} error=${errors.account} inputmode="numeric" autocomplete="off"
          format=${(text) => digitsOf(text, 16)} onValue=${(accountNumber) => put({ accountNumber })} />`}
      <${Press} type="submit">${draft.amount ? t('topUp.do', { amount: said(draft.amount) }) : t('topUp.title')}<//>
    <//>
  <//>`;
}

function requestOf(draft, pin) {
  const source = draft.source === TRANSFER
    ? { type: TRANSFER, bank: draft.bank, accountNumber: draft.accountNumber }
    : { type: 'card', cardId: draft.source };
  return { amount: draft.amount, pin, source };
}

async function send(pin) {
  const draft = app.topUp;
  if (draft.sending) return;
  const payerId = app.payer.id;
  // When the session ends meanwhile, what was typed is forgotten, and the next payer sees nothing of it.
  const isForgotten = () => !app.topUp || app.payer?.id !== payerId;
  app.topUp = { ...draft, sending: true, error: null };
  changed();
  try {
    const result = await topUp(payerId, requestOf(draft, pin));
    if (isForgotten()) return;
    app.topUp = { ...draft, sending: false, result };
    if (result.payer) takePayer(result.payer);
    if (result.status === 'done' && backTo() && pay.state.id === backTo()) pay.choose({ source: { type: 'balance' }, months: 0 });
    replace(href('topUpDone', {}, app.route.query));
  } catch (error) {
    if (isForgotten()) return;
    app.topUp = { ...draft, sending: false, error };
    changed();
  }
}

export function TopUpPin() {
  const draft = app.topUp;
  useEffect(() => {
    if (!draft || draft.result) replace(href('topUp', {}, app.route.query));
  }, []);
  if (!draft || draft.result) return null;
  const lost = draft.error && !draft.error.isFinal;
  return html`<${Screen} title=${t('pin.title')} back=${href('topUp', {}, app.route.query)}>
    <p class="pin-for"><span>${t('topUp.title')}</span><${Amount} amount=${draft.amount} currency=${app.payer.balance.currency} cls="sum" /></p>
    ${lost && html`<p class="hint">${t('topUp.sameAgain')}</p>`}
    <${PinEntry} error=${draft.error} sending=${draft.sending} onPin=${send} />
  <//>`;
}

const ENDS = { done: ['topUp.done', 'ok'], declined: ['topUp.declined', 'bad'], unknown: ['unknown.title', 'wai'] };

export function TopUpDone() {
  const { result, amount } = app.topUp ?? {};
  useEffect(() => {
    if (!result) replace(href('home'));
  }, []);
  if (!result) return null;
  const [title] = ENDS[result.status];
  const failed = result.status === 'declined';
  const first = failed ? 'btn l' : 'btn p l';
  const next = backTo()
    ? html`<a class=${first} href=${href('confirm', { id: backTo() })}>${t('topUp.backToPayment')}</a>`
    : html`<button type="button" class=${first} onClick=${() => replace(href('home'))}>${t('done.ok')}</button>`;
  const other = html`<button type="button" class="btn p l" onClick=${() => replace(href('topUp', {}, app.route.query))}>${t('topUp.other')}</button>`;
  return html`<${Screen} title=${t(title)} name=${`top-up-${result.status}`} foot=${html`${failed && other}${next}`}>
    ${failed && html`<${Notice} what=${whyDeclined(result.failure)} moved=${didMoneyMove(result.failure?.moneyMoved ?? 'no')} press=${result.failure?.next || t('declined.press')} />`}
    ${result.status === 'unknown' && html`<${Notice} tone="wai" what=${t('topUp.unknown')} moved=${t('money.unknown')} press=${t('topUp.unknownPress')} />`}
    <${Amount} tag="p" cls="hero" amount=${result.amount ?? amount} currency=${app.payer.balance.currency} />
    <dl><${Row} label=${t('home.balance')}>${said(app.payer.balance.amount)}<//></dl>
  <//>`;
}
