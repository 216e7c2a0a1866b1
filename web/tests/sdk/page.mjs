// A page small enough to see through: what of the DOM the SDK touches, and a checkout page that says what a test tells
// it to. The file that merchants load runs in it, not its source.
import { readFileSync } from 'node:fs';
import vm from 'node:vm';

const SDK = readFileSync(new URL('../../../crates/web/assets/sdk/steelyard.js', import.meta.url), 'utf8');
export const HOST = 'https://pay.example';
export const SECRET = 'cs_01abc_secret_xyz-9';

/** Until what is on its way over ports has come and was answered: a message of our own goes the same way, and back. */
const settled = () =>
  new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port2.onmessage = () => port2.postMessage('back');
    port1.onmessage = () => {
      port1.close();
      setImmediate(resolve);
    };
    port1.postMessage('there');
  });

class Node extends EventTarget {
  style = {};
  attributes = {};
  children = [];
  parent = null;
  isConnected = true;
  setAttribute(name, value) {
    this.attributes[name] = String(value);
  }
  getAttribute(name) {
    return this.attributes[name] ?? null;
  }
  append(...nodes) {
    for (const node of nodes) {
      this.children.push(node);
      if (node instanceof Node) node.parent = this;
    }
  }
  remove() {
    if (this.parent) this.parent.children = this.parent.children.filter((node) => node !== this);
    this.parent = null;
  }
  attachShadow() {
    this.shadowRoot = new Node();
    this.shadowRoot.parent = this;
    this.children.push(this.shadowRoot);
    return this.shadowRoot;
  }
  focus() {
    this.focused = true;
  }
  animate() {
    this.animated = true;
  }
  showModal() {
    this.open = true;
  }
  close() {
    this.open = false;
    this.onclose?.();
  }
}

/** @param options url, userAgent, queries (media queries that match), answers (path → [status, body]) */
export function page(options = {}) {
  const { url = 'https://shop.example/cart', userAgent = 'Desktop', queries = [], answers = {} } = options;
  const seen = { assigned: [], requests: [], posted: [], frames: [], popups: [], reported: [], timers: [] };
  const window = new EventTarget();
  const store = new Map(Object.entries(options.store ?? {}));
  const windowOf = () => ({
    closed: false,
    close() {
      this.closed = true;
    },
    postMessage(data, origin, [port] = []) {
      seen.posted.push({ data, origin });
      seen.port = port;
      port.onmessage = (event) => (seen.heard ??= []).push(event.data);
    },
  });
  const make = (name) => {
    const node = new Node();
    node.name = name;
    if (name === 'iframe') {
      node.contentWindow = windowOf();
      seen.frames.push(node);
    }
    if (name === 'dialog') seen.dialog = node;
    return node;
  };
  const body = new Node();
  const defined = new Map();
  Object.assign(window, {
    document: {
      currentScript: { src: `${HOST}/sdk/v1/steelyard.js` },
      documentElement: Object.assign(new Node(), { lang: options.lang ?? 'ko', clientWidth: 985 }),
      body,
      createElement: make,
      querySelector: (selector) => (selector === '#pay' ? body : null),
    },
    location: Object.assign(new URL(url), { assign: (to) => seen.assigned.push(to) }),
    navigator: { userAgent, language: 'ko' },
    matchMedia: (query) => ({ matches: queries.some((part) => query.includes(part)) }),
    sessionStorage: {
      getItem: (key) => store.get(key) ?? null,
      setItem: (key, value) => store.set(key, value),
      removeItem: (key) => store.delete(key),
    },
    fetch: async (to, init) => {
      seen.requests.push({ to, ...init });
      const [status, answer] = answers[new URL(to).pathname] ?? answers['*'] ?? [];
      if (!status) throw new TypeError('Failed to fetch');
      return { ok: status < 400, status, json: async () => answer };
    },
    open: () => {
      if (options.popupBlocked) return null;
      const opened = windowOf();
      seen.popups.push(opened);
      return opened;
    },
    setTimeout: (run, ms) => seen.timers.push({ run, ms }),
    clearTimeout: (id) => id && delete seen.timers[id - 1],
    setInterval: (run) => (seen.interval = run),
    clearInterval: () => (seen.interval = null),
    customElements: { get: (name) => defined.get(name), define: (name, type) => defined.set(name, type) },
    HTMLElement: Node,
    CustomEvent,
    MessageChannel,
    URL,
    URLSearchParams,
    // As on http of a local network, which is no secure context: there is no `randomUUID`.
    crypto: { getRandomValues: (numbers) => crypto.getRandomValues(numbers) },
    queueMicrotask,
    innerWidth: 1000,
    reportError: (error) => seen.reported.push(error),
  });
  window.globalThis = window;
  for (const name of ['addEventListener', 'removeEventListener', 'dispatchEvent']) window[name] = window[name].bind(window);
  const context = vm.createContext(window);
  vm.runInContext(SDK, context);

  const hello = async (overrides = {}) => {
    await settled();
    const source = seen.popups.at(-1) ?? seen.frames.at(-1).contentWindow;
    const event = new Event('message');
    window.dispatchEvent(Object.assign(event, { origin: HOST, source, data: { steelyard: 1, type: 'hello' }, ...overrides }));
  };
  const say = async (message) => {
    seen.port.postMessage(message);
    await settled();
  };
  return {
    Steelyard: window.Steelyard,
    Element: defined.get('steelyard-checkout'),
    window,
    body,
    store,
    seen,
    hello,
    say,
    tick: settled,
    /** What the checkout page has been told over the port. */
    heard: async () => (await settled(), seen.heard ?? []),
    expire: () => seen.timers.forEach((timer) => timer.run()),
    end: () => seen.port?.close(),
  };
}

export const view = (facts) => ({
  status: 'open',
  order: { id: 'ord_1', merchantOrderId: 'shop-1', amount: 36000 },
  payment: null,
  failure: null,
  ...facts,
});
