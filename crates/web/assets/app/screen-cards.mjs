// The payer's cards: seeing, adding, removing.

import { html, useState } from '../vendor/htm-preact-standalone.mjs';
import { brandOf, expiryTyped, isCardNumber, isDomestic, numberTyped } from '../js/card.mjs';
import { brandName } from '../js/card-name.mjs';
import { digitsOf } from './format.mjs';
import { useFields } from './fields.mjs';
import { back, href } from './router.mjs';
import { app, calls, pay, takePayer, t } from './state.mjs';
import { CardLine, cardSaid } from './lines.mjs';
import { Ask, Failure, Field, Form, Icon, Press, Screen } from './ui.mjs';

export function Cards() {
  const [asked, setAsked] = useState(null);
  const [error, setError] = useState(null);
  const remove = async () => {
    setError(null);
    try {
      takePayer(await calls.remove(`cards/${encodeURIComponent(asked.id)}`));
    } catch (failure) {
      setError(failure);
    }
    setAsked(null);
  };
  const { cards } = app.payer;
  return html`<${Screen} title=${t('cards.title')} back=${href('home')}
    foot=${html`<a class="btn p l" href=${href('cardNew')}><${Icon} name="plus" />${t('cards.add')}</a>`}>
    <${Failure} error=${error} />
    ${cards.length === 0 && html`<p class="empty">${t('cards.none')}</p>`}
    <ul class="list">${cards.map((card) => html`<li key=${card.id}><${CardLine} card=${card}
      action=${html`<button type="button" class="btn small" aria-label=${t('cards.removeOne', { card: cardSaid(card) })}
        disabled=${app.offline} onClick=${() => setAsked(card)}>${t('cards.remove')}</button>`} /></li>`)}</ul>
    ${asked && html`<${Ask} title=${t('cards.removeAsk')} text=${t('cards.removeText', { card: cardSaid(asked) })}
      yes=${t('cards.remove')} onYes=${remove} onNo=${() => setAsked(null)} />`}
  <//>`;
}

function wrongs({ number, expiry }) {
  const found = {};
  if (!isCardNumber(number, app.payer.mode)) found.number = t('cards.numberWrong');
  if (!/^(0[1-9]|1[0-2])\/\d\d$/.test(expiry)) found.expiry = t('cards.expiryWrong');
  return found;
}

export function CardNew() {
  const { values, bind, failure, busy, send } = useFields({ number: '', expiry: '', cvc: '', nickname: '' });
  const backTo = app.route.query.back;
  const digits = digitsOf(values.number, 19);
  const brand = isDomestic(digits) ? brandName('domestic', app.lang) : brandOf(digits);
  const submit = () => send(wrongs(values), async () => {
    const known = new Set(app.payer.cards.map((card) => card.id));
    const { number, expiry, cvc, nickname } = values;
    takePayer(await calls.post('cards', {
      number: digitsOf(number, 19), expiry, ...(cvc ? { cvc } : {}), ...(nickname.trim() ? { nickname: nickname.trim() } : {}),
    }));
    const added = app.payer.cards.find((card) => !known.has(card.id));
    if (backTo && added && pay.state.id === backTo) pay.choose({ months: 0, source: { type: 'card', cardId: added.id } });
    back(backTo ? href('confirm', { id: backTo }) : href('cards'));
  });
  const numeric = { inputmode: 'numeric', required: true };
  return html`<${Screen} title=${t('cards.add')} back=${backTo ? href('confirm', { id: backTo }) : href('cards')}>
    <${Form} onSubmit=${submit}>
      <${Failure} error=${failure} />
      <${Field} ...${bind('number')} label=${t('cards.number')} format=${numberTyped} autocomplete="cc-number" ...${numeric} placeholder="0000 0000 0000 0000"
        aside=${html`<span class="brand-tag" role="status">${brand}</span>`} />
      <div class="pair">
        <${Field} ...${bind('expiry')} label=${t('cards.expiry')} format=${expiryTyped} autocomplete="cc-exp" ...${numeric} placeholder="MM/YY" />
        <${Field} ...${bind('cvc')} label=${t('cards.cvc')} format=${(text) => digitsOf(text, 4)} autocomplete="cc-csc" inputmode="numeric" type="password" />
      </div>
      <${Field} ...${bind('nickname')} label=${t('cards.nickname')} autocomplete="off" maxlength="20" />
      <p class="hint">${t('cards.kept')}</p>
      <${Press} type="submit" busy=${busy}>${t('cards.add')}<//>
    <//>
  <//>`;
}
