import { Steelyard } from '/sdk/v1/steelyard.mjs';
import { art } from './art.mjs';
import { h } from './dom.mjs';
import { happening } from './happening.mjs';
import { ask, cart, catalog, header, hear, on } from './shelf.mjs';
import { LANG, money, nameOf, parts, say, to } from './words.mjs';

const STYLE = 'shop-style';
const page = document.querySelector('[data-cart]');
const lines = page.querySelector('[data-lines]');
const sums = page.querySelector('[data-sums]');
const pay = page.querySelector('[data-pay]');
const note = page.querySelector('[data-note]');
const place = page.querySelector('[data-inline]');
const empty = page.querySelector('[data-empty-cart]');
const styles = page.querySelector('[data-styles]');
let products = new Map();
let steelyard;
// The order of this cart, as long as nothing in it changed: trying again reserves no stock twice.
let made = null;
let paying = false;

const chosen = () =>
  Object.entries(cart.items())
    .map(([sku, quantity]) => ({ product: products.get(sku), quantity }))
    .filter(({ product }) => product);
/** What this cart may hold: what is left, and what its own order already keeps for it. */
const available = ({ sku, stock }) => stock + (made?.items.find((item) => item.sku === sku)?.quantity ?? 0);
const amountOf = (items) => items.reduce((sum, { product, quantity }) => sum + product.price * quantity, 0);

function tell(kind, ...what) {
  note.className = kind ? `note ${kind}` : 'note';
  note.replaceChildren(...what.map((part) => (typeof part === 'string' ? h('p', {}, part) : part)));
}

function row({ product, quantity }) {
  const { sku, price, currency } = product;
  const stock = available(product);
  const name = nameOf(product);
  const step = (by, label, sign) =>
    h('button.step', { type: 'button', 'aria-label': label, disabled: by > 0 && quantity >= stock, data: { step: `${sku}${by}` }, onclick: () => cart.set(sku, quantity + by) }, sign); // prettier-ignore
  return h('li.line', { data: { art: product.art } },
    h('div.thumb', {}, art(product.art)),
    h('div.what', {}, h('b', {}, name), h('span', {}, money(price, currency)),
      product.low || quantity >= stock ? h('span.tag.wai', {}, say('left', stock)) : null),
    h('div.steps', { role: 'group', 'aria-label': say('quantity', name) },
      step(-1, say('fewer', name), '−'), h('output', {}, quantity), step(1, say('more', name), '+')),
    h('b.cost', {}, money(price * quantity, currency)),
    h('button.drop', { type: 'button', 'aria-label': say('removeOf', name), onclick: () => cart.set(sku, 0) }, say('remove')),
  ); // prettier-ignore
}

function draw() {
  const focused = document.activeElement?.dataset?.step;
  for (const { product, quantity } of chosen()) {
    const stock = available(product);
    if (quantity <= stock) continue;
    tell('wait', `${nameOf(product)}: ${stock === 0 ? say('soldOut') : say('onlyLeft', stock)}`);
    cart.set(product.sku, stock);
    return;
  }
  const items = chosen();
  const currency = items[0]?.product.currency;
  const amount = amountOf(items);
  lines.replaceChildren(...items.map(row));
  page.dataset.empty = items.length === 0;
  empty.hidden = items.length > 0;
  const { before, number, after } = parts(amount, currency);
  sums.replaceChildren(
    h('dt', {}, say('total')),
    h('dd.hero', {}, before ? h('small', {}, before) : '', number, after ? h('small', {}, after) : ''),
    h('dd.vat', {}, say('vat', money(Math.round(amount / 11), currency))),
  );
  pay.textContent = say('pay', money(amount, currency));
  pay.disabled = items.length === 0;
  if (focused) lines.querySelector(`[data-step="${CSS.escape(focused)}"]`)?.focus();
}

const style = () => styles.querySelector('input:checked').value;

async function order() {
  const items = Object.entries(cart.items()).map(([sku, quantity]) => ({ sku, quantity }));
  // How the checkout is shown is no part of the order: with another one it is the same stock.
  const key = JSON.stringify([items, amountOf(chosen())]);
  if (made?.key === key) return made.order;
  try {
    made = { key, items, order: await ask('orders', { items, style: style() }) };
  } catch (error) {
    // Stock or a price moved between the look and the order: show what is true now.
    if (error.status === 409) await refresh();
    throw error;
  }
  return made.order;
}

function finished() {
  const { number } = made.order;
  cart.clear();
  location.assign(to(`/shop/order/${encodeURIComponent(number)}`));
}

/** Money first, then what happens next, then what to press. */
function failed(error) {
  const number = made?.order.number;
  const look = number
    ? h('a.btn', { href: to(`/shop/order/${encodeURIComponent(number)}`) }, say('seeOrder'))
    : null;
  const reference = error.requestId ? h('p.mono', {}, say('support', error.requestId)) : null;
  if (error.code === 'USER_CANCELED') {
    if (error.moneyMoved === 'unknown') tell('wait', say('canceledUnknown'), look);
    else tell('', say('canceled'));
    return;
  }
  if (['SESSION_EXPIRED', 'ALREADY_PAID', 'AMOUNT_MISMATCH'].includes(error.code)) made = null;
  const unsure = error.moneyMoved === 'unknown';
  const parts = [error.message, say(unsure ? 'maybeMoney' : 'noMoney'), unsure ? look : null, reference];
  tell('bad', ...parts.filter(Boolean));
}

async function checkout() {
  const display = style();
  paying = true;
  pay.disabled = true;
  tell('');
  try {
    if (display === 'inline') {
      pay.textContent = say('opening');
      await inPage((await order()).clientSecret);
    } else {
      // A function, not a secret: a popup has to open in the click itself, before the order is there.
      const session = steelyard.checkout({ clientSecret: async () => (await order()).clientSecret });
      await session.open({ display });
    }
    finished();
  } catch (error) {
    paying = false;
    failed(error.cause?.code ? error.cause : error);
    draw();
  }
}

function inPage(clientSecret) {
  const session = steelyard.checkout({ clientSecret });
  place.hidden = false;
  session.mount(place);
  place.scrollIntoView({ block: 'nearest' });
  return session.open().finally(() => {
    session.unmount();
    place.hidden = true;
  });
}

/** Back from the checkout without having paid: said once, and not again when the page is loaded anew. */
async function comeBack() {
  try {
    await steelyard.resume();
  } catch (error) {
    failed(error);
  }
  const address = new URL(location.href);
  for (const name of ['code', 'order_id']) address.searchParams.delete(name);
  history.replaceState(null, '', address);
}

async function refresh() {
  const answer = await catalog();
  products = new Map(answer.products.map((product) => [product.sku, product]));
  steelyard ??= Steelyard(answer.publishableKey, { locale: LANG });
  draw();
}

const remembered = styles.querySelector(`input[value="${CSS.escape(localStorage.getItem(STYLE) ?? '')}"]`);
if (remembered) remembered.checked = true;
styles.addEventListener('change', () => localStorage.setItem(STYLE, style()));
pay.addEventListener('click', checkout);
header();
happening(document.querySelector('[data-happening]'));
on('cart', () => paying || draw());
on('stock', (change) => {
  const product = products.get(change.sku);
  if (!product) return;
  Object.assign(product, { stock: change.stock, price: change.price, low: change.low });
  // While somebody pays, the order stands as it is.
  if (!paying) draw();
});
try {
  await refresh();
  await comeBack();
} catch (error) {
  tell('bad', say('failed'), h('button.btn', { type: 'button', onclick: () => location.reload() }, say('again')));
}
hear();
