import { art } from './art.mjs';
import { beam } from './beam.mjs';
import { flash, h } from './dom.mjs';
import { happening } from './happening.mjs';
import { cart, catalog, header, hear, on } from './shelf.mjs';
import { blurb, money, nameOf, parts, say } from './words.mjs';

const ADDED_MS = 1_200;
const grid = document.querySelector('[data-products]');
const cards = new Map();

function card(product) {
  const price = h('p.price', {});
  const stock = h('p.left', {});
  const scale = beam();
  const button = h('button.btn.add', { type: 'button' });
  const root = h('li.product', { data: { art: product.art } },
    h('div.art', {}, art(product.art)),
    scale.element,
    h('div.about', {}, h('h2', {}, nameOf(product)), h('p.blurb', {}, blurb(product.art)), stock),
    h('div.buy', {}, price, button),
  ); // prettier-ignore
  let now = product;
  let timer;

  const draw = (before) => {
    const left = now.stock - (cart.items()[now.sku] ?? 0);
    const { before: sign, number, after } = parts(now.price, now.currency);
    const was = before && before.price !== now.price ? before.price : null;
    price.replaceChildren(
      ...(was ? [h('s', { 'aria-label': say('was', money(was, now.currency)) }, money(was, now.currency))] : []),
      h('span', {}, sign ? h('small', {}, sign) : '', number, after ? h('small', {}, after) : ''),
    );
    stock.replaceChildren(now.stock > 0 ? say('left', now.stock) : say('soldOut'));
    if (now.low && now.stock > 0) stock.append(h('span.tag.wai', {}, say('low')));
    root.classList.toggle('gone', now.stock === 0);
    scale.measure(now.stock, 50, say('stockScale', now.stock));
    button.disabled = left <= 0;
    if (!timer) button.textContent = say(now.stock > 0 ? 'add' : 'soldOut');
    button.setAttribute('aria-label', `${nameOf(now)}: ${say(now.stock > 0 ? 'add' : 'soldOut')}`);
  };
  button.addEventListener('click', () => {
    cart.set(now.sku, (cart.items()[now.sku] ?? 0) + 1);
    clearTimeout(timer);
    button.textContent = say('added');
    button.classList.add('done');
    timer = setTimeout(() => {
      timer = undefined;
      button.classList.remove('done');
      draw();
    }, ADDED_MS);
  });
  on('cart', () => draw());
  draw();
  return {
    root,
    update: (next) => {
      const before = now;
      now = { ...now, ...next };
      draw(before);
      if (before.price !== now.price) flash(price);
      if (before.stock !== now.stock) flash(stock);
    },
  };
}

async function show() {
  const status = document.querySelector('[data-status]');
  status.textContent = say('loading');
  try {
    const { products } = await catalog();
    status.textContent = '';
    grid.replaceChildren(
      ...products.map((product) => {
        const made = card(product);
        cards.set(product.sku, made);
        return made.root;
      }),
    );
  } catch (error) {
    status.replaceChildren(say('failed'), ' ', h('button.btn', { type: 'button', onclick: show }, say('again')));
    if (error.requestId) status.append(h('small.mono', {}, say('support', error.requestId)));
  }
}

header();
happening(document.querySelector('[data-happening]'));
on('stock', ({ sku, stock, price, low }) => cards.get(sku)?.update({ stock, price, low }));
await show();
hear();
