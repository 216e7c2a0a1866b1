// The server that specs start: it survives what they do to it, and its books are proven.
import { access, copyFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

import { Api } from '../fixtures/api.mjs';
import { Server } from '../fixtures/server.mjs';
import { Cut } from '../fixtures/tcp-cut.mjs';
import { expect, test, usesServer } from '../fixtures/test.mjs';

const here = usesServer();
const CARD = { type: 'card', card: { number: '4242424242424242', expiryMonth: 12, expiryYear: 2049 } };

test('a payment outlives kill -9, and the same key finds it', async () => {
  const { server, api } = here;
  const order = await api.order({ amount: 4_500 });
  const first = await api.post('/v1/payments', { orderId: order.id, method: CARD }, { key: 'pay-once' });
  await server.kill();
  await expect(api.get(`/v1/payments/${first.id}`)).rejects.toThrow();
  await server.restart();
  const again = await api.call('POST', '/v1/payments', { orderId: order.id, method: CARD }, { key: 'pay-once' });
  expect(again.data.id).toBe(first.id);
  expect(again.headers.get('idempotent-replayed')).toBe('true');
  const report = await server.verify();
  expect(report.checks.length).toBeGreaterThan(10);
});

test('a refusal has its code and its status', async () => {
  const answer = await here.api.call('POST', '/v1/orders', { lines: [] });
  expect(answer.status).toBe(400);
  expect(answer.data).toBeNull();
  await expect(here.api.post('/v1/orders', { lines: [] })).rejects.toThrow(/400/);
});

test('books that were altered are not passed over', async () => {
  const server = await Server.start();
  const api = new Api(server);
  const order = await api.order({ amount: 9_000 });
  await api.post('/v1/payments', { orderId: order.id, method: CARD });
  await server.stop();
  // The acquirer's book of another world: it knows nothing of the payment.
  const book = join(server.data, 'acquirer.db');
  const other = await Server.start();
  await other.stop();
  for (const beside of ['-wal', '-shm']) await rm(`${book}${beside}`, { force: true });
  await copyFile(join(other.data, 'acquirer.db'), book);
  await expect(server.verify()).rejects.toThrow(/acquirer\.book/);
  await other.close();
  await expect(server.close()).rejects.toThrow(/acquirer\.book/);
  await expect(access(server.folder)).rejects.toThrow();
});

test('a demonstration goes on as a server, with its history', async () => {
  const server = await Server.start({ kind: 'demo' });
  const api = new Api(server);
  const before = (await api.get('/v1/payments')).items.length;
  expect(before).toBeGreaterThan(0);
  await server.kill();
  await server.restart();
  expect((await api.get('/v1/payments')).items.length).toBe(before);
  await server.close();
});

test('the proxy cuts one stream and leaves the rest', async ({ page, watch }) => {
  watch.expect(/favicon/);
  const cut = await Cut.before(here.server.url);
  const api = new Api({ url: cut.url, secretKey: here.server.secretKey });
  const stream = await fetch(`${cut.url}/v1/events/stream`, { headers: { Authorization: `Bearer ${api.key}` } });
  const reader = stream.body.getReader();
  expect(cut.open(/events\/stream/)).toBe(1);
  await api.order();
  let said = '';
  const read = async () => {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return 'ended';
      said += Buffer.from(value).toString();
      if (said.includes('order.created')) return 'heard';
    }
  };
  expect(await read()).toBe('heard');
  expect(cut.refuse(/events\/stream/)).toBe(1);
  await expect(reader.read().then(({ done }) => (done ? Promise.reject(new Error('ended')) : read()))).rejects.toThrow();
  await expect(fetch(`${cut.url}/v1/events/stream`)).rejects.toThrow();
  expect((await api.order()).id).toMatch(/^ord_/);
  cut.heal();
  const healed = await fetch(`${cut.url}/v1/events/stream`, { headers: { Authorization: `Bearer ${api.key}` } });
  expect(healed.status).toBe(200);
  await healed.body.cancel();

  // Connections that were kept for later would be counted with the one that is stalled.
  cut.cut();
  await expect.poll(() => cut.pairs.size).toBe(0);
  cut.stall();
  const passed = cut.passed;
  const opening = page.goto(`${cut.url}/health/live`);
  await expect.poll(() => cut.pairs.size).toBeGreaterThan(0);
  // Where nothing is in the way an answer has long come.
  expect((await fetch(`${here.server.url}/health/live`)).status).toBe(200);
  expect(cut.passed).toBe(passed);
  cut.heal();
  expect((await opening).status()).toBe(200);
  cut.drop();
  await expect(fetch(`${cut.url}/health/live`)).rejects.toThrow();
  await cut.close();
});

test('what the server says is kept', async () => {
  expect(await here.server.log()).toContain('made a key for the vault');
});
