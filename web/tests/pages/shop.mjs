// The demonstration's shop, as a visitor uses it: shelf, cart, checkout, order.
import { expect } from '@playwright/test';

export const SHOP = '/shop';
export const EXAMPLES = '/examples';

export class Shop {
  static async open(page, url, parameters = {}) {
    const address = new URL(SHOP, url);
    for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
    await page.goto(address.href);
    const shop = new Shop(page);
    await expect(shop.product).toBeVisible();
    return shop;
  }

  constructor(page) {
    this.page = page;
    // The first thing that is not sold out.
    this.product = page.locator('.goods li.product').filter({ has: page.locator('button.add:enabled') }).first();
    this.buy = page.locator('[data-pay]');
    this.order = page.locator('main[data-order]');
    this.happening = page.locator('[data-happening] [data-list]');
    // The checkout, wherever the shop shows it; Playwright looks into shadow roots by itself.
    this.frame = page.locator('iframe[src*="/c/"]').contentFrame();
  }

  /** The shelf as its own server tells it. */
  static async catalog(url) {
    const answer = await (await fetch(`${url}/shop/api/catalog`)).json();
    return (answer.data ?? answer).products;
  }

  async stock(product = this.product) {
    return Number((await product.locator('.left').textContent()).replace(/\D/g, ''));
  }

  named(name) {
    return this.page.locator('.goods li.product').filter({ has: this.page.getByRole('heading', { name, exact: true }) });
  }

  async put() {
    await this.product.locator('button.add').click();
    await expect(this.page.locator('[data-cart-count]').first()).toHaveText(/[1-9]/);
  }

  async toCart() {
    await this.page.locator('nav a[href*="/shop/cart"]').click();
    await expect(this.buy).toBeEnabled();
  }

  async style(name) {
    await this.page.locator(`label:has(input[name="style"][value="${name}"])`).click();
  }

  async expectPaid() {
    await expect(this.order).toHaveAttribute('data-status', 'paid');
  }
}
