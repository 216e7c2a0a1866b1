// A shop's server that lives in memory, with a checkout page of its own, to look at the shop and to test the SDK in a
// browser without the platform. It renders the templates with the few words they need, and sends the platform's policy.
//
//   node web/tests/mock-shop.mjs [port]        then http://127.0.0.1:<port>/shop
import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { extname } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../crates/web/', import.meta.url);
const TYPES = { '.mjs': 'text/javascript', '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.ts': 'text/plain' };
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors ";
const PING_MS = 15_000;

const goods = () => [
  { id: 'prd_1', sku: 'hallabong', name: '한라봉 3kg', nameEn: 'Hallabong, 3 kg', price: 36000, stock: 14, art: 'hallabong' },
  { id: 'prd_2', sku: 'tangerine', name: '제주 감귤 5kg', nameEn: 'Jeju tangerines, 5 kg', price: 19800, stock: 42, art: 'tangerine' },
  { id: 'prd_3', sku: 'barley', name: '볶은 보리차 500g', nameEn: 'Roasted barley tea, 500 g', price: 8900, stock: 31, art: 'barley' },
  { id: 'prd_4', sku: 'cup', name: '분청 도자기 잔', nameEn: 'Buncheong stoneware cup', price: 28000, stock: 3, art: 'cup' },
  { id: 'prd_5', sku: 'sesame', name: '저온 압착 참기름 300ml', nameEn: 'Cold-pressed sesame oil', price: 24500, stock: 18, art: 'sesame' },
  { id: 'prd_6', sku: 'book', name: '저울의 역사', nameEn: 'A History of Scales', price: 17000, stock: 0, art: 'book' },
].map((product) => ({ ...product, currency: 'KRW', low: product.stock <= 5 })); // prettier-ignore

export function mockShop() {
  const products = goods();
  const orders = new Map();
  const log = [];
  const listeners = new Set();
  const mode = { hello: true };

  const tell = (event, data) => {
    const entry = { id: log.push(null), event, data };
    log[entry.id - 1] = entry;
    for (const listener of listeners) send(listener, entry);
  };
  const call = (method, path, status, request, response, more = {}) =>
    tell('call', { at: new Date().toISOString(), method, path, status, ms: 12 + (path.length % 40), request, response, ...more });
  const happened = (type, objectId, data) =>
    tell('event', { position: log.length + 1, type, objectId, version: 1, createdAt: new Date().toISOString(), data });
  const change = (sku, facts) => {
    const product = products.find((other) => other.sku === sku);
    Object.assign(product, facts, { low: (facts.stock ?? product.stock) <= 5 });
    tell('stock', { sku, stock: product.stock, price: product.price, low: product.low });
  };
  const envelope = (data) => ({ code: 'OK', message: 'OK', data, requestId: 'req_mock' });
  const refusal = (code, message, facts = {}) => ({ code, message, data: null, error: { type: 'conflict', message, retryable: false, outcome: 'none', docUrl: `/docs/errors#${code}`, ...facts }, requestId: 'req_mock' });
  const bySecret = (secret) => [...orders.values()].find((order) => order.clientSecret === secret);

  const pay = (order, status = 'paid') => {
    order.status = status;
    order.receiptAt = new Date().toISOString();
    order.payment = { method: 'card', card: { brand: 'visa', issuer: '신한', last4: '4242', installmentMonths: 0 }, approvalNumber: '30117742' };
    happened('payment.captured', order.paymentId, { amount: order.amount, status: 'captured' });
    happened('order.paid', order.orderId, { number: order.number });
    call('GET', `/v1/payments/${order.paymentId}`, 200, null, { id: order.paymentId, status: 'captured', amount: order.amount });
  };
  const make = ({ items }, origin) => {
    const lines = items.map(({ sku, quantity }) => {
      const product = products.find((other) => other.sku === sku);
      return { product, name: product.name, quantity, amount: product.price * quantity };
    });
    const short = lines.find(({ product, quantity }) => product.stock < quantity);
    if (short) {
      call('POST', '/v1/orders', 409, { lines: items }, { code: 'OUT_OF_STOCK' });
      return [409, refusal('OUT_OF_STOCK', `${short.name}: ${short.product.stock}개만 남았어요.`)];
    }
    const n = 1000 + orders.size + 1;
    const order = {
      orderId: `ord_01jd8mock${n}`, paymentId: `pay_01jd8mock${n}`, number: `S-${n}`,
      clientSecret: `cs_01jd8mock${n}_secret_${n}`, status: 'open', currency: 'KRW',
      amount: lines.reduce((sum, line) => sum + line.amount, 0),
      lines: lines.map(({ name, quantity, amount }) => ({ name, quantity, amount })), payment: null, receiptAt: null, confirmedBy: 'server',
    }; // prettier-ignore
    order.url = `${origin}/c/${order.clientSecret}`;
    orders.set(order.number, order);
    call('POST', '/v1/orders', 201, { merchantOrderId: order.number, lines: items }, { id: order.orderId, totalAmount: order.amount }, { idempotencyKey: `shop-${order.number}` });
    call('POST', '/v1/checkout/sessions', 201, { orderId: order.orderId, successUrl: `${origin}/shop/return?order=${order.number}` }, { id: 'cs_01jd8mock', clientSecret: 'cs_…_secret_…' }, { idempotencyKey: `shop-${order.number}-cs` });
    happened('order.created', order.orderId, { number: order.number, amount: order.amount });
    for (const { product, quantity } of lines) change(product.sku, { stock: product.stock - quantity });
    return [201, envelope(order)];
  };

  async function render(name, url) {
    const asked = url.searchParams.get('lang');
    const words = { lang: asked === 'en' ? 'en' : 'ko', theme: url.searchParams.get('theme') ?? '', assets: '/assets/0', config: JSON.stringify({ publishableKey: 'pk_test_mock', shop: '/shop' }) };
    const template = (file) => readFile(new URL(`templates/${file}`, ROOT), 'utf8');
    const own = await template(`${name}.html`);
    const [, layout] = own.match(/{% extends "([^"]+)" %}/) ?? [];
    const BLOCKS = /{% block (\w+) %}([\s\S]*?){% endblock %}/g;
    const blocks = new Map([...own.matchAll(BLOCKS)].map(([, block, text]) => [block, text]));
    const whole = layout ? (await template(layout)).replace(BLOCKS, (_, block, otherwise) => blocks.get(block) ?? otherwise) : own;
    return whole
      .replace(/{% if lang == "ko" %}([\s\S]*?){% else %}([\s\S]*?){% endif %}/g, (_, ko, en) => (words.lang === 'ko' ? ko : en))
      .replace(/{{ (\w+)(?:\|safe)? }}/g, (_, word) => words[word]);
  }

  async function handle(request, response) {
    const origin = `http://${request.headers.host}`;
    const url = new URL(request.url, origin);
    const path = url.pathname;
    const reply = (status, body, type = 'application/json', headers = {}) => {
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      response.writeHead(status, { 'Content-Type': `${type}; charset=utf-8`, 'Cache-Control': 'no-store', 'Access-Control-Allow-Origin': '*', ...headers });
      response.end(text);
    };
    const html = async (name, ancestors = "'none'") => reply(200, await render(name, url), 'text/html', { 'Content-Security-Policy': POLICY + ancestors });
    const body = async () => {
      let text = '';
      for await (const chunk of request) text += chunk;
      return text ? JSON.parse(text) : {};
    };
    if (request.method === 'OPTIONS') return reply(204, '', 'text/plain', { 'Access-Control-Allow-Headers': '*' });
    if (path === '/shop' || path === '/shop/') return html('shop/products');
    if (path === '/shop/cart') return html('shop/cart');
    if (path.startsWith('/shop/order/') || path === '/shop/return') return html('shop/order');
    if (path === '/examples') return html('examples');
    if (path === '/shop/api/catalog') return reply(200, envelope({ products, publishableKey: 'pk_test_mock' }));
    if (path === '/shop/api/happening') return stream(request, response, url);
    if (path === '/shop/api/orders') return reply(...make(await body(), origin));
    const asked = path.match(/^\/shop\/api\/orders\/([^/]+)(\/\w+)?$/);
    if (asked) {
      const order = orders.get(asked[1]);
      if (!order) return reply(404, refusal('NOT_FOUND', '없어요'));
      if (asked[2] === '/refund') {
        order.status = 'refunded';
        call('POST', `/v1/orders/${order.orderId}/refunds`, 201, { reason: '구매자 요청' }, { id: 'ref_01jd8mock', amount: order.amount });
        happened('payment.refunded', order.paymentId, { refundedAmount: order.amount });
      }
      return reply(200, envelope(order));
    }
    if (path === '/shop/api/confirm') {
      const { paymentKey, orderId, items } = await body();
      const amount = items.reduce((sum, { sku, quantity }) => sum + products.find((other) => other.sku === sku).price * quantity, 0);
      if (orders.get(orderId)?.amount !== amount) return reply(409, refusal('AMOUNT_MISMATCH', '금액이 달라요.'));
      call('POST', '/v1/payments/confirm', 200, { paymentKey, merchantOrderId: orderId, amount }, { status: 'captured' });
      return reply(200, envelope({ status: 'paid', number: orderId, paymentId: 'pay_confirmed' }));
    }
    if (path === '/v1/checkout/sessions') {
      const wish = await body();
      const order = { number: wish.merchantOrderId, orderId: 'ord_b', clientSecret: `cs_b${orders.size}_secret_${crypto.randomUUID()}`, status: 'open', amount: wish.amount, currency: wish.currency, purpose: 'authenticate', lines: [], payment: null, successUrl: wish.successUrl };
      orders.set(order.number, order);
      return reply(201, envelope({ id: 'cs_b', clientSecret: order.clientSecret }));
    }
    const session = path.match(/^\/c\/([^/]+)(\/\w+)?$/);
    if (session) {
      const order = bySecret(session[1]);
      if (session[2] === '/state') return order ? reply(200, envelope(viewOf(order))) : reply(404, refusal('NOT_FOUND', '없어요'));
      if (session[2] === '/pay') {
        if (order.purpose === 'authenticate') order.status = 'authenticated';
        else pay(order);
        return reply(200, envelope(viewOf(order)));
      }
      if (!mode.hello) return reply(200, '<!doctype html><title>silent</title>', 'text/html');
      const page = await readFile(new URL('sdk/checkout.html', import.meta.url), 'utf8');
      return reply(200, page.replace('{{ amount }}', order?.amount ?? ''), 'text/html', { 'Content-Security-Policy': `${POLICY}*` });
    }
    if (path === '/sdk/v1/integrity.json') return reply(200, { version: '0', files: { 'steelyard.js': 'sha384-mock' } });
    if (path === '/checkout.mjs') return reply(200, await readFile(new URL('sdk/checkout.mjs', import.meta.url), 'utf8'), 'text/javascript');
    const asset = path.startsWith('/assets/0/') ? path.slice('/assets/0/'.length) : path.startsWith('/sdk/v1/') ? `sdk/${path.slice('/sdk/v1/'.length)}` : null;
    if (!asset || asset.includes('..')) return reply(404, 'not found', 'text/plain');
    const text = await readFile(new URL(`assets/${asset}`, ROOT), 'utf8').catch(() => null);
    return text === null ? reply(404, 'not found', 'text/plain') : reply(200, text, TYPES[extname(asset)] ?? 'text/plain');
  }

  const viewOf = (order) => ({
    id: 'cs', status: order.status === 'refunded' ? 'paid' : order.status,
    order: { id: order.orderId, merchantOrderId: order.number, amount: order.amount }, payment: order.payment && { ...order.payment, id: order.paymentId },
    paymentKey: order.status === 'authenticated' ? 'att_mock' : null, failure: null, resultUrl: order.successUrl ? back(order) : `/shop/return?order=${order.number}&payment_id=${order.paymentId}&order_id=${order.number}&signature=x`,
  }); // prettier-ignore
  const back = (order) => {
    const there = new URL(order.successUrl);
    for (const [name, value] of Object.entries({ payment_key: 'att_mock', order_id: order.number, signature: 'x' })) there.searchParams.set(name, value);
    return there.href;
  };
  const send = (response, { id, event, data }) => response.write(`id: ${id}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  const stream = (request, response, url) => {
    const after = Number(url.searchParams.get('after') ?? request.headers['last-event-id'] ?? 0);
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
    response.write(': hello\n\n');
    for (const entry of log.slice(after)) send(response, entry);
    listeners.add(response);
    const ping = setInterval(() => response.write(': ping\n\n'), PING_MS);
    request.on('close', () => {
      clearInterval(ping);
      listeners.delete(response);
    });
    return response;
  };

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error.stack));
    });
  });
  return { server, products, orders, mode, streams: () => listeners.size, change, pay, call, happened };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { server } = mockShop();
  server.listen(Number(process.argv[2] ?? 4173), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/shop`));
}
