// How the payer app writes money, dates and numbers. Pure: no DOM, no clock, no language but the one given.

const EXPONENTS = { KRW: 0, JPY: 0, USD: 2 };
const SYMBOLS = { KRW: '₩', JPY: '¥', USD: '$' };
const UNITS_KO = { KRW: '원', JPY: '엔' };
const MINUS = '\u2212';

/** Groups the digits of a string of digits by three. */
function thousands(digits) {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

/**
 * An amount in its parts, so that a screen can make the unit smaller than the number.
 * `amount` is an integer of minor units. Intl is not used: it writes `₩15,000` in Korean too.
 */
export function moneyParts(amount, currency, lang) {
  const exponent = EXPONENTS[currency] ?? 2;
  const digits = String(Math.abs(amount)).padStart(exponent + 1, '0');
  const whole = thousands(exponent ? digits.slice(0, -exponent) : digits);
  const number = exponent ? `${whole}.${digits.slice(-exponent)}` : whole;
  const sign = amount < 0 ? MINUS : '';
  const unit = lang === 'ko' ? UNITS_KO[currency] : undefined;
  if (unit) return { sign, before: '', number, after: unit };
  return { sign, before: SYMBOLS[currency] ?? `${currency} `, number, after: '' };
}

/** `15,000원` in Korean, `₩15,000` in English. */
export function money(amount, currency, lang) {
  const { sign, before, number, after } = moneyParts(amount, currency, lang);
  return sign + before + number + after;
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const DAYS_EN = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const DAYS_KO = ['일요일', '월요일', '화요일', '수요일', '목요일', '금요일', '토요일'];
const SEOUL_OFFSET_MS = 9 * 3_600_000;

/** The parts of an instant on a clock in Seoul, which has had no summer time since 1988. */
function seoul(instant) {
  const at = new Date(Date.parse(instant) + SEOUL_OFFSET_MS);
  const two = (n) => String(n).padStart(2, '0');
  return {
    year: at.getUTCFullYear(), month: at.getUTCMonth(), day: at.getUTCDate(), weekday: at.getUTCDay(),
    hour: two(at.getUTCHours()), minute: two(at.getUTCMinutes()), second: two(at.getUTCSeconds()), two,
  };
}

/** The time of day: `10:42`. */
export function timeOfDay(instant) {
  const { hour, minute } = seoul(instant);
  return `${hour}:${minute}`;
}

/** A full timestamp for receipts: `2026-11-21 10:42:07`. */
export function timestamp(instant) {
  const { year, month, day, hour, minute, second, two } = seoul(instant);
  return `${year}-${two(month + 1)}-${two(day)} ${hour}:${minute}:${second}`;
}

/** Day and time in words: `11월 21일 10:42`, `21 Nov, 10:42`. */
export function dayAndTime(instant, lang) {
  const { month, day, hour, minute } = seoul(instant);
  return lang === 'ko' ? `${month + 1}월 ${day}일 ${hour}:${minute}` : `${day} ${MONTHS[month]}, ${hour}:${minute}`;
}

/** The heading over the movements of one day; the year only where it is not the current one. */
export function dayHeading(instant, now, lang) {
  const { year, month, day, weekday } = seoul(instant);
  const other = year !== seoul(now).year;
  if (lang === 'ko') return `${other ? `${year}년 ` : ''}${month + 1}월 ${day}일 ${DAYS_KO[weekday]}`;
  return `${DAYS_EN[weekday]}, ${day} ${MONTHS[month]}${other ? ` ${year}` : ''}`;
}

/** Time left as a clock shows it: `2:10`. Never below zero; a part of a second counts as one. */
export function clock(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** Time left as a voice says it: `2분 10초`, `2 minutes 10 seconds`. */
export function spoken(ms, lang) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const [m, s] = [Math.floor(seconds / 60), seconds % 60];
  const minutes = lang === 'ko' ? `${m}분` : `${m} minute${m === 1 ? '' : 's'}`;
  const rest = lang === 'ko' ? `${s}초` : `${s} second${s === 1 ? '' : 's'}`;
  if (m === 0) return rest;
  return s === 0 ? minutes : `${minutes} ${rest}`;
}

/** Only the digits, at most `most` of them. */
export function digitsOf(text, most) {
  return String(text).replace(/\D/g, '').slice(0, most);
}

/** Puts a separator after every `size` characters: `1234 5678`, `ABCD-EFGH`. */
export function grouped(text, size, separator) {
  return (text.match(new RegExp(`.{1,${size}}`, 'g')) ?? []).join(separator);
}

/** The number as it is embossed: fours, or 4-6-5 for American Express. */
export function cardNumber(text) {
  const digits = digitsOf(text, 19);
  if (!/^3[47]/.test(digits)) return grouped(digits, 4, ' ');
  return [digits.slice(0, 4), digits.slice(4, 10), digits.slice(10, 15)].filter(Boolean).join(' ');
}

/** `1249`, `12/49` and `12 / 49` all become `12/49`; a first digit above 1 is a month of its own. */
export function cardExpiry(text) {
  let digits = digitsOf(text, 4);
  if (/^[2-9]/.test(digits)) digits = `0${digits}`.slice(0, 4);
  return digits.length > 2 ? `${digits.slice(0, 2)}/${digits.slice(2)}` : digits;
}

export function shortCode(text) {
  return grouped(digitsOf(text, 8), 4, ' ');
}

export function giftCode(text) {
  return grouped(String(text).toUpperCase().replace(/[^0-9A-Z]/g, '').slice(0, 16), 4, '-');
}

/** An amount being typed: digits grouped by three, without leading zeros. */
export function amountTyped(text) {
  return thousands(digitsOf(text, 9).replace(/^0+/, ''));
}

const BRANDS = [
  [/^4/, 'Visa'], [/^(5[1-5]|2(22[1-9]|2[3-9]|[3-6]|7[01]|720))/, 'Mastercard'], [/^3[47]/, 'American Express'],
  [/^(35(2[89]|[3-8]))/, 'JCB'], [/^(62|81)/, 'UnionPay'], [/^9/, 'BC'],
];

/** The brand a number begins like, or null while nothing is certain. */
export function brandOf(number) {
  const digits = digitsOf(number, 19);
  return BRANDS.find(([pattern]) => pattern.test(digits))?.[1] ?? null;
}

/** The check digit of ISO/IEC 7812. The repeated test numbers are exempt on the server, so they are here. */
export function cardNumberIsPlausible(number) {
  const digits = digitsOf(number, 19);
  if (digits.length < 13) return false;
  if (/^(\d)\1{15}$/.test(digits)) return true;
  const sum = [...digits].reverse().reduce((total, digit, i) => {
    const n = Number(digit) * (i % 2 ? 2 : 1);
    return total + (n > 9 ? n - 9 : n);
  }, 0);
  return sum % 10 === 0;
}

/** Where the caret belongs after `count` typed characters of a grouped text. */
export function caretAfter(text, count, isTyped = /[0-9A-Za-z]/) {
  if (count === 0) return 0;
  let seen = 0;
  for (let i = 0; i < text.length; i += 1) {
    if (isTyped.test(text[i])) seen += 1;
    if (seen === count) return i + 1;
  }
  return text.length;
}
