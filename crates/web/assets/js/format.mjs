// Amounts and times as people read them: the twin of crates/web/src/format.rs. Both are held to tests/format.json.

const DECIMALS = { KRW: 0, JPY: 0, USD: 2, EUR: 2 };
const SYMBOLS = { KRW: '₩', USD: 'US$', EUR: '€', JPY: '¥' };
const MINUS = '−';
export const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const SEOUL_MS = 9 * 3_600_000;

/** An amount in its parts, so that a page can make the unit smaller than the number. `amount` in minor units. */
export function parts(amount, currency, lang) {
  const decimals = DECIMALS[currency] ?? 0;
  const minor = 10 ** decimals;
  const absolute = Math.abs(amount);
  const whole = thousands(String(Math.floor(absolute / minor)));
  const number = decimals ? `${whole}.${String(absolute % minor).padStart(decimals, '0')}` : whole;
  const unit = currency === 'KRW' && lang === 'ko' ? '원' : '';
  return { sign: amount < 0 ? MINUS : '', before: unit ? '' : SYMBOLS[currency] ?? '', number, after: unit };
}

export function money(amount, currency, lang) {
  const { sign, before, number, after } = parts(amount, currency, lang);
  return sign + before + number + after;
}

/** Groups the digits of a string of digits by three. */
export function thousands(digits) {
  return digits.replace(/\B(?=(\d{3})+$)/g, ',');
}

/** Minutes and seconds: `8:12`; hours before them where there are any. */
export function left(seconds) {
  const all = Math.max(0, Math.floor(seconds));
  const two = (number) => String(number).padStart(2, '0');
  const [hours, minutes, rest] = [Math.floor(all / 3600), Math.floor(all / 60) % 60, all % 60];
  return hours ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`;
}

/** Eight digits in two groups: `4827-1936`. */
export function code(digits) {
  return digits.length > 4 ? `${digits.slice(0, 4)}-${digits.slice(4)}` : digits;
}

/** Day and time in Seoul. */
export function moment(time, lang) {
  const at = new Date(Date.parse(time) + SEOUL_MS);
  const clock = `${String(at.getUTCHours()).padStart(2, '0')}:${String(at.getUTCMinutes()).padStart(2, '0')}`;
  return lang === 'ko'
    ? `${at.getUTCMonth() + 1}월 ${at.getUTCDate()}일 ${clock}`
    : `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]}, ${clock} KST`;
}

/** Puts values in the places of a sentence. */
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (place, name) => values[name] ?? place);
}
