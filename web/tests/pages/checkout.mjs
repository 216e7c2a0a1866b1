// The checkout as a buyer uses it. `scope` is a page, or the frame that a shop shows it in.
import { expect } from '@playwright/test';
import decodeQR from 'qr/decode.js';

import { pixels } from '../fixtures/png.mjs';

/** docs/CONNECTORS.md, "Test cards". */
export const CARDS = {
  approves: '4242 4242 4242 4242',
  approvesRepeated: '1111 1111 1111 1111',
  declined: '4000 0000 0000 0002',
  declinedRepeated: '2222 2222 2222 2222',
  limit: '4000 0000 0000 9995',
  stolen: '4000 0000 0000 9987',
  expired: '4000 0000 0000 0069',
  renewal: '4000 0000 0000 0341',
  challenge: '4000 0000 0000 3220',
  garbage: '4000 0000 0000 0119',
  timeoutBefore: '4000 0000 0000 5126',
  timeoutAfter: '4000 0000 0000 5134',
  slow: '4000 0000 0000 5142',
};

/** The text of the code in a screenshot, as a camera would read it. */
export function readFromScreen(screenshot) {
  return decodeQR(pixels(screenshot));
}

export class Checkout {
  /** Opens a session's page; `lang` and `theme` as in its address. */
  static async open(page, session, parameters = {}) {
    const url = new URL(session.url ?? session);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    await page.goto(url.href);
    const checkout = new Checkout(page);
    await expect(checkout.root).toBeVisible();
    return checkout;
  }

  constructor(scope) {
    this.scope = scope;
    this.root = this.id('checkout');
    this.amount = this.id('amount');
    this.timeLeft = this.id('time-left');
    this.extend = this.id('extend');
    this.pay = this.id('pay').filter({ visible: true });
    this.failure = this.id('failure');
    this.moneyMoved = this.id('money-moved');
    this.nextStep = this.id('next-step');
    /** Of what was refused before anything was done. */
    this.alert = this.scope.getByRole('alert');
    this.qr = this.id('qr');
    this.qrState = this.id('qr-state');
    /** The code as a link, for whom has the app on this very device. */
    this.openHere = this.scope.locator('a[data-here]');
    this.shortCode = this.id('short-code');
    this.matchNumber = this.id('match-number');
    this.liveState = this.id('live-state');
    this.accountNumber = this.id('account-number');
    this.copyAccount = this.id('copy-account');
    this.testDeposit = this.id('test-deposit');
    this.challenge = this.id('challenge');
    this.bankAsPage = this.id('challenge-top');
    this.receipt = this.id('receipt');
    this.approvalNumber = this.id('approval-number');
    this.returnNow = this.id('return-now');
    this.stopReturn = this.id('stop-return');
    this.leave = this.id('leave');
  }

  id(name) {
    return this.scope.getByTestId(name);
  }

  method(name) {
    return this.id(`method-${name}`);
  }

  /**
   * The code that a page asks for by itself has come. Whoever ends a session from elsewhere waits for this: a page that is
   * asking just then is refused, and the browser says so.
   */
  async settled() {
    await expect(this.qrState).toHaveAttribute('data-state', 'waiting');
  }

  /** One of `CheckoutView.status`. */
  async expectStatus(status, options) {
    await expect(this.root).toHaveAttribute('data-status', status, options);
  }

  async expectPaid(options) {
    await this.expectStatus('paid', options);
    // The shop is where a buyer is taken next, in five seconds; here they stay and look.
    if (await this.stopReturn.isVisible()) await this.stopReturn.click();
    await expect(this.receipt).toBeVisible();
    await expect(this.approvalNumber).toHaveText(/\d/);
  }

  /** A refusal says what failed, whether money was taken, and what to do. */
  async expectFailure({ moved = 'no', says } = {}) {
    await expect(this.failure).toBeVisible();
    if (says) await expect(this.failure).toContainText(says);
    await expect(this.moneyMoved).toHaveAttribute('data-state', moved);
    await expect(this.moneyMoved).toHaveText(/\S/);
    await expect(this.nextStep).toHaveText(/\S/);
  }

  async fillCard(number, { expiry = '12/49', cvc = '123' } = {}) {
    await this.method('card').click();
    await this.id('card-number').fill(number);
    await this.id('card-expiry').fill(expiry);
    await this.id('card-cvc').fill(cvc);
  }

  async payByCard(number, options) {
    await this.fillCard(number, options);
    await this.pay.click();
  }

  async chooseBank(code) {
    const list = this.scope.locator('select[name="bank"]').filter({ visible: true });
    const one = this.scope.locator(`label:has([name="bank"][value="${code}"])`).filter({ visible: true });
    await expect(list.or(one).first()).toBeVisible();
    if (await list.count()) await list.selectOption(code);
    else await one.first().click();
  }

  async payByTransfer({ bank = 'kookmin', accountNumber = '942-21-0123-456' } = {}) {
    await this.method('transfer').click();
    await this.chooseBank(bank);
    await this.scope.locator('input[name="accountNumber"]').filter({ visible: true }).fill(accountNumber);
    await this.pay.click();
  }

  async askForAccount(bank = 'kookmin') {
    await this.method('virtualAccount').click();
    await this.chooseBank(bank);
    await this.pay.click();
    await this.expectStatus('waitingForDeposit');
    await expect(this.accountNumber).toHaveText(/\d{4}/);
  }

  /** Shows the code, and returns the address that a phone's camera would read from the screen. */
  async showQr() {
    await this.method('app').click();
    await expect(this.qr).toBeVisible();
    await expect(this.qrState).toHaveAttribute('data-state', 'waiting');
    return await this.readQr();
  }

  async readQr() {
    let address;
    await expect(async () => {
      address = readFromScreen(await this.qr.screenshot({ animations: 'disabled' }));
    }).toPass({ timeout: 10_000 });
    return address;
  }

  async digits(locator) {
    await expect(locator).toHaveText(/\d/);
    return (await locator.textContent()).replace(/\D/g, '');
  }

  /** Where the issuer asks: a frame within the checkout, or the page that it leads to. */
  async issuer() {
    const button = { name: /pass|fail|통과|성공|실패/i };
    const here = this.scope.getByRole('button', button).first();
    await expect(this.challenge.or(here).first()).toBeVisible();
    if (!(await this.challenge.count())) return this.scope;
    const within = this.challenge.locator('xpath=descendant-or-self::iframe');
    const onward = this.challenge.locator('xpath=descendant-or-self::*[self::a or self::button]');
    await expect(within.or(onward).first()).toBeVisible();
    if (await within.count()) return within.contentFrame();
    await onward.first().click();
    return this.scope;
  }

  async pass() {
    const issuer = await this.issuer();
    await issuer.getByRole('button', { name: /pass|통과|성공|승인/i }).click();
  }

  async fail() {
    const issuer = await this.issuer();
    await issuer.getByRole('button', { name: /fail|실패|거절/i }).click();
  }
}
