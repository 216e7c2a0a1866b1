import { newKey } from '../../js/key.mjs';
import { base } from './base.mjs';
import { mistake, SteelyardError, understood } from './errors.mjs';

const absolute = (field, value) => {
  if (!/^https?:\/\/./.test(value)) throw mistake(field, 'must be an absolute http(s) URL');
};

/** Checked here for the integrator's sake; the server checks again for everybody's. */
export const check = (r) => {
  for (const field of ['orderId', 'orderName']) {
    if (typeof r?.[field] !== 'string' || !r[field].trim()) throw mistake(field, 'must be a non-empty string');
  }
  const { amount, method, successUrl, failUrl } = r;
  if (!Number.isSafeInteger(amount?.value) || amount.value < 1) {
    throw mistake('amount.value', 'must be a positive integer of minor units (KRW: won)');
  }
  if (!['KRW', 'USD'].includes(amount.currency)) throw mistake('amount.currency', 'must be KRW or USD');
  // What is authenticated here and charged later by the server is a card.
  if (method && method !== 'card') throw mistake('method', 'must be card; checkout() takes the others');
  if (successUrl) absolute('failUrl', failUrl);
  if (failUrl) absolute('successUrl', successUrl);
};

/** Makes a session of the second door: the amount is a claim, which the merchant's server confirms. */
export const session = async (key, locale, r) => {
  const here = location.href.split('#')[0];
  const { name, email } = r.customer || {};
  const body = {
    merchantOrderId: r.orderId,
    orderName: r.orderName,
    amount: r.amount.value,
    currency: r.amount.currency,
    successUrl: r.successUrl || here,
    failUrl: r.failUrl || here,
    buyer: name || email ? { name, email } : undefined,
    methods: r.method ? [r.method] : undefined,
    locale,
  };
  let answer, said;
  try {
    answer = await fetch(`${base}/v1/checkout/sessions`, {
      method: 'POST',
      credentials: 'omit',
      headers: {
        'Content-Type': 'application/json',
        Authorization: `Bearer ${key}`,
        'Idempotency-Key': newKey(),
        ...(locale && { 'Accept-Language': locale }),
      },
      body: JSON.stringify(body),
    });
    said = await answer.json();
  } catch (cause) {
    throw new SteelyardError('NETWORK', { retryable: true, cause });
  }
  if (!answer.ok) throw understood({ ...said, ...said.error }, answer.status);
  return said.data.clientSecret;
};
