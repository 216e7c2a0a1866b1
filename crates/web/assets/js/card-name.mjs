// What people call a card: the company that gave it, or else its brand. Codes as crates/domain/src/method.rs has them.

const BRANDS = {
  visa: ['Visa', 'Visa'],
  mastercard: ['Mastercard', 'Mastercard'],
  amex: ['Amex', 'Amex'],
  jcb: ['JCB', 'JCB'],
  unionpay: ['UnionPay', 'UnionPay'],
  domestic: ['국내 카드', 'Korean card'],
};
const ISSUERS = {
  kookmin: ['KB국민카드', 'KB Kookmin'],
  samsung: ['삼성카드', 'Samsung'],
  hyundai: ['현대카드', 'Hyundai'],
  shinhan: ['신한카드', 'Shinhan'],
  bc: ['BC카드', 'BC'],
  lotte: ['롯데카드', 'Lotte'],
  hana: ['하나카드', 'Hana'],
  nonghyup: ['NH농협카드', 'NH Nonghyup'],
};
const SOME = ['카드', 'Card'];

const at = (pair, lang) => pair[lang === 'en' ? 1 : 0];

/** @param {string} brand @param {'ko' | 'en'} lang */
export const brandName = (brand, lang) => at(BRANDS[brand] ?? SOME, lang);

/** @param {{brand: string, issuer?: string | null}} card @param {'ko' | 'en'} lang */
export const companyName = ({ brand, issuer }, lang) => (ISSUERS[issuer] ? at(ISSUERS[issuer], lang) : brandName(brand, lang));

/** What stands under the name: the brand, unless it is the name, and the last digits. */
export const cardDigits = ({ brand, issuer, last4, nickname }, lang) =>
  `${ISSUERS[issuer] || nickname ? `${brandName(brand, lang)} ` : ''}····\u00a0${last4}`;
