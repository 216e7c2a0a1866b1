// The camera that scanning specs use: a real page reads the clip through a real `getUserMedia`.
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

import encodeQR from 'qr';

import { launchWithCamera, photo, writeClip } from '../fixtures/camera.mjs';
import { expect, test } from '../fixtures/test.mjs';
import { readFromScreen } from '../pages/checkout.mjs';

const packages = dirname(createRequire(import.meta.url).resolve('qr/decode.js'));
const TEXT = 'https://pay.example/q/01m7zv198feq0bknr6qmyp9y1y01m7zv198feq0bknr6qmyp9y1y';
const PAGE = `<!doctype html><html lang="en"><title>camera</title><video muted playsinline></video><output></output>
<script type="module">
import decode from '/decode.js';
const video = document.querySelector('video');
const said = document.querySelector('output');
const canvas = document.createElement('canvas');
try {
  video.srcObject = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
  await video.play();
  const read = () => {
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    const paper = canvas.getContext('2d', { willReadFrequently: true });
    paper.drawImage(video, 0, 0);
    try { said.value = decode(paper.getImageData(0, 0, canvas.width, canvas.height)); } catch { requestAnimationFrame(read); }
  };
  read();
} catch (error) { said.value = error.name; }
</script>`;

let pages;
let url;

test.beforeAll(async () => {
  pages = createServer(async (request, response) => {
    const path = request.url.slice(1);
    const script = path.endsWith('.js');
    response.setHeader('Content-Type', script ? 'text/javascript' : 'text/html');
    if (path === 'favicon.ico') response.statusCode = 204;
    response.end(script ? await readFile(join(packages, path)) : PAGE);
  });
  pages.listen(0, '127.0.0.1');
  await once(pages, 'listening');
  url = `http://127.0.0.1:${pages.address().port}/`;
});

test.afterAll(async () => {
  pages.close();
  pages.closeAllConnections();
});

test('a code in the clip is read through the camera', async ({ contexts }, info) => {
  const clip = info.outputPath('camera.y4m');
  await writeClip(TEXT, clip);
  const browser = await launchWithCamera({ clip });
  const page = await (await contexts({ of: browser })).newPage();
  await page.goto(url);
  await expect(page.locator('output')).toHaveText(TEXT);
  await browser.close();
});

test('a person may say no, and a machine may have no camera', async ({ contexts }, info) => {
  const clip = info.outputPath('camera.y4m');
  await writeClip(TEXT, clip);
  for (const [options, name] of [[{ clip, allowed: false }, 'NotAllowedError'], [{}, 'NotFoundError']]) {
    const browser = await launchWithCamera(options);
    const page = await (await contexts({ of: browser })).newPage();
    await page.goto(url);
    await expect(page.locator('output')).toHaveText(name);
    await browser.close();
  }
});

test('the photo holds the code', async ({ page }) => {
  const picture = photo(TEXT);
  await page.goto(url);
  const read = await page.evaluate(async (base64) => {
    const { default: decode } = await import('/decode.js');
    const picture = await createImageBitmap(await (await fetch(`data:image/gif;base64,${base64}`)).blob());
    const canvas = new OffscreenCanvas(picture.width, picture.height);
    const paper = canvas.getContext('2d');
    paper.drawImage(picture, 0, 0);
    return decode(paper.getImageData(0, 0, picture.width, picture.height));
  }, picture.toString('base64'));
  expect(read).toBe(TEXT);
});

test('a code on the screen is read from the screen', async ({ page }) => {
  await page.setContent(`<title>code</title><div id="code">${encodeQR(TEXT, 'svg', { ecc: 'medium', border: 4, scale: 5 })}</div>`);
  await page.addStyleTag({ content: '#code { width: 240px; background: #fff } svg { display: block; width: 100% }' });
  expect(readFromScreen(await page.locator('#code').screenshot())).toBe(TEXT);
  await page.addStyleTag({ content: '#code { opacity: 0 }' });
  const empty = await page.locator('#code').screenshot();
  expect(() => readFromScreen(empty)).toThrow();
});
