// A stand-in for the server, to look at the payer app's screens without building anything:
//   node web/tests/mock-payer.mjs [port]
// It serves the shell, the assets and an in-memory double of the JSON API, then prints where. `/` lists what to try.
// Vendored modules come from web/vendor, or from the folder named by STEELYARD_VENDOR.

import { createServer } from 'node:http';
import { readFileSync } from 'node:fs';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { api } from './mock-payer/api.mjs';
import { DEMO_PAYERS, SCENARIOS } from './mock-payer/world.mjs';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const ASSETS = join(ROOT, 'crates/web/assets');
const VENDOR = process.env.STEELYARD_VENDOR ?? join(ROOT, 'web/vendor');
const PREFIX = '/assets/preview';

const TYPES = {
  '.css': 'text/css', '.mjs': 'text/javascript', '.js': 'text/javascript', '.svg': 'image/svg+xml', '.png': 'image/png',
  '.webmanifest': 'application/manifest+json', '.html': 'text/html', '.woff2': 'font/woff2',
};
const CSP = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; font-src 'self'; "
  + "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

function headersOf(type) {
  return {
    'Content-Type': `${type}; charset=utf-8`, 'Content-Security-Policy': CSP, 'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'same-origin', 'Permissions-Policy': 'camera=(self)', 'Cache-Control': 'no-store',
  };
}

function send(response, status, type, body, more = {}) {
  response.writeHead(status, { ...headersOf(type), ...more });
  response.end(body);
}

const filled = (text, values) => text.replace(/\{\{ ([\w|]+) \}\}/g, (_, name) => values[name] ?? '');

function shell(request, url) {
  const asked = url.searchParams.get('lang');
  const accepted = request.headers['accept-language']?.startsWith('en') ? 'en' : 'ko';
  const lang = asked === 'en' || asked === 'ko' ? asked : accepted;
  const theme = ['light', 'dark'].includes(url.searchParams.get('theme')) ? url.searchParams.get('theme') : '';
  const config = { hosts: [request.headers.host], mode: 'test', demo: DEMO_PAYERS.map(({ name, email, password, pin, mode }) => ({ name, email, password, pin, mode })) };
  const template = readFileSync(join(ROOT, 'crates/web/templates/payer.html'), 'utf8');
  return filled(template, { lang, theme, assets: PREFIX, 'config|safe': JSON.stringify(config).replace(/</g, '\\u003c') });
}

function fileAt(path) {
  const inside = normalize(path).replace(/^(\.\.[/\\])+/, '');
  const vendored = /^vendor[/\\](.*)$/.exec(inside);
  return readFileSync(vendored ? join(VENDOR, vendored[1]) : join(ASSETS, inside));
}

function listing(host) {
  const rows = SCENARIOS.map(({ token, code, what }) => `<li><a href="/q/${token}">/q/${token}</a> ${code} ${what}</li>`).join('');
  return `<!doctype html><meta charset="utf-8"><title>mock</title><h1>Payer app on ${host}</h1><p><a href="/app/">/app/</a></p><ul>${rows}</ul>`;
}

const server = createServer(async (request, response) => {
  const url = new URL(request.url, `http://${request.headers.host}`);
  const { pathname } = url;
  try {
    if (pathname.startsWith('/app/api/')) return await api(request, response, url);
    if (pathname === '/') return send(response, 200, TYPES['.html'], listing(url.host));
    if (pathname === '/app/') return send(response, 200, TYPES['.html'], shell(request, url));
    if (pathname === '/app/sw.js') return send(response, 200, TYPES['.js'], readFileSync(join(ASSETS, 'app/sw.js')));
    if (pathname === '/app/manifest.webmanifest') {
      const text = readFileSync(join(ASSETS, 'app/manifest.webmanifest'), 'utf8');
      return send(response, 200, TYPES['.webmanifest'], filled(text, { assets: PREFIX }));
    }
    const token = /^\/q\/([\w-]+)$/.exec(pathname);
    if (token) return send(response, 303, 'text/plain', '', { Location: `/app/#/q/${token[1]}` });
    if (pathname.startsWith(`${PREFIX}/`)) {
      const path = pathname.slice(PREFIX.length + 1);
      return send(response, 200, TYPES[extname(path)] ?? 'application/octet-stream', fileAt(path));
    }
    return send(response, 404, 'text/plain', 'not found');
  } catch (error) {
    if (error.code === 'ENOENT') return send(response, 404, 'text/plain', `no such file: ${pathname}`);
    return send(response, 500, 'text/plain', String(error.stack));
  }
});

server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  console.log(`http://localhost:${server.address().port}/`);
});
