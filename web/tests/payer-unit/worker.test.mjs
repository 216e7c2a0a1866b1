import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import test from 'node:test';
import vm from 'node:vm';

const SOURCE = readFileSync(new URL('../../../crates/web/assets/app/sw.js', import.meta.url), 'utf8');
const ORIGIN = 'https://pay.example';
const pageOf = (version) => `<script type="module" src="/assets/${version}/app/main.mjs"></script>`;

/** The worker of one version, over caches that it shares with those of others. `net`: what the network has. */
function worker(version, stores, net) {
  const listeners = {};
  const pathOf = (request) => new URL(request.url ?? request, ORIGIN).pathname;
  const open = async (name) => {
    if (!stores.has(name)) stores.set(name, new Map());
    const store = stores.get(name);
    return {
      put: async (request, response) => void store.set(pathOf(request), await response.text()),
      match: async (request) => (store.has(pathOf(request)) ? new Response(store.get(pathOf(request))) : undefined),
      addAll: async (paths) => paths.forEach((path) => store.set(path, 'asset')),
    };
  };
  const self = {
    location: new URL(`${ORIGIN}/app/sw.js?assets=${encodeURIComponent(`/assets/${version}`)}`),
    addEventListener: (type, listener) => (listeners[type] = listener),
    skipWaiting: async () => {},
  };
  const fetch = async () => {
    if (net.page === null) throw new TypeError('Failed to fetch');
    return new Response(net.page);
  };
  vm.runInNewContext(SOURCE, { self, caches: { open }, fetch, Response, URL });
  const under = async (type, event) => {
    const waits = [];
    let answer;
    listeners[type]({ ...event, waitUntil: (wait) => waits.push(wait), respondWith: (response) => (answer = response) });
    const text = answer && (await (await answer).text());
    await Promise.all(waits);
    return text;
  };
  return {
    install: () => under('install', {}),
    visit: (path = '/app/') => under('fetch', { request: { method: 'GET', mode: 'navigate', url: `${ORIGIN}${path}` } }),
  };
}
const kept = (stores, version) => stores.get(`steelyard-shell:/assets/${version}`)?.get('/app/');

test('the page is kept beside the assets it names, and opens without a network', async () => {
  const [stores, net] = [new Map(), { page: pageOf('one') }];
  const one = worker('one', stores, net);
  await one.install();
  net.page = null;
  assert.equal(await one.visit(), pageOf('one'));
});

test('the page of a newer version is shown and not kept beside the old assets', async () => {
  const [stores, net] = [new Map(), { page: pageOf('one') }];
  const one = worker('one', stores, net);
  await one.install();
  net.page = pageOf('two');
  assert.equal(await one.visit(), pageOf('two'));
  assert.equal(kept(stores, 'one'), pageOf('one'));
  net.page = null;
  assert.equal(await one.visit(), pageOf('one'));
});

test('a page as somebody wished it for the moment is not kept', async () => {
  const [stores, net] = [new Map(), { page: pageOf('one') }];
  const one = worker('one', stores, net);
  await one.install();
  net.page = `${pageOf('one')}dark`;
  await one.visit('/app/?theme=dark');
  assert.equal(kept(stores, 'one'), pageOf('one'));
  await one.visit('/app/');
  assert.equal(kept(stores, 'one'), `${pageOf('one')}dark`);
});

test('a worker is not installed over the page of another version', async () => {
  const [stores, net] = [new Map(), { page: pageOf('one') }];
  await assert.rejects(worker('two', stores, net).install(), /another version/);
  assert.equal(kept(stores, 'two'), undefined);
});
