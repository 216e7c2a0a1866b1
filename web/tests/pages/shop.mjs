// The demonstration's shop, as a visitor uses it.
import { expect } from '@playwright/test';

export const SHOP = '/shop/';
export const EXAMPLES = '/examples/';

export class Shop {
  static async open(page, url, parameters = {}) {
    const address = new URL(SHOP, url);
    for (const [name, value] of Object.entries(parameters)) address.searchParams.set(name, value);
    await page.goto(address.href);
    const shop = new Shop(page);
    await expect(shop.products.first()).toBeVisible();
    return shop;
  }

  constructor(page) {
    this.page = page;
    this.products = page.locator('[data-testid^="product-"]');
    this.cart = page.getByTestId('cart');
    this.buy = page.getByTestId('buy');
    this.orderStatus = page.getByTestId('order-status');
    this.happening = page.getByTestId('happening');
    // The checkout, wherever the shop shows it.
    this.frame = page.locator('iframe[src*="/c/"]').contentFrame();
  }

  async firstSku() {
    return (await this.products.first().getAttribute('data-testid')).slice('product-'.length);
  }

  stock(sku) {
    return this.page.getByTestId(`stock-${sku}`);
  }

  price(sku) {
    return this.page.getByTestId(`price-${sku}`);
  }

  async put(sku) {
    await this.page.getByTestId(`product-${sku}`).getByRole('button').first().click();
    await expect(this.cart).toContainText(/[1-9]/);
  }

  async style(name) {
    await this.page.getByTestId(`style-${name}`).click();
  }
}
