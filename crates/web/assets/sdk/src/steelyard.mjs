import { Checkout } from './checkout.mjs';
import { define } from './element.mjs';
import { mistake, speak, SteelyardError } from './errors.mjs';
import { resume } from './redirect.mjs';
import { check, session } from './request.mjs';

const keyed = (key) => {
  if (/^pk_(test|live)_\w+$/.test(key)) return;
  throw new SteelyardError('INVALID_KEY', {
    param: 'publishableKey',
    message: `Steelyard: publishableKey must start with pk_test_ or pk_live_${
      /^[sr]k_/.test(key) ? '. This is a secret key, which every visitor can read: roll it' : ''
    }`,
  });
};

const spoken = (locale) => {
  if (locale && !['ko', 'en', 'auto'].includes(locale)) throw mistake('locale', 'must be ko, en or auto');
  speak(locale);
  return locale === 'auto' ? undefined : locale || undefined;
};

function Steelyard(publishableKey, { locale } = {}) {
  keyed(publishableKey);
  const language = spoken(locale);
  const pending = new Map();

  const pay = async (r) => {
    const clientSecret = await session(publishableKey, language, r);
    const checkout = new Checkout({ clientSecret }, language);
    return checkout.open({ display: r.successUrl ? 'redirect' : 'overlay' });
  };

  return {
    checkout: (options) => new Checkout(options, language),
    requestPayment: async (r) => {
      check(r);
      // A double click is one payment.
      let running = pending.get(r.orderId);
      if (!running) {
        running = pay(r).finally(() => pending.delete(r.orderId));
        pending.set(r.orderId, running);
      }
      return running;
    },
    resume,
  };
}
Steelyard.SteelyardError = SteelyardError;

define(spoken, (element) => keyed(element.getAttribute('publishable-key')));

export { Steelyard, SteelyardError };
