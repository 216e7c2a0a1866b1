// Keys that make one movement of money of whatever is sent twice.
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { newKey } from '../../../crates/web/assets/js/key.mjs';

const ASSETS = new URL('../../../crates/web/assets/', import.meta.url);

test('a key is new each time, and of characters that a header and a form can carry', () => {
  const keys = Array.from({ length: 1_000 }, newKey);
  assert.equal(new Set(keys).size, keys.length);
  for (const key of keys) assert.match(key, /^[\d-]{7,43}$/);
});

test('no page asks for what a browser has on secure pages alone', () => {
  const modules = readdirSync(ASSETS, { recursive: true }).filter((name) => /\.m?js$/.test(name));
  const asks = modules.filter((name) => readFileSync(new URL(name, ASSETS), 'utf8').includes('.randomUUID'));
  assert.deepEqual(asks, []);
});
