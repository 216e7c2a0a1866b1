// The pages that are always there: they prove the watch, axe and the budget, and are proven by them.
import { createServer } from 'node:http';
import { once } from 'node:events';

import { expectAccessible, violations } from '../fixtures/axe.mjs';
import { expectWithin, weigh } from '../fixtures/budget.mjs';
import { expect, test, usesServer } from '../fixtures/test.mjs';
import { Watch } from '../fixtures/watch.mjs';

const here = usesServer();

// Swagger UI is other people's page: its own faults are theirs, and are named here so that a new one shows.
const SWAGGER_FAULTS = ['button-name', 'color-contrast', 'label', 'nested-interactive', 'select-name', 'target-size'];

test('the API reference loads whole under its policy', async ({ page }) => {
  await page.goto(`${here.server.url}/docs`);
  await expect(page).toHaveURL(/\/docs\/$/);
  await expect(page.locator('.info .title')).toContainText('Steelyard');
  await expect(page.locator('.opblock').first()).toBeVisible();
  const found = (await violations(page)).map((violation) => violation.split(':', 1)[0]);
  expect(found.filter((id) => !SWAGGER_FAULTS.includes(id))).toEqual([]);
});

test('the API reference is weighed', async ({ page }) => {
  const files = weigh(page);
  await page.goto(`${here.server.url}/docs/`);
  await expect(page.locator('.opblock').first()).toBeVisible();
  const total = await expectWithin(page, 'API reference', files, 3_000);
  expect(total.gzip).toBeGreaterThan(100 * 1024);
});

test('the health page answers a browser', async ({ page, watch }) => {
  // JSON has no icon to name.
  watch.expect(/favicon/);
  const answer = await page.goto(`${here.server.url}/health/ready`);
  expect(answer.status()).toBe(200);
});

test.describe('on a page that misbehaves', () => {
  let bad;
  let url;

  test.beforeAll(async () => {
    bad = createServer((request, response) => {
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.setHeader('Content-Security-Policy', "default-src 'none'; script-src 'self'");
      response.statusCode = request.url === '/' ? 200 : 404;
      response.end('<!doctype html><html><title>bad</title><body><p style="color:#bbb">faint<script>1</script><img src="/gone">');
    });
    bad.listen(0, '127.0.0.1');
    await once(bad, 'listening');
    url = `http://127.0.0.1:${bad.address().port}/`;
  });

  test.afterAll(async () => {
    bad.close();
    await once(bad, 'close');
  });

  test('the watch names what its policy refused, and nothing that was expected', async ({ browser }) => {
    const watch = new Watch();
    const context = await browser.newContext();
    await watch.follow(context);
    const page = await context.newPage();
    await page.goto(url);
    await expect.poll(() => watch.unexpected().join('\n')).toMatch(/CSP: script-src-elem/);
    expect(watch.unexpected().join('\n')).toMatch(/CSP: style-src-attr/);
    watch.expect(/CSP|Content Security Policy/, /gone|favicon/);
    expect(watch.unexpected()).toEqual([]);
    await context.close();
  });

  test('axe names what a person cannot use', async ({ page, watch }) => {
    watch.expect(/./);
    await page.goto(url);
    const found = (await violations(page)).map((violation) => violation.split(':', 1)[0]);
    expect(found).toContain('html-has-lang');
    expect(found).toContain('image-alt');
    await expect(expectAccessible(page, 'a bad page')).rejects.toThrow(/image-alt/);
  });

  test('axe looks into frames, whosever page is in them', async ({ page, watch }) => {
    watch.expect(/CSP|Content Security Policy/, /gone|favicon/);
    const good = createServer((request, response) => {
      response.setHeader('Content-Type', 'text/html; charset=utf-8');
      response.end(`<!doctype html><html lang="en"><title>good</title><main><h1>Good</h1><iframe title="bad" src="${url}"></iframe></main>`);
    });
    good.listen(0, '127.0.0.1');
    await once(good, 'listening');
    await page.goto(`http://127.0.0.1:${good.address().port}/`);
    await expect(page.locator('iframe').contentFrame().locator('img')).toBeAttached();
    expect((await violations(page)).join('\n')).toMatch(/image-alt[^]*iframe/);
    good.closeAllConnections();
    good.close();
  });
});
