import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import test from 'node:test';
import { gzipSync } from 'node:zlib';

const ROOT = new URL('../../../', import.meta.url);
const ASSETS = new URL('crates/web/assets/', ROOT);
const VENDOR = process.env.STEELYARD_VENDOR ? new URL(`file://${process.env.STEELYARD_VENDOR}/`) : new URL('web/vendor/', ROOT);
const page = readFileSync(new URL('crates/web/templates/payer.html', ROOT), 'utf8');
const worker = readFileSync(new URL('app/sw.js', ASSETS), 'utf8');
const BUDGET_BYTES = 45_000;

/** All modules that `main.mjs` brings with it before anything is wanted. */
function firstView(path = 'app/main.mjs', found = new Set()) {
  if (found.has(path) || path.startsWith('vendor/')) return found.add(path);
  found.add(path);
  const source = readFileSync(new URL(path, ASSETS), 'utf8');
  for (const [, to] of source.matchAll(/^import .* from '([^']+)';$/gm)) firstView(new URL(to, `x://x/${path}`).pathname.slice(1), found);
  return found;
}

test('the page preloads exactly what the first view needs', () => {
  const preloaded = [...page.matchAll(/modulepreload" href="\{\{ (?:assets \}\}\/|frame\.asset\(")([^"]+)"/g)].map(([, path]) => path);
  assert.deepEqual(preloaded.concat('app/main.mjs').sort(), [...firstView()].sort());
});

test('the service worker keeps every module and style of the app', () => {
  const keeps = [...worker.matchAll(/'((?:app|js)\/[^']+)'/g)].map(([, path]) => path);
  const modules = readdirSync(new URL('app/', ASSETS)).filter((name) => name.endsWith('.mjs')).map((name) => `app/${name}`);
  // What the app has from elsewhere, wherever in it.
  const borrowed = modules.flatMap((path) => [...readFileSync(new URL(path, ASSETS), 'utf8').matchAll(/from '\.\.\/(js\/[^']+)'/g)].map(([, name]) => name));
  assert.deepEqual(keeps.sort(), [...new Set([...modules, ...borrowed])].sort());
  for (const style of ['css/tokens.css', 'css/base.css', 'css/app.css']) assert.ok(worker.includes(`'${style}'`) && page.includes(style), style);
});

test('the page obeys the content security policy: nothing inline', () => {
  assert.doesNotMatch(page, /\sstyle=|\son\w+=|<style|javascript:/);
  for (const [, attributes, body] of page.matchAll(/<script([^>]*)>([^<]*)<\/script>/g)) assert.ok(attributes.includes('src=') ? body === '' : attributes.includes('application/json'), attributes);
});

test('no module writes markup or style by hand', () => {
  for (const name of readdirSync(new URL('app/', ASSETS)).filter((one) => one.endsWith('.mjs'))) {
    assert.doesNotMatch(readFileSync(new URL(`app/${name}`, ASSETS), 'utf8'), /innerHTML|insertAdjacentHTML|document\.write|\sstyle=|eval\(|new Function/, name);
  }
});

test('the manifest names icons that exist', () => {
  const manifest = JSON.parse(readFileSync(new URL('app/manifest.webmanifest', ASSETS), 'utf8'));
  for (const { src } of manifest.icons) assert.ok(existsSync(new URL(src.replace('{{ assets }}/', ''), ASSETS)), src);
});

test('the first view fits its budget, the camera and the decoder left out', (t) => {
  const parts = [...firstView(), 'css/tokens.css', 'css/base.css', 'css/app.css'];
  let total = gzipSync(page, { level: 9 }).length;
  for (const path of parts) {
    const file = path.startsWith('vendor/') ? new URL(path.slice('vendor/'.length), VENDOR) : new URL(path, ASSETS);
    total += gzipSync(readFileSync(file), { level: 9 }).length;
  }
  t.diagnostic(`${total} bytes gz in ${parts.length + 1} files`);
  assert.ok(total <= BUDGET_BYTES, `${total} > ${BUDGET_BYTES}`);
  assert.ok(![...firstView()].some((path) => /camera|scan|qr-decode/.test(path)));
});
