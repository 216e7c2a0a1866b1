// The service worker keeps the shell, so that the app opens without a network. It never keeps an answer of the API.

const ASSETS = new URL(self.location.href).searchParams.get('assets');
const CACHE = `steelyard-shell:${ASSETS}`;
const PAGE = '/app/';
const SHELL = [
  'css/tokens.css', 'css/base.css', 'css/app.css', 'vendor/htm-preact-standalone.mjs',
  'vendor/fonts/steelyard-sans-latin.woff2', 'js/card.mjs', 'js/card-name.mjs', 'js/format.mjs', 'js/key.mjs',
  'app/api.mjs', 'app/camera.mjs', 'app/explain.mjs', 'app/fields.mjs', 'app/format.mjs', 'app/here.mjs', 'app/keep.mjs', 'app/keypad.mjs', 'app/lines.mjs', 'app/main.mjs',
  'app/payment.mjs', 'app/qr-link.mjs', 'app/router.mjs', 'app/screen-cards.mjs', 'app/screen-confirm.mjs', 'app/screen-history.mjs',
  'app/screen-home.mjs', 'app/screen-outcome.mjs', 'app/screen-redeem.mjs', 'app/screen-scan.mjs', 'app/screen-settings.mjs',
  'app/screen-sign.mjs', 'app/screen-top-up.mjs', 'app/state.mjs', 'app/texts.mjs', 'app/top-up.mjs', 'app/ui.mjs',
];

async function install() {
  const cache = await caches.open(CACHE);
  await cache.addAll(SHELL.map((path) => `${ASSETS}/${path}`));
  const response = await fetch(PAGE);
  // Another version's page, while a new one is brought out on several servers: the next visit tries again.
  if (!(await keep(response))) throw new Error('the page is of another version');
  await self.skipWaiting();
}

async function activate() {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith('steelyard-shell:') && name !== CACHE).map((name) => caches.delete(name)));
  await self.clients.claim();
}

/** Keeps the page if the shell that is kept is its own: with another one it would stay blank. */
async function keep(response) {
  if (!response.ok || !(await response.clone().text()).includes(`${ASSETS}/`)) return false;
  await (await caches.open(CACHE)).put(PAGE, response.clone());
  return true;
}

/** The page from the network, so that a new version arrives; from the cache without one. */
async function page(event) {
  try {
    const response = await fetch(event.request);
    // An address with ?lang or ?theme is somebody's wish of the moment and not the page to keep.
    if (!new URL(event.request.url).search) event.waitUntil(keep(response.clone()).catch(() => {}));
    return response;
  } catch {
    return (await (await caches.open(CACHE)).match(PAGE)) ?? Response.error();
  }
}

/** An asset never changes under its address. */
async function asset(request) {
  const hit = await caches.match(request);
  if (hit) return hit;
  const response = await fetch(request);
  if (response.ok && request.url.includes(ASSETS)) await (await caches.open(CACHE)).put(request, response.clone());
  return response;
}

self.addEventListener('install', (event) => event.waitUntil(install()));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('fetch', (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin) return;
  if (url.pathname.startsWith('/app/api/')) return;
  if (url.pathname === PAGE && request.mode === 'navigate') event.respondWith(page(event));
  else if (url.pathname.startsWith('/assets/')) event.respondWith(asset(request));
});
