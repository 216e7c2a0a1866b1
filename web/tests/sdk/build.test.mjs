import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { build } from '../build-sdk.mjs';

const read = (file) => readFileSync(new URL(`../../../crates/web/assets/sdk/${file}`, import.meta.url), 'utf8');
const tools = existsSync(new URL('./node_modules', import.meta.url)) ? false : 'the tools are not installed: npm ci --ignore-scripts';
// Who names a Chromium has installed the tools beside it, as the stage does: there nothing may leave itself out.
if (tools && process.env.CHROMIUM) throw new Error(tools);
const SDK_GZ_BYTES_MAX = 6 * 1024;

for (const file of ['steelyard.mjs', 'steelyard.js']) {
  test(`${file} stays within its budget`, () => {
    const bytes = gzipSync(read(file), { level: 9 }).length;
    assert.ok(bytes <= SDK_GZ_BYTES_MAX, `${bytes} bytes of ${SDK_GZ_BYTES_MAX}`);
  });
}

test('what is committed is what the source makes', { skip: tools }, async () => {
  for (const [file, text] of Object.entries(await build())) {
    assert.equal(read(file) === text, true, `${file} is behind its source: node web/tests/build-sdk.mjs`);
  }
});

test('the types hold for what an integrator writes', { skip: tools }, async () => {
  const tsc = createRequire(import.meta.url).resolve('typescript/package.json').replace('package.json', 'bin/tsc');
  const project = fileURLToPath(new URL('.', import.meta.url));
  await promisify(execFile)(process.execPath, [tsc, '-p', project]).catch(({ stdout }) => assert.fail(stdout));
});

test('nothing in the SDK needs a looser policy of the merchant’s page', () => {
  for (const file of ['steelyard.mjs', 'steelyard.js']) {
    assert.doesNotMatch(read(file), /setAttribute\("style|innerHTML|\beval\(|new Function|insertAdjacentHTML|<style/);
    assert.doesNotMatch(read(file), /document\.cookie|localStorage|postMessage\([^)]*"\*"/);
  }
});
