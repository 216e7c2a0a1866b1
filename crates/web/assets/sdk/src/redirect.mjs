import { understood } from './errors.mjs';
import { look, outcome } from './outcome.mjs';

// The one thing that is ever stored, for as long as the buyer is away; `resume` takes it out again.
const NOTE = 'steelyard';

export const leave = (secret, url) => {
  try {
    sessionStorage.setItem(NOTE, secret);
  } catch {
    // Without storage the return page still has its parameters, and the merchant's server the truth.
  }
  location.assign(url);
};

const take = () => {
  try {
    const secret = sessionStorage.getItem(NOTE);
    sessionStorage.removeItem(NOTE);
    return secret;
  } catch {
    return null;
  }
};

export const resume = async () => {
  const query = new URLSearchParams(location.search);
  const [paymentId, paymentKey, orderId, code] = ['payment_id', 'payment_key', 'order_id', 'code'].map((name) => query.get(name));
  // A shop may have a `code` of its own in an address; ours comes with its order.
  if (!orderId || !(paymentId || paymentKey || code)) return null;
  const secret = take();
  const view = secret && (await look(secret).catch(() => null));
  // The note of an earlier checkout says nothing about this one.
  if (view && [view.order.id, view.order.merchantOrderId].includes(orderId)) return outcome(view, code);
  if (code) throw understood({ code, moneyMoved: code !== 'USER_CANCELED' && 'unknown' });
  // An address can be typed by anybody: all it proves is that there is something to ask the server about.
  return paymentId ? { status: 'processing', paymentId, orderId } : { paymentKey, orderId };
};
