// The shop's state in this page: the catalogue, the cart (shared by the tabs of a browser) and what the server tells.

import { live } from '../js/live.mjs';
import { LANG, say } from './words.mjs';

const CART = 'shop-cart';
const LOG_LAST = 'shop-happening-last';
const QUANTITY_MAX = 20;

export class ShopError extends Error {
  constructor(status, body) {
    super(body?.message || String(status));
    this.status = status;
    this.code = body?.code ?? 'NETWORK';
    this.requestId = body?.requestId ?? '';
    // What nobody has answered may have been done.
    this.outcome = body?.error?.outcome ?? (status >= 400 && status < 500 ? 'none' : 'unknown');
  }
}

/** Asks the shop's server; answers `data`, whether or not it comes in the envelope. */
export async function ask(path, body, headers = {}) {
  const init = { headers: { Accept: 'application/json', 'Accept-Language': LANG, ...headers } };
  if (body !== undefined) {
    init.method = 'POST';
    init.body = JSON.stringify(body);
    init.headers['Content-Type'] = 'application/json';
  }
  const answer = await fetch(`/shop/api/${path}`, init).catch(() => null);
  const said = await answer?.json().catch(() => null);
  if (!answer?.ok || !said) {
    const message = said?.error?.message ?? said?.message ?? say('noAnswer');
    throw new ShopError(answer?.status ?? 0, { ...said, message });
  }
  return 'data' in said && 'code' in said ? said.data : said;
}

export const catalog = () => ask('catalog');

export const cart = {
  /** @returns {Record<string, number>} quantity by sku, in the order things were put in */
  items() {
    try {
      const stored = JSON.parse(localStorage.getItem(CART) ?? '{}');
      return Object.fromEntries(Object.entries(stored).filter(([, n]) => Number.isInteger(n) && n > 0));
    } catch {
      return {};
    }
  },
  set(sku, quantity) {
    const items = this.items();
    if (quantity > 0) items[sku] = Math.min(quantity, QUANTITY_MAX);
    else delete items[sku];
    localStorage.setItem(CART, JSON.stringify(items));
    changed();
  },
  clear() {
    localStorage.removeItem(CART);
    changed();
  },
  count() {
    return Object.values(this.items()).reduce((sum, n) => sum + n, 0);
  },
};

const hub = new EventTarget();
const changed = () => hub.dispatchEvent(new Event('cart'));
addEventListener('storage', (event) => event.key === CART && changed());

/** @param {'cart' | 'stock' | 'call' | 'event' | 'state'} kind */
export function on(kind, listener) {
  hub.addEventListener(kind, (event) => listener(event.detail));
}

/** Starts to hear the server. Each page goes on after what this tab has already shown. */
export function hear() {
  const tell = (kind, detail) => hub.dispatchEvent(new CustomEvent(kind, { detail }));
  const options = { types: ['call', 'event', 'stock'], after: sessionStorage.getItem(LOG_LAST) ?? '' };
  return live(
    '/shop/api/happening',
    ({ id, type, data }) => {
      if (id) sessionStorage.setItem(LOG_LAST, id);
      try {
        tell(type, { id, ...JSON.parse(data) });
      } catch {
        // One line that is no JSON must not end the telling.
      }
    },
    (state) => tell('state', state),
    options,
  );
}

/** What every page's header needs: the number beside the cart, and the other language at this same place. */
export function header() {
  for (const link of document.querySelectorAll('[data-tongue]')) {
    const there = new URL(location.href);
    there.searchParams.set('lang', link.lang);
    link.href = there.href;
  }
  const show = () => {
    const count = cart.count();
    for (const badge of document.querySelectorAll('[data-cart-count]')) {
      badge.textContent = count;
      badge.hidden = count === 0;
    }
  };
  on('cart', show);
  show();
}
