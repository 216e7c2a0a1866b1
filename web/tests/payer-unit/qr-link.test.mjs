import assert from 'node:assert/strict';
import test from 'node:test';
import { readLink } from '../../../crates/web/assets/app/qr-link.mjs';

const HOSTS = ['pay.example', 'localhost:8080'];

test('our own address with a token is a payment', () => {
  assert.deepEqual(readLink('https://pay.example/q/AbC-_9', HOSTS), { kind: 'payment', token: 'AbC-_9' });
  assert.deepEqual(readLink(' http://localhost:8080/q/x1?lang=en ', HOSTS), { kind: 'payment', token: 'x1' });
});

test('a foreign address is named by its host, however it dresses up', () => {
  const rows = [
    ['https://evil.example/q/x1', 'evil.example'], ['https://pay.example.evil.example/q/x1', 'pay.example.evil.example'],
    ['https://pay.example@evil.example/q/x1', 'evil.example'], ['https://me@pay.example/q/x1', 'pay.example'],
    ['http://localhost:9999/q/x1', 'localhost'],
  ];
  for (const [text, domain] of rows) assert.deepEqual(readLink(text, HOSTS), { kind: 'foreign', domain }, text);
});

test('anything else is no payment', () => {
  for (const text of ['hello', '', 'javascript:alert(1)', 'tel:15881234', 'https://pay.example/c/secret', 'https://pay.example/q/', 'https://pay.example/q/a/b']) {
    assert.equal(readLink(text, HOSTS).kind, 'other', text);
  }
});
