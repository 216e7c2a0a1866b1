// What to tell the payer about a failure: what happened, whether money moved, what to press.

import { t } from './state.mjs';

const OWN_WORDS = {
  NETWORK: 'error.network',
  BAD_ANSWER: 'error.badAnswer',
  QR_TAKEN: 'taken.text',
  QR_EXPIRED: 'expired.text',
};

// The server's sentence goes on to say that nothing was charged, which is so of this try and not of one before it.
const IN_DOUBT = { WRONG_PIN: 'pin.wrong' };

const NEXT = {
  NETWORK: 'next.network',
  WRONG_CREDENTIALS: 'next.credentials',
  QR_EXPIRED: 'expired.press',
  QR_TAKEN: 'taken.press',
  WRONG_PIN: 'next.pin',
  PIN_LOCKED: 'next.locked',
  INSUFFICIENT_BALANCE: 'next.otherSource',
  AMOUNT_MISMATCH: 'next.checkAmount',
  GIFT_CARD_UNKNOWN: 'next.giftCode',
  GIFT_CARD_USED: 'next.giftOther',
  GIFT_CARD_EXPIRED: 'next.giftOther',
  TOO_MANY: 'next.wait',
};

export function whatHappened(error) {
  if (error.outcome === 'unknown' && IN_DOUBT[error.code]) return t(IN_DOUBT[error.code]);
  if (error.said && !OWN_WORDS[error.code]) return error.said;
  return t(OWN_WORDS[error.code] ?? 'error.badAnswer');
}

export function didMoneyMove(outcome) {
  if (outcome === 'none' || outcome === 'no') return t('money.no');
  return t(outcome === 'done' ? 'money.done' : 'money.unknown');
}

export function whatToPress(error) {
  if (error.param && error.status === 400) return t('next.field');
  return t(NEXT[error.code] ?? 'next.again');
}

/** The card's words for why it said no, where the code is one we know; else the server's sentence. */
export function whyDeclined(failure) {
  return failure?.message || t('declined.text');
}
