// A gift card's code becomes balance.

import { html, useState } from '../vendor/htm-preact-standalone.mjs';
import { money } from '../js/format.mjs';
import { giftCode } from './format.mjs';
import { useFields } from './fields.mjs';
import { href } from './router.mjs';
import { app, calls, takePayer, t } from './state.mjs';
import { Amount, Failure, Field, Form, Press, Row, Screen } from './ui.mjs';

const CODE_LENGTH = 19;

export function Redeem() {
  const { values, bind, failure, busy, send } = useFields({ code: '' });
  const [done, setDone] = useState(null);
  const submit = () => send(values.code.length === CODE_LENGTH ? {} : { code: t('redeem.short16') }, async () => {
    const answer = await calls.post('redeem', { code: values.code });
    takePayer(answer.payer);
    setDone(answer.amount);
  });
  if (done !== null) {
    const { balance } = app.payer;
    return html`<${Screen} key="done" title=${t('redeem.done')} name="redeemed" foot=${html`<a class="btn p l" href=${href('home')}>${t('done.ok')}</a>`}>
      <${Amount} tag="p" cls="hero" amount=${done} currency=${balance.currency} signed />
      <dl><${Row} label=${t('home.balance')}>${money(balance.amount, balance.currency, app.lang)}<//></dl>
    <//>`;
  }
  return html`<${Screen} key="form" title=${t('redeem.title')} back=${href('home')}>
    <${Form} onSubmit=${submit}>
      <${Failure} error=${failure} />
      <${Field} ...${bind('code')} label=${t('redeem.code')} hint=${t('redeem.hint')} format=${giftCode} autocomplete="off" autocapitalize="characters"
        spellcheck="false" placeholder="XXXX-XXXX-XXXX-XXXX" class="mono" required />
      <${Press} type="submit" busy=${busy}>${t('redeem.do')}<//>
    <//>
  <//>`;
}
