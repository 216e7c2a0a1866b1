// Asks for a refund of a whole order, once, however often it is asked for.

import { newKey as random } from '../js/key.mjs';

/**
 * @param {string} number the order's
 * @returns what asks: it gives the `order` as it is then, or the `error` and what it `says`.
 */
export function refunds(number, ask, newKey = random) {
  let key = null;
  return async () => {
    // Pressed twice, or tried again after a lost answer, it is one refund.
    key ??= newKey();
    try {
      return { order: await ask(`orders/${encodeURIComponent(number)}/refund`, {}, { 'Idempotency-Key': key }) };
    } catch (error) {
      if (error.outcome === 'unknown') return { error, says: 'refundUnknown' };
      key = null;
      return { error, says: 'refundFailed' };
    }
  };
}
