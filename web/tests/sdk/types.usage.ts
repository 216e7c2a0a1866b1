// Compiled, never run: what an integrator writes must type-check, and what is wrong must not.
import { Steelyard, SteelyardError } from '../../../crates/web/assets/sdk/steelyard.js';
import type { Authenticated, Checkout, Result } from '../../../crates/web/assets/sdk/steelyard.js';

const steelyard = Steelyard('pk_test_x', { locale: 'ko' });
const checkout: Checkout = steelyard.checkout({ clientSecret: async () => 'cs_1_secret_2' });

export async function sessionFirst(): Promise<string> {
  try {
    const result: Result = await checkout.open({ display: 'auto' });
    switch (result.status) {
      case 'paid':
        return result.orderId;
      case 'waiting_deposit':
        return `${result.account.bank} ${result.account.bankName} ${result.account.number} ${result.account.dueAt}`;
      case 'processing':
        return result.paymentId;
      default:
        return result satisfies never;
    }
  } catch (error) {
    if (!(error instanceof SteelyardError)) throw error;
    const sure: boolean = error.retryable && error.moneyMoved === 'no';
    if (error.code === 'OUT_OF_STOCK') return '';
    // @ts-expect-error a blocked frame is no error: the page is led to the checkout
    if (error.code === 'FRAME_BLOCKED') return '';
    // @ts-expect-error there is no such code
    if (error.code === 'CANCELED') return '';
    return sure ? (error.declineCode ?? error.code) : error.docUrl;
  }
}

const order = { orderId: 'o-1', orderName: '한라봉', amount: { value: 36000, currency: 'KRW' as const } };
export const here: Promise<Authenticated> = steelyard.requestPayment(order);
export const away: Promise<never> = steelyard.requestPayment({ ...order, successUrl: 'https://a/b', failUrl: 'https://a/c' });

const stop: () => void = checkout.on('method', ({ method }) => method.toUpperCase());
checkout.on('qr', ({ expiresAt }) => new Date(expiresAt));
checkout.on('error', (error) => error.requestId.length);
checkout.on('ready', () => stop());
checkout.on('cancel', ({ moneyMoved }) => moneyMoved === 'unknown');
// @ts-expect-error there is no such event
checkout.on('done', () => {});
// @ts-expect-error a currency is part of an amount
steelyard.requestPayment({ ...order, amount: { value: 1 } });
steelyard.requestPayment({ ...order, method: 'card' });
// @ts-expect-error the second door takes cards
steelyard.requestPayment({ ...order, method: 'virtual_account' });
// @ts-expect-error inline is `mount`
checkout.open({ display: 'inline' });
checkout.mount('#pay');
checkout.unmount();
checkout.close();

export async function returned(): Promise<string | null> {
  const result = await steelyard.resume();
  if (result === null) return null;
  if (!('paymentKey' in result)) return result.status;
  // @ts-expect-error in another browser nobody claimed an amount
  const amount: number = result.amount;
  return `${result.paymentKey} ${result.orderId} ${amount}`;
}

const element = document.createElement('steelyard-checkout');
element.addEventListener('steelyard:success', (event) => event.detail.status);
element.addEventListener('steelyard:error', (event) => event.detail.code);
element.open({ display: 'popup' }).then((result) => result.paymentId);
window.Steelyard('pk_live_x').checkout({ clientSecret: 'cs_1_secret_2' });
