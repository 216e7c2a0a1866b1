import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { say, TEXTS } from '../../../crates/web/assets/app/texts.mjs';

const APP = new URL('../../../crates/web/assets/app/', import.meta.url);
const sources = readdirSync(APP).filter((name) => name.endsWith('.mjs') && name !== 'texts.mjs').map((name) => readFileSync(new URL(name, APP), 'utf8'));
const groups = new Set(Object.keys(TEXTS).map((key) => key.split('.')[0]));

function used() {
  const keys = new Set();
  for (const source of sources) {
    for (const [, key] of source.matchAll(/'([a-z]\w*\.[a-zA-Z]\w*)'/g)) if (groups.has(key.split('.')[0])) keys.add(key);
    for (const [, key] of source.matchAll(/\bt\('([^']+)'/g)) keys.add(key);
  }
  return keys;
}

const words = (text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, word]) => word).sort();

test('every text that a screen asks for exists', () => {
  assert.deepEqual([...used()].filter((key) => !TEXTS[key]), []);
});

test('every text that exists is asked for', () => {
  const asked = used();
  assert.deepEqual(Object.keys(TEXTS).filter((key) => !asked.has(key)), []);
});

test('every text is whole in both languages, with the same words to fill in', () => {
  for (const [key, columns] of Object.entries(TEXTS)) {
    assert.equal(columns.length, 2, key);
    const [ko, en] = columns;
    assert.match(ko, /[가-힣]|CVC/, `${key} is not Korean`);
    assert.doesNotMatch(en, /[가-힣]/, `${key} is not English`);
    assert.deepEqual(words(ko), words(en), key);
  }
});

test('sentences to a payer are in the polite form', () => {
  for (const [key, [ko]] of Object.entries(TEXTS)) assert.doesNotMatch(ko, /니다[.!?]?$|하십시오|(?<!바)라[.]$/, key);
});

test('no screen holds a text of its own', () => {
  const names = /한국어|English/g; // The languages are called what they call themselves.
  for (const source of sources) assert.doesNotMatch(source.replace(/^\s*(\/\/|\*|\/\*\*).*$/gm, '').replace(names, '').replace(/'[년월일분초원엔요토금목수화\s]+'|\$\{[^}]*\}[년월일분초]|[가-힣]요일|`[^`]*[월분초년일][^`]*`/g, ''), /[가-힣]{2,}/);
});

test('words are filled in', () => {
  assert.equal(say('ko', 'confirm.pay', { amount: '42,000원' }), '42,000원 결제');
  assert.equal(say('en', 'confirm.pay', { amount: '₩42,000' }), 'Pay ₩42,000');
});

test('a text that is missing is loud', () => {
  assert.throws(() => say('ko', 'no.such'), /no text/);
  assert.throws(() => say('fr', 'app.back'), /no text/);
});
