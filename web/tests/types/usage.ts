// What integrators write, checked against the published types by the compiler.
import { Steelyard } from './steelyard';

async function paid(secret: string): Promise<string> {
  const steelyard = Steelyard('pk_test_1', { locale: 'ko' });
  const checkout = steelyard.checkout({ clientSecret: () => Promise.resolve(secret) });
  const stop: () => void = checkout.on('qr', ({ expiresAt }) => console.log(expiresAt.length));
  checkout.on('error', (error) => console.log(error.code, error.requestId, error.moneyMoved === 'unknown', error.docUrl));
  checkout.mount('#place');
  checkout.unmount();
  checkout.close();
  stop();
  const result = await checkout.open({ display: 'overlay' });
  switch (result.status) {
    case 'paid':
      return result.paymentId + result.orderId;
    case 'waiting_deposit':
      return result.account.bank + result.account.bankName + result.account.number + result.account.dueAt;
    case 'processing':
      return result.paymentId;
  }
}

async function second(): Promise<number> {
  const steelyard = Steelyard('pk_test_1');
  const request = { orderId: 'a', orderName: 'b', amount: { value: 1000, currency: 'KRW' as const }, method: 'card' as const };
  const authenticated = await steelyard.requestPayment(request);
  const back = await steelyard.resume();
  return back === null ? authenticated.amount : authenticated.paymentKey.length;
}

// @ts-expect-error there is no such way to show it
void Steelyard('pk_test_1').checkout({ clientSecret: 'x' }).open({ display: 'drawer' });
// @ts-expect-error an amount has a currency
void Steelyard('pk_test_1').requestPayment({ orderId: 'a', orderName: 'b', amount: { value: 1 } });
// @ts-expect-error the second door takes cards
void Steelyard('pk_test_1').requestPayment({ orderId: 'a', orderName: 'b', amount: { value: 1, currency: 'KRW' }, method: 'app' });
// @ts-expect-error there is no such event
Steelyard('pk_test_1').checkout({ clientSecret: 'x' }).on('paid', () => undefined);

export { paid, second };
