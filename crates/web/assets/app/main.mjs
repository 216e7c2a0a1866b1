// Starts the app: preferences, the session, the routes, the service worker.

import { html, render } from '../vendor/htm-preact-standalone.mjs';
import { href, keepsPayment, replace, start } from './router.mjs';
import { app, askToSignIn, askWhoIsIn, changed, heardOfNetwork, onChange, pay, readPreferences, t } from './state.mjs';
import { Press, Screen, Waiting, Notice } from './ui.mjs';
import { SignIn, SignUp } from './screen-sign.mjs';
import { Home } from './screen-home.mjs';

// These come with the page; the others when they are first wanted, from the service worker's cache if it is there.
const SCREENS = { signIn: SignIn, signUp: SignUp, home: Home, missing: Missing };
const paying = () => import('./screen-confirm.mjs');
const past = () => import('./screen-history.mjs');
const cards = () => import('./screen-cards.mjs');
const toppingUp = () => import('./screen-top-up.mjs');
const LATER = {
  link: [paying, 'Link'], confirm: [paying, 'Confirm'], pin: [paying, 'Pin'],
  history: [past, 'History'], receipt: [past, 'Receipt'],
  cards: [cards, 'Cards'], cardNew: [cards, 'CardNew'],
  topUp: [toppingUp, 'TopUp'], topUpPin: [toppingUp, 'TopUpPin'], topUpDone: [toppingUp, 'TopUpDone'],
  redeem: [() => import('./screen-redeem.mjs'), 'Redeem'],
  settings: [() => import('./screen-settings.mjs'), 'Settings'],
  scan: [() => import('./screen-scan.mjs'), 'Scan'],
};
const WITHOUT_SESSION = new Set(['signIn', 'signUp']);

let failedToLoad = null;

function bring(name) {
  const [load, exported] = LATER[name];
  return load().then((module) => {
    SCREENS[name] = module[exported];
  });
}

/** A screen on its way here. */
function Coming({ name }) {
  if (failedToLoad !== name) {
    bring(name).catch(() => {
      failedToLoad = name;
    }).then(changed);
    return html`<${Screen} title="Steelyard" name="coming"><${Waiting} text=${t('app.loading')} /><//>`;
  }
  // A browser remembers that a module failed: only a new page asks for it again.
  return html`<${Screen} title=${t('lost.title')} name="lost" back=${href('home')}
    foot=${html`<${Press} needsNetwork=${false} onPress=${() => location.reload()}>${t('app.again')}<//>`}>
    <${Notice} what=${t('error.network')} moved=${moved()} press=${t('next.network')} /><//>`;
}

/** Where money is sent from, a page that was opened anew cannot know what was sent before. */
const SENDING = new Set(['confirm', 'pin', 'topUpPin', 'topUpDone']);
const moved = () => t(SENDING.has(app.route.name) ? 'money.unknown' : 'money.no');

function Missing() {
  return html`<${Screen} title=${t('missing.title')}><p>${t('missing.text')}</p><a class="btn p l" href=${href('home')}>${t('app.home')}</a><//>`;
}

/** Neither the server nor this device could say who is signed in. */
function Lost() {
  return html`<${Screen} title=${t('lost.title')} name="lost" foot=${html`<${Press} needsNetwork=${false} onPress=${askWhoIsIn}>${t('app.again')}<//>`}>
    <${Notice} what=${t('error.network')} moved=${moved()} press=${t('next.network')} />
  <//>`;
}

function App() {
  const { name } = app.route;
  if (app.session === 'lost') return html`<${Lost} />`;
  if (app.session === 'asking') return html`<div class="ph"><main class="b"><${Waiting} text=${t('app.loading')} /></main></div>`;
  if (!app.payer && !WITHOUT_SESSION.has(name)) return null;
  const Shown = SCREENS[name];
  if (!Shown) return html`<${Coming} key=${`coming:${name}`} name=${name} />`;
  return html`<${Shown} key=${`${name}:${Object.values(app.route.params).join()}`} />`;
}

let drawing = false;

/** Draws once for however many changes; never inside a drawing, which a change from within an effect would be. */
function draw() {
  if (drawing) return;
  drawing = true;
  queueMicrotask(() => {
    drawing = false;
    render(html`<${App} />`, document.getElementById('app'));
  });
}

function onRoute(route, moved) {
  if (pay.state.phase !== 'idle' && !keepsPayment(route) && route.name !== 'link') pay.leave();
  app.route = route;
  app.moved = moved;
  if (moved && app.payer && WITHOUT_SESSION.has(route.name)) return replace(href('home'));
  if (moved && !app.payer && app.session === 'out' && !WITHOUT_SESSION.has(route.name)) return askToSignIn();
  return changed();
}

function onNetwork() {
  heardOfNetwork(navigator.onLine);
  changed();
}

async function begin() {
  Object.assign(app.config, JSON.parse(document.getElementById('config')?.textContent ?? '{}'));
  readPreferences();
  document.documentElement.classList.toggle('own-font', Boolean(navigator.serviceWorker?.controller));
  onChange(draw);
  addEventListener('online', onNetwork);
  addEventListener('offline', onNetwork);
  addEventListener('beforeinstallprompt', (event) => {
    event.preventDefault();
    app.installPrompt = event;
    changed();
  });
  if (!navigator.onLine) heardOfNetwork(false);
  start(onRoute);
  await askWhoIsIn();
  if (app.payer && WITHOUT_SESSION.has(app.route.name)) replace(href('home'));
  // The worker's address carries that of the assets, so that a new version of them is a new worker.
  const assets = new URL('..', import.meta.url).pathname.replace(/\/$/, '');
  navigator.serviceWorker?.register(`/app/sw.js?assets=${encodeURIComponent(assets)}`, { scope: '/app/' }).catch(() => {});
}

begin();
