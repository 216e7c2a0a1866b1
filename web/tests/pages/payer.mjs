// A payer with the app: on a phone of their own, which is a browser context of its own.
import { randomUUID } from 'node:crypto';

import { expect } from '@playwright/test';

import { PHONE } from '../fixtures/camera.mjs';
import { CARDS } from './checkout.mjs';

export const PIN = '274913';
export const PASSWORD = 'grey-heron-over-the-han';

export class Payer {
  /**
   * Signs up on a new phone. `cards`: numbers to register; `balance`: won to top up from the first card.
   * `contexts` is the fixture, `of` another browser than the test's; `on` is a page that the payer already looks at.
   */
  static async signUp(contexts, url, { name = '김한수', cards = [CARDS.approves], balance = 0, of, on, ...options } = {}) {
    const context = on?.context() ?? (await contexts({ ...PHONE, of, ...options }));
    const payer = new Payer(context, url, name);
    payer.email = `${randomUUID()}@payer.example`;
    payer.me = await payer.ask('POST', 'sign-up', { email: payer.email, password: PASSWORD, name, pin: PIN, mode: 'test' });
    for (const number of cards) payer.me = await payer.ask('POST', 'cards', { number, expiry: '12/49', cvc: '123' });
    if (balance > 0) await payer.topUp(balance);
    payer.page = on ?? (await context.newPage());
    return payer;
  }

  /** A phone on which nobody has signed in yet. */
  static async arrive(contexts, url, { name = '김한수', of, ...options } = {}) {
    const context = await contexts({ ...PHONE, of, ...options });
    const payer = new Payer(context, url, name);
    payer.email = `${randomUUID()}@payer.example`;
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

  field(name) {
    return this.page.locator(`input[name="${name}"]`);
  }

  async fill(values) {
    for (const [name, text] of Object.entries(values)) await this.field(name).fill(text);
  }

  get send() {
    return this.page.locator('main form button[type="submit"]');
  }

  /** Both forms are of the world that a platform begins with, which is the live one, until somebody says otherwise. */
  async chooseTest() {
    await this.page.locator('label:has(input[name="mode"][value="test"])').click();
  }

  /** The form of the screen that is shown; where it leads is the test's to say. */
  async signInByForm({ password = PASSWORD } = {}) {
    await this.chooseTest();
    await this.fill({ email: this.email, password });
    await this.send.click();
  }

  /** From the screen that asks to sign in. */
  async signUpByForm() {
    await this.page.getByRole('link', { name: '회원가입' }).click();
    await expect(this.screen('signUp')).toBeVisible();
    await this.chooseTest();
    await this.fill({ email: this.email, name: this.name, password: PASSWORD, pin: PIN, pin2: PIN });
    await this.send.click();
  }

  /** From whichever screen offers it, and back to where it leads; the new card is the last of `me.cards`. */
  async addCardByForm(number = CARDS.approves) {
    await this.page.getByRole('link', { name: '카드 추가' }).click();
    await expect(this.screen('cardNew')).toBeVisible();
    await this.fill({ number, expiry: '12/49', cvc: '123' });
    await this.send.click();
    await expect(this.screen('cardNew')).toBeHidden();
    this.me = await this.ask('GET', 'me');
  }

  /** By the button in the settings. */
  async signOut() {
    await this.to('settings', 'settings');
    await this.page.getByRole('button', { name: '로그아웃' }).click();
    await expect(this.screen('signIn')).toBeVisible();
  }

  /** One screen of the app, by the name it gives itself. */
  screen(...names) {
    return this.page.locator(names.map((name) => `[data-screen="${name}"]`).join(', '));
  }

  get confirmAmount() {
    return this.screen('confirm', 'declined').locator('.hero');
  }

  get done() {
    return this.screen('done');
  }

  /** What happened, whether money moved, and what to press. */
  get failure() {
    return this.page.locator('.notice').filter({ hasText: /\S/ }).first();
  }

  get balance() {
    return this.page.locator('.balance .hero');
  }

  get shortCode() {
    return this.page.locator('input#code');
  }

  get photo() {
    return this.page.locator('input[type="file"]');
  }

  /** The numbers to compare; none unless the shop asks for it. */
  get numbers() {
    return this.page.locator('.numbers').getByRole('button');
  }

  get pay() {
    return this.page.locator('footer').getByRole('button').first();
  }

  key(digit) {
    return this.page.locator('.keys').getByRole('button', { name: digit, exact: true });
  }

  /** `balance`, or the place of a registered card. */
  source(which) {
    const value = which === 'balance' ? which : this.me.cards[which].id;
    return this.page.locator(`label:has(input[name="source"][value="${value}"])`);
  }

  async home() {
    await this.page.goto(`${this.url}/app/`);
    await expect(this.balance).toBeVisible();
  }

  /** The screen with the three ways; the camera is not asked for before somebody says so. */
  async toScan() {
    await this.home();
    await this.page.locator('main a.scan').click();
    await expect(this.shortCode).toBeVisible();
  }

  /** Up to the camera, or to what is said instead. Who has allowed it before is not asked again. */
  async scan() {
    await this.home();
    await this.page.locator('main a.scan').click();
    const asked = this.page.getByRole('button', { name: /카메라 켜기|Turn on the camera/ });
    const onward = this.page.locator('.finder').or(this.failure).or(this.confirmAmount);
    await expect(asked.or(onward).first()).toBeVisible();
    if (await asked.isVisible()) await asked.click();
  }

  /** What the phone's own camera app does with the address in a code. */
  async follow(address) {
    await this.page.goto(address);
  }

  async typeCode(code) {
    if (!(await this.shortCode.isVisible())) await this.toScan();
    await this.shortCode.fill(code);
    await this.shortCode.press('Enter');
  }

  /** Pays without the app's screens. */
  async confirm(session, { amount, source = 0, pin = PIN } = {}) {
    const paidFrom = { type: 'card', cardId: this.me.cards[source].id };
    return await this.call('POST', `confirm/${session.id}/approve`, { pin, shownAmount: amount, source: paidFrom });
  }

  /** Another screen of the app, by the address within it. */
  async to(path, screen) {
    await this.page.evaluate((hash) => {
      location.hash = hash;
    }, `#/${path}`);
    await expect(this.screen(screen)).toBeVisible();
  }

  /** What the switch in the settings does, without leaving the screen. */
  async speak(lang) {
    await this.page.evaluate(async (lang) => {
      const { setLang } = await import(document.querySelector('script[type="module"]').src.replace('main.mjs', 'state.mjs'));
      setLang(lang);
    }, lang);
    await expect(this.page.locator('html')).toHaveAttribute('lang', lang);
  }

  /** Gives the code back, as a person does who has changed their mind. */
  async leave() {
    await this.page.getByRole('link', { name: /^(취소|Cancel)$/ }).click();
    await expect(this.balance).toBeVisible();
  }

  /** The same, for who came from a checkout in this tab: the way back leads there. */
  async leaveFor(checkout) {
    await this.page.getByRole('link', { name: /^(취소|Cancel)$/ }).click();
    await expect(checkout.root).toBeVisible();
  }

  get backToCheckout() {
    return this.page.getByRole('link', { name: /결제창으로 돌아가기|Back to the checkout/ });
  }

  /** From the question to the keypad's last digit. */
  async approve({ match, source = 0, pin = PIN } = {}) {
    await expect(this.confirmAmount).toBeVisible();
    if (match !== undefined) await this.numbers.filter({ hasText: new RegExp(`^${Number(match)}$`) }).click();
    await this.source(source).click();
    await this.pay.click();
    await this.enterPin(pin);
  }

  async enterPin(pin = PIN) {
    for (const digit of pin) await this.key(digit).click();
  }

  async expectDone() {
    await expect(this.done).toBeVisible();
  }
}
