// The panel "무슨 일이 일어났나": every call the shop's server makes and every event it hears, as they come.
// It never moves under somebody's hand: while a line is open, or the pointer or the focus is in the list, or it is
// scrolled, new lines wait behind a button.

import { h } from './dom.mjs';
import { on } from './shelf.mjs';
import { say, time } from './words.mjs';

const KEPT = 'shop-happening';
const LINES_MAX = 80;
const OPEN = 'shop-happening-open';

export function happening(panel) {
  const list = panel.querySelector('[data-list]');
  const state = panel.querySelector('[data-state]');
  const waitingButton = panel.querySelector('[data-waiting]');
  const pauseButton = panel.querySelector('[data-pause]');
  const clearButton = panel.querySelector('[data-clear]');
  const handle = panel.querySelector('[data-handle]');
  const empty = panel.querySelector('[data-empty]');
  let kept = remembered();
  let waiting = [];
  let paused = false;
  let connection = 'reconnecting';

  const held = () =>
    paused || list.scrollTop > 4 || list.matches(':hover') || list.contains(document.activeElement) || !!list.querySelector('details[open]');
  const insert = (entries) => {
    for (const entry of entries) list.prepend(line(entry));
    while (list.children.length > LINES_MAX) list.lastElementChild.remove();
    empty.hidden = list.children.length > 0;
  };
  const showWaiting = () => {
    waitingButton.hidden = waiting.length === 0;
    waitingButton.textContent = say('showNew', waiting.length);
    handle.dataset.count = waiting.length;
  };
  const release = () => {
    insert(waiting);
    waiting = [];
    showWaiting();
  };
  const take = (entry) => {
    kept = [...kept, entry].slice(-LINES_MAX);
    remember(kept);
    if (held() || waiting.length > 0) {
      waiting.push(entry);
      showWaiting();
    } else insert([entry]);
  };
  const showState = () => {
    const now = paused ? 'paused' : connection;
    state.dataset.state = now;
    state.lastChild.textContent = say(now);
    pauseButton.textContent = say(paused ? 'goOn' : 'pause');
    pauseButton.setAttribute('aria-pressed', String(paused));
  };

  pauseButton.addEventListener('click', () => {
    paused = !paused;
    if (!paused) release();
    showState();
  });
  waitingButton.addEventListener('click', () => {
    for (const open of list.querySelectorAll('details[open]')) open.open = false;
    list.scrollTop = 0;
    release();
    list.focus();
  });
  clearButton.addEventListener('click', () => {
    kept = [];
    waiting = [];
    remember(kept);
    list.replaceChildren();
    empty.hidden = false;
    showWaiting();
  });
  const unfold = (open) => {
    panel.dataset.open = open;
    handle.setAttribute('aria-expanded', String(open));
    sessionStorage.setItem(OPEN, open);
  };
  handle.addEventListener('click', () => unfold(panel.dataset.open !== 'true'));
  unfold(sessionStorage.getItem(OPEN) === 'true');

  on('call', (entry) => take({ kind: 'call', ...entry }));
  on('event', (entry) => take({ kind: 'event', ...entry }));
  on('stock', (entry) => take({ kind: 'stock', ...entry }));
  on('state', (next) => {
    connection = next;
    showState();
  });
  insert(kept);
  showWaiting();
  showState();
}

function line(entry) {
  const at = entry.at ?? entry.createdAt;
  const stamp = at ? h('time', { datetime: at }, time(at)) : null;
  if (entry.kind === 'stock') {
    return h('li.hp.is-stock', {}, h('div.hp-row', {}, h('i', { 'aria-hidden': 'true' }), h('b', {}, entry.sku), h('span.hp-num', {}, say('stockNow', entry.stock)), stamp));
  }
  if (entry.kind === 'event') {
    return h('li.hp.event', {}, h('details', {},
      h('summary.hp-row', {}, h('i', { 'aria-hidden': 'true' }), h('b', {}, entry.type), h('code.hp-id', {}, short(entry.objectId)), stamp),
      block(say('data'), { id: entry.id, position: entry.position, objectId: entry.objectId, version: entry.version, data: entry.data }),
    )); // prettier-ignore
  }
  const mark = entry.status >= 500 ? 'bad' : entry.status >= 400 ? 'wait' : 'ok';
  return h('li.hp.call', { data: { mark } }, h('details', {},
    h('summary.hp-row', {},
      h('code.hp-method', {}, entry.method), h('b.hp-path', {}, entry.path), h('span.hp-num', {}, h('strong', {}, entry.status), ` ${entry.ms} ms`), stamp),
    entry.idempotencyKey ? h('p.hp-key', {}, h('span', {}, 'Idempotency-Key'), h('code', {}, entry.idempotencyKey)) : null,
    block(say('request'), entry.request),
    block(say('response'), entry.response),
  )); // prettier-ignore
}

function block(title, value) {
  const text = value === undefined || value === null ? say('none') : JSON.stringify(value, null, 2);
  return h('section.hp-block', {}, h('h3', {}, title), h('pre', { tabindex: '0' }, text));
}

const short = (id = '') => (id.length > 14 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id);

function remembered() {
  try {
    return JSON.parse(sessionStorage.getItem(KEPT) ?? '[]');
  } catch {
    return [];
  }
}

function remember(entries) {
  try {
    sessionStorage.setItem(KEPT, JSON.stringify(entries));
  } catch {
    // A full storage only means that the next page starts with an empty panel.
    sessionStorage.removeItem(KEPT);
  }
}
