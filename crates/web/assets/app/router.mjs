// The routes of the app, in the hash so that one page serves all. Parsing is pure; `start` listens.

const PATHS = {
  home: '/',
  signIn: '/sign-in',
  signUp: '/sign-up',
  scan: '/scan',
  link: '/q/:token',
  confirm: '/confirm/:id',
  pin: '/confirm/:id/pin',
  cards: '/cards',
  cardNew: '/cards/new',
  topUp: '/top-up',
  topUpPin: '/top-up/pin',
  topUpDone: '/top-up/done',
  redeem: '/redeem',
  history: '/history',
  receipt: '/receipt/:id',
  settings: '/settings',
};

const ROUTES = Object.entries(PATHS).map(([name, path]) => ({ name, parts: path.split('/').slice(1) }));

function matched(parts, segments) {
  if (parts.length !== segments.length) return null;
  const params = {};
  for (const [i, part] of parts.entries()) {
    if (part.startsWith(':')) {
      if (!segments[i]) return null;
      params[part.slice(1)] = segments[i];
    } else if (part !== segments[i]) return null;
  }
  return params;
}

function decoded(text) {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** `#/confirm/cs_1/pin?x=1` → `{name:"pin", params:{id:"cs_1"}, query:{x:"1"}}`; what is unknown is `missing`. */
export function parse(hash) {
  const [path, search = ''] = hash.replace(/^#/, '').split('?');
  const segments = (path || '/').split('/').slice(1).map(decoded);
  const query = Object.fromEntries(new URLSearchParams(search));
  for (const { name, parts } of ROUTES) {
    const params = matched(parts, segments);
    if (params) return { name, params, query };
  }
  return { name: 'missing', params: {}, query };
}

/** The address of a route: the inverse of `parse`. */
export function href(name, params = {}, query = {}) {
  const path = PATHS[name].replace(/:(\w+)/g, (_, key) => encodeURIComponent(params[key]));
  const search = new URLSearchParams(Object.entries(query).filter(([, v]) => v !== undefined && v !== null)).toString();
  return `#${path}${search ? `?${search}` : ''}`;
}

/** Routes that belong to a payment under way: leaving them gives the QR back. */
const OF_A_PAYMENT = new Set(['confirm', 'pin', 'topUp', 'topUpPin', 'topUpDone', 'cardNew', 'signIn']);
export function keepsPayment(route) {
  return OF_A_PAYMENT.has(route.name);
}

// How many steps inside the app lie behind this one. It is kept with the entry, so that it outlives a reload.
let depth = 0;

function arrive() {
  depth = history.state?.depth ?? depth + 1;
  history.replaceState({ depth }, '');
}

/** Calls `onRoute(route, moved)` now and at every change; `moved` is false for the first. */
export function start(onRoute) {
  depth = history.state?.depth ?? 0;
  history.replaceState({ depth }, '');
  addEventListener('hashchange', () => {
    arrive();
    onRoute(parse(location.hash), true);
  });
  onRoute(parse(location.hash), false);
}

export function go(address) {
  if (location.hash === address) dispatchEvent(new HashChangeEvent('hashchange'));
  else location.hash = address;
}

/** Goes to an address in place of the present one, so that Back does not lead to a step that is over. */
export function replace(address) {
  history.replaceState({ depth }, '', address);
  dispatchEvent(new HashChangeEvent('hashchange'));
}

/** One step back inside the app, or to `otherwise` if the app was opened here: never out of the app. */
export function back(otherwise) {
  if (depth > 0) history.back();
  else replace(otherwise);
}
