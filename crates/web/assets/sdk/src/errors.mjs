import { base } from './base.mjs';

const WORDS = {
  USER_CANCELED: ['결제를 취소했어요.', 'The payment was canceled.'],
  SESSION_EXPIRED: ['결제 시간이 지났어요. 다시 주문해 주세요.', 'The checkout has expired. Please order again.'],
  DECLINED: ['결제가 거절됐어요. 다른 수단으로 결제해 주세요.', 'The payment was declined. Please use another method.'],
  POPUP_BLOCKED: ['팝업이 막혔어요. 팝업을 허용해 주세요.', 'The popup was blocked. Please allow popups.'],
  NETWORK: ['연결이 끊겼어요. 다시 시도해 주세요.', 'No connection. Please try again.'],
};
const OTHER = ['결제하지 못했어요.', 'The payment could not be made.'];

// What else may be said, in the server's words.
const CODES = 'ALREADY_PAID AUTHENTICATION_FAILED AMOUNT_MISMATCH ORIGIN_NOT_ALLOWED INVALID_KEY PROVIDER_DOWN INTERNAL INVALID_REQUEST OUT_OF_STOCK'.split(' '); // prettier-ignore

let korean = () => (document.documentElement.lang || navigator.language || 'ko').startsWith('ko');

export const speak = (locale) => {
  if (locale === 'ko' || locale === 'en') korean = () => locale === 'ko';
};
export const say = (ko, en) => (korean() ? ko : en);

export class SteelyardError extends Error {
  constructor(code, facts = {}) {
    super(facts.message || say(...(WORDS[code] || OTHER)), facts.cause && { cause: facts.cause });
    this.name = 'SteelyardError';
    this.code = code;
    for (const field of ['declineCode', 'param']) if (facts[field]) this[field] = facts[field];
    this.requestId = facts.requestId || '';
    this.retryable = !!facts.retryable;
    this.moneyMoved = (facts.moneyMoved || facts.outcome) === 'unknown' ? 'unknown' : 'no';
    this.docUrl = new URL(facts.docUrl || `/docs/errors#${code}`, base).href;
  }
}

/** What the server or the checkout page says, in the SDK's codes; a code of later versions stays an error. */
export const understood = (facts, status = 0) => {
  facts ||= {};
  // A decline for want of 3-D Secure: the buyer did not finish it, or the card was used where it was not asked for.
  let code = /^AUTHENTICATION_/.test(facts.declineCode) ? 'AUTHENTICATION_FAILED' : facts.code;
  if (!WORDS[code] && !CODES.includes(code)) {
    if (status === 503 || /UNAVAILABLE$|^NET_/.test(code)) code = 'PROVIDER_DOWN';
    else if (facts.declineCode || /DECLINED$/.test(code)) code = 'DECLINED';
    else if (status === 401 || status === 403) code = 'INVALID_KEY';
    else if (/EXPIRED$|^ORDER_CANCELED/.test(code)) code = 'SESSION_EXPIRED';
    else code = status >= 400 && status < 500 ? 'INVALID_REQUEST' : 'INTERNAL';
  }
  return new SteelyardError(code, facts);
};

/** A mistake in the integrator's own code: the field is named, in English, as it goes to a console. */
export const mistake = (param, rule) =>
  new SteelyardError('INVALID_REQUEST', { param, message: `Steelyard: ${param} ${rule}` });
