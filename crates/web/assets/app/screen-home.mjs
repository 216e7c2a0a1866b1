// Home: what there is, the one thing to do, the cards, the last movements.

import { html, useEffect, useState } from '../vendor/htm-preact-standalone.mjs';
import { keep, kept } from './keep.mjs';
import { href } from './router.mjs';
import { app, calls, install, mayOfferInstall, takePayer, t } from './state.mjs';
import { Amount, Icon, Mark, Screen } from './ui.mjs';
import { CardLine, Movement } from './lines.mjs';

const RECENT = 4;

/** The newest movements: from the server, else what this device keeps. */
function useRecent(payerId) {
  const [items, setItems] = useState(null);
  useEffect(() => {
    let here = true;
    kept(payerId, 'history').then((list) => here && list && setItems((now) => now ?? list));
    calls.get('history').then(({ items: list }) => {
      if (here) setItems(list);
      keep(payerId, 'history', list);
    }, () => {});
    if (app.session === 'in') calls.get('me').then(takePayer, () => {});
    return () => {
      here = false;
    };
  }, [payerId]);
  return items;
}

/** A way on that needs the network; without it the way is shown closed. */
function Onward({ to, cls = 'btn l', children }) {
  return app.offline
    ? html`<a class=${cls} role="link" aria-disabled="true">${children}</a>`
    : html`<a class=${cls} href=${href(to)}>${children}</a>`;
}

export function Home() {
  const { payer } = app;
  const items = useRecent(payer.id);
  const settings = html`<a class="ib end" href=${href('settings')} aria-label=${t('settings.title')}><${Icon} name="settings" /></a>`;
  return html`<${Screen} title="Steelyard" lead=${html`<${Mark} />`} action=${settings}>
    <section class="balance" aria-labelledby="balance-title">
      <h2 id="balance-title" class="label">${app.offline ? t('home.lastBalance') : t('home.balance')}</h2>
      <${Amount} tag="p" cls="hero" ...${payer.balance} />
      <div class="two">
        <${Onward} to="topUp"><${Icon} name="plus" />${t('topUp.title')}<//>
        <${Onward} to="redeem"><${Icon} name="gift" />${t('redeem.short')}<//>
      </div>
    </section>
    <${Onward} to="scan" cls="btn p l scan"><${Icon} name="scan" />${t('scan.title')}<//>
    <section aria-labelledby="cards-title">
      <div class="head"><h2 id="cards-title">${t('cards.title')}</h2><a href=${href('cards')}>${t('home.manage')}</a></div>
      ${payer.cards.length
        ? html`<ul class="list">${payer.cards.slice(0, 2).map((card) => html`<li key=${card.id}><${CardLine} card=${card} /></li>`)}</ul>`
        : html`<p class="empty">${t('cards.none')} <a href=${href('cardNew')}>${t('cards.add')}</a></p>`}
    </section>
    <section aria-labelledby="recent-title">
      <div class="head"><h2 id="recent-title">${t('home.recent')}</h2><a href=${href('history')}>${t('home.all')}</a></div>
      ${items?.length === 0 && html`<p class="empty">${t('history.none')}</p>`}
      ${items?.length > 0 && html`<ul class="list">${items.slice(0, RECENT).map((item) => html`<li key=${item.id}><${Movement} item=${item} dated /></li>`)}</ul>`}
    </section>
    ${mayOfferInstall() && html`<section class="offer"><p>${t('settings.installWhy')}</p>
      <button type="button" class="btn" onClick=${install}>${t('settings.install')}</button></section>`}
  <//>`;
}
