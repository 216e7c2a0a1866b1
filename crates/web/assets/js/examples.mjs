// Each example's code is shown from the function that runs, so that the two cannot differ.

import { Steelyard } from '/sdk/v1/steelyard.mjs';
import { drawCode } from './examples-code.mjs';
import { newKey } from './key.mjs';
import { h } from '../shop/dom.mjs';
import { ask, header } from '../shop/shelf.mjs';

const korean = document.documentElement.lang !== 'en';
const say = (ko, en) => (korean ? ko : en);
const config = JSON.parse(document.querySelector('#config').textContent);
const EVENTS = ['ready', 'method', 'qr', 'scanned', 'expired', 'success', 'cancel', 'error', 'close'];

const steelyard = Steelyard(config.publishableKey, { locale: korean ? 'ko' : 'en' });
let items = [];
let product = null;

/** What a shop's own server does: it makes the order and its session, and fixes the amount. */
const yourServer = {
  createOrder: (style) => ask('orders', { items, style }),
  confirm: ({ paymentKey, orderId }) => ask('confirm', { paymentKey, orderId, items }),
};

const EXAMPLES = [
  {
    id: 'overlay',
    title: say('오버레이', 'Overlay'),
    why: say('서버가 만든 세션을 이 페이지 위에 열어요. 페이지는 그대로 남고, 프로미스가 결과를 알려 줘요. 컴퓨터의 기본이에요.', 'Opens a session of your server above this page. The page stays, and a promise tells how it ended. The default on desktops.'),
    async run({ steelyard, yourServer, watch }) {
      const { clientSecret } = await yourServer.createOrder('overlay');
      const checkout = steelyard.checkout({ clientSecret });
      watch(checkout);
      return await checkout.open({ display: 'overlay' });
    },
  },
  {
    id: 'redirect',
    title: say('전체 화면 이동', 'Redirect'),
    why: say('결제 페이지로 갔다가 돌아와요. 어떤 브라우저에서도 돼요. 휴대폰의 기본이고, 프로미스는 끝나지 않아요.', 'Goes to the checkout page and comes back. Works in every browser, is the default on phones, and its promise never ends.'),
    async run({ steelyard, yourServer }) {
      const { clientSecret } = await yourServer.createOrder('redirect');
      const checkout = steelyard.checkout({ clientSecret });
      return await checkout.open({ display: 'redirect' });
    },
  },
  {
    id: 'popup',
    title: say('팝업', 'Popup'),
    why: say('새 창에 열어요. 막히지 않게, 세션을 값 대신 함수로 넘겨서 누른 순간에 창을 열어요.', 'Opens in a new window. The session is given as a function, so that the window opens in the click itself and is not blocked.'),
    async run({ steelyard, yourServer, watch }) {
      const checkout = steelyard.checkout({
        clientSecret: async () => (await yourServer.createOrder('popup')).clientSecret,
      });
      watch(checkout);
      return await checkout.open({ display: 'popup' });
    },
  },
  {
    id: 'inline',
    title: say('페이지 안에', 'In the page'),
    why: say('요소 하나를 놓으면 그 자리에 열려요. 결과는 이벤트로 와요.', 'Put one element where you want it. The result comes as an event.'),
    async run({ yourServer, place, watch }) {
      const { clientSecret } = await yourServer.createOrder('inline');
      const element = document.createElement('steelyard-checkout');
      element.setAttribute('client-secret', clientSecret);
      watch(element);
      place.replaceChildren(element);
      return await new Promise((resolve, reject) => {
        element.addEventListener('steelyard:success', ({ detail }) => resolve(detail));
        element.addEventListener('steelyard:cancel', ({ detail }) => reject(detail));
      });
    },
  },
  {
    id: 'confirm',
    title: say('requestPayment, 서버가 확정', 'requestPayment, confirmed by the server'),
    why: say('브라우저가 먼저 인증하고, 서버가 자기 금액으로 확정해요. 확정하기 전에는 돈이 나가지 않고, 금액이 다르면 409로 거절돼요.', 'The browser authenticates, your server confirms with its own amount. No money moves before that, and another amount is refused with 409.'),
    async run({ steelyard, yourServer, product, orderId }) {
      const authenticated = await steelyard.requestPayment({
        orderId,
        orderName: product.name,
        amount: { value: product.price, currency: product.currency },
      });
      return await yourServer.confirm(authenticated);
    },
  },
  {
    id: 'resume',
    title: say('돌아온 페이지에서 resume', 'resume, on the return page'),
    why: say('페이지를 떠났다가 이 페이지로 돌아와요. 돌아오면 resume()이 어떻게 됐는지 서버에 물어봐요. 결제와 상관없는 방문이면 null이에요.', 'Leaves the page and returns to this one, where resume() asks the server how it went. On a visit that has nothing to do with a payment it is null.'),
    async run({ steelyard, product, orderId }) {
      const here = location.origin + location.pathname;
      return await steelyard.requestPayment({
        orderId,
        orderName: product.name,
        amount: { value: product.price, currency: product.currency },
        successUrl: `${here}#resume`,
        failUrl: `${here}#resume`,
      });
    },
    async back({ steelyard, yourServer }) {
      const result = await steelyard.resume();
      if (result && 'paymentKey' in result) return await yourServer.confirm(result);
      return result;
    },
  },
];

function facts(value) {
  const { code, declineCode, message, param, requestId, retryable, moneyMoved, docUrl } = value ?? {};
  const shown = value instanceof Error ? { code, declineCode, message, param, requestId, retryable, moneyMoved, docUrl } : value;
  // On one line that can break between its fields.
  return JSON.stringify(shown, null, 1).replaceAll(/\n\s*/g, ' ');
}

/** What the examples sell. */
const stocked = ask('catalog').then(({ products }) => {
  product = products.find(({ stock }) => stock > 0);
  items = product ? [{ sku: product.sku, quantity: 1 }] : [];
});

function section(example) {
  const log = h('ol.log', { role: 'log' });
  const place = h('div.place', {});
  const write = (kind, name, detail) =>
    log.append(h(`li.${kind}`, {}, h('b', {}, name), h('code', {}, detail === undefined ? '' : facts(detail))));
  /** A checkout has `on`; an element sends DOM events. */
  const watch = (source) => {
    for (const name of EVENTS) {
      if (source.on) source.on(name, (detail) => write('event', name, detail));
      else source.addEventListener(`steelyard:${name}`, ({ detail }) => write('event', `steelyard:${name}`, detail ?? undefined));
    }
  };
  const settle = async (work) => {
    log.replaceChildren();
    const orderId = `ex-${newKey().split('-')[0]}`;
    // Whoever is quick has it run as soon as there is something to buy.
    await stocked.catch(() => {});
    try {
      write('resolved', say('결과', 'resolved'), await work({ steelyard, yourServer, watch, place, product, orderId }));
    } catch (error) {
      write('rejected', say('거절', 'rejected'), error);
    }
  };
  const button = h('button.btn.p', { type: 'button', onclick: async () => {
    button.disabled = true;
    await settle(example.run);
    button.disabled = false;
  } }, say('실행', 'Run')); // prettier-ignore
  const code = [example.run, example.back].filter(Boolean).map(drawCode);
  const element = h('section.example', { id: example.id, 'aria-labelledby': `${example.id}-title` },
    h('div', {}, h('h2', { id: `${example.id}-title` }, example.title), h('p.why', {}, example.why), h('div.act', {}, button), log),
    h('pre.code', { tabindex: '0' }, h('code', {}, code.flatMap((part, i) => (i ? ['\n\n', ...part] : part)))),
    place,
  ); // prettier-ignore
  return { element, settle, write };
}

/** How a page loads the SDK and no other file, with the hash of the one that runs. */
async function loading() {
  const { version, files } = await (await fetch('/sdk/v1/integrity.json')).json();
  const tag = `<script\n  src="${location.origin}/sdk/v1/steelyard.js?${version}"\n  integrity="${files['steelyard.js']}"\n  crossorigin="anonymous"\n  defer\n></script>`;
  return h('section.example', { id: 'load', 'aria-labelledby': 'load-title' },
    h('div', {},
      h('h2', { id: 'load-title' }, say('불러오기', 'Load it')),
      h('p.why', {}, say('해시를 적어 두면 브라우저는 그 파일만 실행해요. 업그레이드하면 값이 바뀌니 /sdk/v1/integrity.json에서 다시 가져오세요.', 'With its hash, a browser runs that file and no other. An upgrade changes the value: take it anew from /sdk/v1/integrity.json.'))),
    h('pre.code', { tabindex: '0', 'data-tag': true }, h('code', {}, tag)),
  ); // prettier-ignore
}

header();
const made = new Map(EXAMPLES.map((example) => [example.id, section(example)]));
document.querySelector('[data-examples]').append(...[...made.values()].map(({ element }) => element));
loading().then((element) => document.querySelector('[data-examples]').prepend(element), () => {}); // prettier-ignore
// A page put back by the Back button would keep a button that waits for a promise of before.
addEventListener('pageshow', ({ persisted }) => persisted && location.reload());
try {
  await stocked;
  const query = new URLSearchParams(location.search);
  if (query.has('payment_key') || query.has('payment_id') || query.has('code')) {
    await made.get('resume').settle(EXAMPLES.at(-1).back);
    made.get('resume').element.scrollIntoView();
  }
} catch {
  document.querySelector('[data-status]').textContent = say('상점 서버에 닿지 못했어요. 실행하면 오류가 적혀요.', 'The shop’s server cannot be reached; running an example will log the error.');
}
