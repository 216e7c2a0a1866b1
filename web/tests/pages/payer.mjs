// A payer with the app: on a phone of their own, which is a browser context of its own.
import { randomUUID } from 'node:crypto';

import { expect } from '@playwright/test';

import { PHONE } from '../fixtures/camera.mjs';
import { CARDS } from './checkout.mjs';

export const PIN = '274913';
const PASSWORD = 'grey-heron-over-the-han';

export class Payer {
  /**
   * Signs up on a new phone. `cards`: numbers to register; `balance`: won to top up from the first card.
   * `contexts` is the fixture, `of` another browser than the test's.
   */
  static async signUp(contexts, url, { name = '김한수', cards = [CARDS.approves], balance = 0, of, ...options } = {}) {
    const context = await contexts({ ...PHONE, of, ...options });
    const payer = new Payer(context, url, name);
    payer.email = `${randomUUID()}@payer.example`;
    payer.me = await payer.ask('POST', 'sign-up', { email: payer.email, password: PASSWORD, name, pin: PIN, mode: 'test' });
    for (const number of cards) payer.me = await payer.ask('POST', 'cards', { number, expiry: '12/49', cvc: '123' });
    if (balance > 0) await payer.topUp(balance);
    payer.page = await context.newPage();
    return payer;
  }

  constructor(context, url, name) {
    Object.assign(this, { context, url, name });
  }

  /** The app's own calls, with the phone's cookie. */
  async call(method, path, data, { key = randomUUID(), headers = {} } = {}) {
    const response = await this.context.request.fetch(`${this.url}/app/api/${path}`, {
      method,
      data,
      headers: { Origin: this.url, 'Sec-Fetch-Site': 'same-origin', 'Idempotency-Key': key, 'Accept-Language': 'ko', ...headers },
    });
    return { status: response.status(), ...(await response.json()) };
  }

  async ask(method, path, data, options) {
    const answer = await this.call(method, path, data, options);
    expect(answer.status, `${method} ${path}: ${answer.code} ${answer.message}`).toBeLessThan(400);
    return answer.data;
  }

  async topUp(amount) {
    const source = { type: 'card', cardId: this.me.cards[0].id };
    const done = await this.ask('POST', 'top-ups', { amount, pin: PIN, source });
    expect(done.status).toBe('done');
    this.me = done.payer;
  }

  id(name) {
    return this.page.getByTestId(name);
  }

  get confirmAmount() {
    return this.id('confirm-amount');
  }

  get done() {
    return this.id('done');
  }

  get failure() {
    return this.id('failure');
  }

  async home() {
    await this.page.goto(`${this.url}/app/`);
    await expect(this.id('balance')).toBeVisible();
  }

  /** What the phone's own camera app does with the address in a code. */
  async follow(address) {
    await this.page.goto(address);
  }

  async typeCode(code) {
    await this.home();
    await this.id('scan').click();
    await this.id('short-code-input').fill(code);
    await this.id('short-code-input').press('Enter');
  }

  /** From the question to the keypad's last digit. `source`: `balance`, or the number of a registered card's place. */
  async approve({ match, source = 0, pin = PIN } = {}) {
    await expect(this.confirmAmount).toBeVisible();
    if (match !== undefined) await this.id(`match-choice-${Number(match)}`).click();
    const place = source === 'balance' ? 'source-balance' : `source-card-${this.me.cards[source].id}`;
    await this.id(place).click();
    await this.id('pay').click();
    await this.enterPin(pin);
  }

  async enterPin(pin = PIN) {
    for (const digit of pin) await this.id(`pin-${digit}`).click();
  }

  async expectDone() {
    await expect(this.done).toBeVisible();
  }
}
