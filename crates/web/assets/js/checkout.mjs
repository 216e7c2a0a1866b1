// The hosted checkout. The page is a function of the session's view: whenever the view changes, the server fills its
// template again, and what differs is changed here. This module sends forms, counts time, and talks with the shop's page.

import { Bank } from './bank.mjs';
import { Countdown } from './countdown.mjs';
import { Doubt, Embedding } from './embed.mjs';
import { ANSWER_MS_MAX, follow } from './follow.mjs';
import { fill } from './format.mjs';
import { Forms } from './forms.mjs';
import { newKey } from './key.mjs';
import { morph } from './morph.mjs';

const RETURN_SECONDS = 5;
const MISSED_MS = 3_000;
const LAST_METHOD = 'steelyard.method';
const HERE = 'steelyard.here';
const WINDOW = 'steelyard.window';

const read = (id) => JSON.parse(document.getElementById(id).textContent);
const settings = read('settings');
const words = read('words');
let view = read('view');
/** What is known, when the page that shows it has not come yet. */
let latest = view;
let requestId = '';
let refreshing = Promise.resolve();
let returning;
let stays = false;
let behind;
let cut = false;
/** Of a code that was asked for and has not come: nobody waits for it once another way is chosen. */
let codes = new AbortController();

document.documentElement.classList.add('js');

const page = document.getElementById('page');
const countdown = new Countdown(words, settings.qrLife, ended);
const embedding = new Embedding(settings.listener, leave);
const doubt = new Doubt();
const bank = new Bank(page, () => say(words.frameSilent), toBank);
const forms = new Forms(words, () => ({ mode: view.mode, now: countdown.serverNow }), send);

function say(sentence) {
  document.getElementById('said').textContent = sentence;
}

// ---- The page follows the session ----

/** Two views that differ in nothing but their clock are the same page; the picture of a code follows from its address. */
const essence = ({ now, ...rest }) => JSON.stringify(rest, (name, value) => (name === 'svg' ? '' : value));

function arrived(next) {
  countdown.now = next.now;
  if (next.version < view.version || essence(next) === essence(view)) return;
  if (next.version >= latest.version) latest = next;
  refresh().catch(missed);
}

/** The stream tells each change once: a page that could not be fetched then asks until it is no longer behind. */
function missed() {
  clearTimeout(behind);
  behind = setTimeout(() => stream.ask().catch(missed), MISSED_MS);
}

/** The page as it is now, from the server; one at a time, and the last one wins. */
function refresh() {
  refreshing = refreshing.catch(() => {}).then(async () => {
    const answer = await fetch(settings.base + settings.query, {
      headers: { Accept: 'text/html' }, cache: 'no-store', signal: AbortSignal.timeout?.(ANSWER_MS_MAX),
    });
    if (!answer.ok) throw new Error(`page ${answer.status}`);
    const copy = new DOMParser().parseFromString(await answer.text(), 'text/html');
    show(copy);
  });
  return refreshing;
}

function show(copy) {
  const newer = JSON.parse(copy.getElementById('view').textContent);
  if (newer.version < view.version) return;
  const before = view;
  view = newer;
  if (latest.version <= view.version) latest = view;
  doubt.saw(before, view);
  const chosen = page.querySelector('[name="m"]:checked')?.value;
  const offered = copy.querySelector('[name="m"][checked]')?.value;
  keepFirst(copy);
  morph(page, copy.getElementById('page'));
  countdown.now = view.now;
  if (before.status !== view.status) moved(offered);
  else keepChoice(chosen);
  told(before);
  shown();
}

/** The server knows of no order but its own. */
function keepFirst(copy) {
  const { first } = document.documentElement.dataset;
  const item = first && copy.getElementById(`m-${first}`)?.closest('li');
  item?.parentElement.prepend(item);
}

/** Another status is another page: its heading is where reading goes on. */
function moved(offered) {
  for (const radio of page.querySelectorAll('[name="m"]')) radio.checked = radio.value === offered;
  hush();
  const title = document.getElementById('title');
  title?.focus({ preventScroll: true });
  title?.scrollIntoView({ block: 'nearest' });
  say(title?.textContent ?? '');
}

function keepChoice(chosen) {
  const radio = chosen && document.getElementById(`m-${chosen}`);
  if (radio && !radio.disabled) radio.checked = true;
}

function told(before) {
  if (view.qr?.state === 'scanned' && before.qr?.state !== 'scanned') {
    say(words.saidScanned);
    // A code is asked for by itself: the app was used when somebody scanned it.
    remember('app');
  }
  if (before.qr && view.qr?.state === 'waiting' && before.qr.shortCode !== view.qr.shortCode) say(words.saidRenewed);
  if (view.failure && JSON.stringify(view.failure) !== JSON.stringify(before.failure)) {
    hush();
    say(`${view.failure.message} ${view.failure.next}`);
    page.querySelector('[data-testid="failure"]')?.scrollIntoView({ block: 'nearest' });
  }
}

/** Whatever a page needs when it has been filled. */
function shown() {
  countdown.tick();
  embedding.show(view, requestId);
  weigh();
  want();
  bank.watch();
  if (view.status === 'paid' || view.status === 'authenticated') goBackSoon();
}

// ---- Leaving ----

function weigh() {
  embedding.doubt(doubt.of(latest, cut));
}

function leave() {
  embedding.leave(latest, doubt.of(latest, cut));
}

// ---- Sending ----

/** Whether it is certain what came of it. */
async function send(address, body, key) {
  // A code moves no money: a payer who scans it does, and the page is told of that.
  if (body.method === 'app') return (await sent(address, body, key, codes.signal)) !== 'lost';
  if (!address.includes('/attempts')) return (await sent(address, body, key)) !== 'lost';
  remember(body.method);
  forgetCode();
  doubt.sent();
  weigh();
  let answer = 'lost';
  try {
    answer = await sent(address, body, key);
  } finally {
    doubt.answered(answer);
    weigh();
  }
  return answer !== 'lost';
}

/** `done`, `refused` before anything was done, or `lost`. What `signal` gave up is lost without a word. */
async function sent(address, body, key, signal) {
  const headers = { Accept: 'application/json', 'Accept-Language': settings.lang, 'Content-Type': 'application/json' };
  if (key) headers['Idempotency-Key'] = key;
  say(words.busy);
  let answer, told;
  try {
    answer = await fetch(address, { method: 'POST', headers, body: JSON.stringify(body), signal });
    told = await answer.json();
  } catch {
    if (!signal?.aborted) alarm(false, words.networkTitle, words.networkMoney, words.networkNext);
    return 'lost';
  }
  requestId = told.requestId ?? '';
  if (answer.ok) {
    hush();
    arrived(told.data);
    await refreshing.catch(() => {});
    return 'done';
  }
  const certain = told.error?.outcome === 'none';
  alarm(certain, told.message, told.error?.money, told.error?.next);
  if (told.error?.param) Forms.refuse(told.error.param, told.message);
  await stream.ask().catch(() => {});
  return certain ? 'refused' : 'lost';
}

function alarm(certain, ...sentences) {
  const alert = document.getElementById('alert');
  if (!alert) return;
  sentences.forEach((sentence, at) => (alert.children[at].textContent = sentence));
  alert.classList.toggle('wai', !certain);
  alert.classList.toggle('bad', certain);
  alert.hidden = false;
  alert.scrollIntoView({ block: 'nearest' });
}

function hush() {
  const alert = document.getElementById('alert');
  if (alert) alert.hidden = true;
}

// ---- The code for the app ----

/** Who chooses the app wants a code, and does not have to ask for it. */
function want() {
  const form = page.querySelector('.panel[data-method="app"] form[data-pay="app"]');
  const chosen = page.querySelector('[name="m"]:checked')?.value;
  if (form && chosen === 'app' && view.status === 'open' && !document.hidden) forms.send(form);
}

/** A code that comes late would be refused to a page that pays otherwise, and say so to somebody who never asked. */
function forgetCode() {
  codes.abort();
  codes = new AbortController();
}

function ended(what) {
  if (what === 'qr' && page.querySelector('[name="m"]:checked')?.value === 'app') renew();
  else stream.ask().catch(() => countdown.forget(what));
}

/** A code that has run out makes way for a new one, as long as the session lasts and somebody looks. */
async function renew() {
  if (document.hidden) return;
  if (view.status !== 'open' || view.qr?.state !== 'waiting' || countdown.secondsTo(view.expiresAt) <= 0) return;
  const certain = await send(`${settings.base}/attempts${settings.query}`, { method: 'app' }, newKey());
  if (!certain) countdown.forget('qr');
}

// ---- The bank's page ----

/** The bank's page takes the place of the whole: of the shop's page, if that shows this one in a frame. */
function toBank(url) {
  if (embedding.away(url)) return;
  // Out of a frame with which nobody speaks the buyer's own press leads.
  if (window.parent !== window) return;
  keepWindow();
  location.assign(url);
}

/** A window that a shop opened is what it was when it comes back from the bank, whose way back does not know of it. */
function keepWindow() {
  if (!embedding.active) return;
  try {
    sessionStorage.setItem(WINDOW, JSON.stringify({ id: view.id, query: settings.query }));
  } catch {
    // A browser that keeps nothing: the shop's page asks the server when the window is closed.
  }
}

function backInWindow() {
  if (!opener || settings.embed) return;
  try {
    const kept = JSON.parse(sessionStorage.getItem(WINDOW));
    if (kept?.id === view.id) location.replace(settings.base + kept.query);
  } catch {
    // Nothing was kept here.
  }
}

// ---- Back to the shop ----

function goBackSoon() {
  const place = document.getElementById('return');
  if (!place || returning || stays || settings.embed || !view.resultUrl) return;
  const until = Date.now() + RETURN_SECONDS * 1_000;
  place.hidden = false;
  const count = () => {
    const seconds = Math.max(0, Math.ceil((until - Date.now()) / 1_000));
    const line = page.querySelector('[data-returning]');
    if (line) line.textContent = fill(words.returning, { s: seconds });
    if (seconds > 0) return;
    clearInterval(returning);
    location.assign(view.resultUrl);
  };
  returning = setInterval(count, 250);
  count();
}

function stay() {
  stays = true;
  clearInterval(returning);
  document.getElementById('return').hidden = true;
  page.querySelector('[data-testid="return-now"]')?.focus();
}

async function copy(button) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = words.copied;
    say(words.copied);
    setTimeout(() => (button.textContent = label), 2_000);
  } catch {
    say(words.copyFailed);
    const range = document.createRange();
    range.selectNodeContents(page.querySelector('.account'));
    getSelection().removeAllRanges();
    getSelection().addRange(range);
  }
}

/** The app that takes this page's place, in this tab, learns from it the number that can no longer be seen, and the way back. */
function goOnHere() {
  const { url, number } = view.qr;
  const note = { id: view.id, token: url.split('/').pop(), number, back: settings.base + settings.query };
  try {
    sessionStorage.setItem(HERE, JSON.stringify(note));
  } catch {
    // A browser that keeps nothing: the app asks for the number, and goes on to its own home.
  }
}

page.addEventListener('click', (event) => {
  const hit = (selector) => event.target.closest(selector);
  if (hit('[data-here]') && !settings.embed) goOnHere();
  if (hit('[data-bank]')) {
    if (embedding.away(hit('[data-bank]').href)) event.preventDefault();
    else keepWindow();
  }
  if (hit('[data-stay]')) stay();
  else if (hit('[data-copy]')) copy(hit('[data-copy]'));
  else if (embedding.active && hit('[data-cancel], [data-done]')) {
    event.preventDefault();
    leave();
  }
});

// The shop's dialog hears no key that is pressed in here.
addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return;
  if (!embedding.active || settings.embed !== 'overlay') return;
  // The first Esc in a search empties it.
  if (event.target.matches?.('[type="search"]') && event.target.value !== '') return;
  event.preventDefault();
  leave();
});

page.addEventListener('change', ({ target }) => {
  if (target.name !== 'm') return;
  hush();
  embedding.chose(target.value);
  if (target.value !== 'app') forgetCode();
  want();
});

// ---- What was used last ----

/** For `last-used.js`, when the next page is opened: this one keeps its order. */
function remember(method) {
  try {
    localStorage.setItem(LAST_METHOD, method);
  } catch {
    // A browser that keeps nothing for us in a frame: the list has its own order.
  }
}

let opening = true;

function health(state) {
  const pulse = document.getElementById('pulse');
  pulse.dataset.state = state;
  // A page that was just opened has lost nothing yet, and says nothing of the sort.
  pulse.hidden = opening && state === 'reconnecting';
  cut = !opening && state === 'reconnecting';
  opening = false;
  weigh();
  pulse.classList.toggle('off', state !== 'live');
  pulse.lastElementChild.textContent = { live: words.live, polling: words.polling }[state] ?? words.reconnecting;
}

backInWindow();
countdown.now = view.now;
const stream = follow(settings.base, settings.query, arrived, health);
document.addEventListener('visibilitychange', () => {
  want();
  // A code that ran out behind another tab is renewed now.
  if (!document.hidden) countdown.forget('qr');
});
addEventListener('pageshow', ({ persisted }) => persisted && Forms.renewKeys());
shown();
