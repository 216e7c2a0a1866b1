// What the whole app knows, and the few things that change it. Screens read `app` and call these functions.

import { client } from './api.mjs';
import { belongTo, keep, kept, lastPayerId, store, stored, wipe } from './keep.mjs';
import { payment } from './payment.mjs';
import { go, href, parse, replace } from './router.mjs';
import { say } from './texts.mjs';

const RETURN_TO = 'steelyard.returnTo';
const ASK_AGAIN_MS = 3_000;

export const app = {
  config: { hosts: [], demo: [], mode: 'test' },
  lang: 'ko',
  theme: 'system',
  route: { name: 'home', params: {}, query: {} },
  session: 'asking', // asking | in | out | kept (no network: what is kept on the device may be read)
  payer: null,
  offline: false,
  installPrompt: null,
  topUp: null,
};

let redraw = () => {};
export function onChange(draw) {
  redraw = draw;
}
export function changed() {
  redraw();
}

export const t = (key, values) => say(app.lang, key, values);

let asking;
let lost = -1;

/**
 * What the browser says of its network. That it has one proves nothing: the server is asked, and until it answers the
 * app stays without. An answer to what was asked before the network was lost is none about now.
 */
export function heardOfNetwork(online) {
  if (online) return ask();
  lost = performance.now();
  app.offline = true;
  return undefined;
}

const ask = () => api.get('me').then(takePayer, (error) => error.status === 401 && askToSignIn());

function reached(yes, asked) {
  if (yes && asked < lost) return;
  clearTimeout(asking);
  // A browser that calls itself online says nothing when the server can be reached again: that is asked, until it can.
  if (!yes) asking = setTimeout(ask, ASK_AGAIN_MS);
  const offline = !yes;
  if (offline === app.offline) return;
  app.offline = offline;
  changed();
}

const api = client({ base: '/app/api/', language: () => app.lang, onReach: reached });

/** The API for screens: a lost session leads to sign-in and from there back to where the payer was. */
export const calls = Object.fromEntries(['get', 'post', 'remove'].map((name) => [name, (...args) => guarded(api[name](...args))]));

async function guarded(answer) {
  try {
    return await answer;
  } catch (error) {
    if (error.status === 401 && error.code !== 'WRONG_CREDENTIALS') askToSignIn();
    throw error;
  }
}

export const pay = payment(calls, changed);

/** Remembers the present address, for after signing in. */
export function askToSignIn() {
  app.session = 'out';
  // Whoever signs in again does so in the world they were in.
  app.askedMode = app.payer?.mode ?? app.askedMode;
  app.payer = null;
  app.topUp = null;
  if (app.route.name !== 'signIn' && app.route.name !== 'signUp') {
    rememberPlace(location.hash);
    replace(href('signIn'));
  }
  changed();
}

function rememberPlace(hash) {
  try {
    sessionStorage.setItem(RETURN_TO, hash);
  } catch {
    // Then signing in leads home.
  }
}

function rememberedPlace() {
  try {
    const hash = sessionStorage.getItem(RETURN_TO);
    sessionStorage.removeItem(RETURN_TO);
    return hash;
  } catch {
    return null;
  }
}

export function takePayer(payer) {
  // Signed in elsewhere in this browser as somebody else: what was typed here is not theirs.
  if (app.payer && app.payer.id !== payer.id) {
    app.topUp = null;
    pay.leave();
    replace(href('home'));
  }
  app.payer = payer;
  app.session = 'in';
  belongTo(payer.id).then(() => keep(payer.id, 'payer', payer));
  changed();
}

/** Who is signed in? Without a network: who was, from what this device keeps. */
export async function askWhoIsIn() {
  try {
    takePayer(await api.get('me'));
  } catch (error) {
    if (error.status === 401) return askToSignIn();
    const payerId = lastPayerId();
    const payer = payerId && (await kept(payerId, 'payer'));
    app.payer = payer ?? null;
    app.session = payer ? 'kept' : 'lost';
    changed();
  }
}

async function enter(path, body) {
  takePayer(await api.post(path, body));
  const place = rememberedPlace();
  const route = place ? parse(place) : null;
  // A payment that was open when the session ended is asked for again, as the same payer or another. Its code is not
  // given back: it may be the very one that is gone back to.
  pay.forget();
  replace(route && route.name !== 'missing' ? place : href('home'));
}

export const signIn = (body) => enter('sign-in', body);
export const signUp = (body) => enter('sign-up', body);

export async function signOut() {
  await api.post('sign-out');
  pay.leave();
  await wipe();
  app.payer = null;
  app.topUp = null;
  app.session = 'out';
  go(href('signIn'));
}

export function setLang(lang) {
  app.lang = lang;
  store('steelyard.lang', lang);
  document.documentElement.lang = lang;
  changed();
}

export function setTheme(theme) {
  app.theme = theme;
  store('steelyard.theme', theme === 'system' ? null : theme);
  document.documentElement.dataset.theme = theme === 'system' ? '' : theme;
  changed();
}

/** The address says it first, then what was chosen on this device, then the server's choice in the page. */
export function readPreferences() {
  const root = document.documentElement;
  const asked = new URLSearchParams(location.search);
  const known = (value, values) => (values.includes(value) ? value : null);
  app.lang = known(asked.get('lang'), ['ko', 'en']) ?? known(stored('steelyard.lang'), ['ko', 'en']) ?? known(root.lang, ['ko', 'en']) ?? 'ko';
  app.theme = known(asked.get('theme'), ['light', 'dark']) ?? known(stored('steelyard.theme'), ['light', 'dark']) ?? (root.dataset.theme || 'system');
  root.lang = app.lang;
  root.dataset.theme = app.theme === 'system' ? '' : app.theme;
}

/** The first success is when the app has earned the right to ask for a place on the home screen. */
export function noteSuccess() {
  store('steelyard.succeeded', '1');
  changed();
}

export const mayOfferInstall = () => Boolean(app.installPrompt && stored('steelyard.succeeded'));

export async function install() {
  const prompt = app.installPrompt;
  app.installPrompt = null;
  await prompt?.prompt();
  changed();
}
