// Sends a top-up so that it is paid once, however often its answer is lost and its PIN is mistyped.

import { intent } from './api.mjs';

/** Refusals of who asks, given before anything is charged. */
const precedesCharge = ({ code, status }) => status === 401 || status === 429 || code === 'WRONG_PIN' || code === 'PIN_LOCKED';

/** What sends a payer's top-ups. `api` posts; keys are an argument for the tests' sake. */
export function topUps(api, newKey) {
  const keys = intent(newKey);
  /** The key of a top-up that may have been paid without our knowing. */
  let doubtful = null;

  return async function send(payerId, { amount, source, pin }) {
    // The PIN says who asks, not what for: the same money from the same source is the same top-up.
    const key = keys.keyFor({ payerId, amount, source });
    try {
      const result = await api.post('top-ups', { amount, pin, source }, key);
      if (result.status === 'unknown') doubtful = key;
      else keys.settle();
      return result;
    } catch (error) {
      // A refusal of this try says nothing of the one before it.
      if (key === doubtful && precedesCharge(error)) error.outcome = 'unknown';
      if (error.isFinal) keys.settle();
      else doubtful = key;
      throw error;
    }
  };
}
