import { base } from './base.mjs';
import { SteelyardError, understood } from './errors.mjs';

/** The session as the server sees it now. */
export const look = async (secret) => {
  const answer = await fetch(`${base}/c/${encodeURIComponent(secret)}/state`, { credentials: 'omit', cache: 'no-store' });
  const body = await answer.json();
  if (!answer.ok) throw understood({ ...body, ...body.error }, answer.status);
  return body.data;
};

/** What a session's state means to the merchant's page: a result, or the error that is thrown. */
export const outcome = (view, code = '') => {
  const { payment, failure, order } = view;
  const orderId = order.id;
  const paymentId = payment?.id || '';
  switch (view.status) {
    case 'paid':
      return { status: 'paid', paymentId, orderId };
    case 'waitingForDeposit': {
      const { bank, bankName, number, dueAt } = payment.account;
      return { status: 'waiting_deposit', paymentId, account: { bank, bankName, number, dueAt } };
    }
    case 'authenticated':
      return { paymentKey: view.paymentKey, orderId: order.merchantOrderId, amount: order.amount };
    case 'expired':
    case 'canceled':
      // Not the buyer's doing: the shop took the order back.
      throw new SteelyardError('SESSION_EXPIRED');
    case 'open':
      if (code && code !== 'USER_CANCELED') throw understood({ ...failure, code });
      // A payer who has scanned the code may approve at any moment.
      throw new SteelyardError('USER_CANCELED', {
        declineCode: failure?.declineCode,
        moneyMoved: view.qr && view.qr.state !== 'waiting' && 'unknown',
      });
    default:
      return { status: 'processing', paymentId, orderId };
  }
};
