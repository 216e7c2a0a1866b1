// A card as it is typed: groups, brand, expiry, and what is wrong with it, in words, when a field is left.

// Fail Luhn's check and are let through in test mode by name: docs/API.md, "Test cards".
const REPEATED_TEST_NUMBERS = ['1111111111111111', '2222222222222222'];

const digitsOf = (text) => text.replace(/\D/g, '');

/** `mode`: `test` or `live`. */
export function isCardNumber(text, mode) {
  const digits = digitsOf(text);
  return isCardLength(digits) && ((mode === 'test' && REPEATED_TEST_NUMBERS.includes(digits)) || passesLuhn(digits));
}

const isCardLength = ({ length }) => length >= 14 && length <= 19;

/** The brand by the first digits, as crates/domain/src/method.rs has it. */
export function brandOf(digits) {
  const four = Number(digits.slice(0, 4).padEnd(4, '0'));
  if (/^4/.test(digits)) return 'Visa';
  if (/^5[1-5]/.test(digits) || (digits.length >= 4 && four >= 2221 && four <= 2720)) return 'Mastercard';
  if (/^3[47]/.test(digits)) return 'Amex';
  if (digits.length >= 4 && four >= 3528 && four <= 3589) return 'JCB';
  if (/^62/.test(digits)) return 'UnionPay';
  return '';
}

export const isDomestic = (digits) => digits.startsWith('9');

/** Groups of four; of Amex 4, 6 and 5. */
export function grouped(digits) {
  const groups = brandOf(digits) === 'Amex' ? /^(\d{1,4})(\d{1,6})?(\d{1,5})?$/ : null;
  if (groups) return (digits.slice(0, 15).match(groups) ?? []).slice(1).filter(Boolean).join(' ');
  return digits.slice(0, 19).match(/\d{1,4}/g)?.join(' ') ?? '';
}

export function passesLuhn(digits) {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = Number(digits[digits.length - 1 - index]);
    const doubled = index % 2 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

/** Formats while it is typed, and leaves the caret behind the digit it was behind. */
function format(input, shape) {
  const before = digitsOf(input.value.slice(0, input.selectionStart ?? input.value.length)).length;
  const value = shape(input.value);
  if (value === input.value) return;
  input.value = value;
  if (document.activeElement !== input) return;
  let caret = 0;
  for (let seen = 0; caret < value.length && seen < before; caret += 1) if (/\d/.test(value[caret])) seen += 1;
  // At the end of what is there one goes on behind the sign that was put there.
  if (before === digitsOf(value).length) caret = value.length;
  input.setSelectionRange(caret, caret);
}

const expiryShape = (deletes) => (value) => {
  let digits = digitsOf(value);
  // A keeper of cards fills in 12/2030.
  if (digits.length === 6 && digits.slice(2, 4) === '20') digits = digits.slice(0, 2) + digits.slice(4);
  if (/^[2-9]/.test(digits)) digits = `0${digits}`;
  digits = digits.slice(0, 4);
  return digits.length > 2 || (digits.length === 2 && !deletes) ? `${digits.slice(0, 2)}/${digits.slice(2)}` : digits;
};

/** As they stand in a field. */
export const numberTyped = (text) => grouped(digitsOf(text));
export const expiryTyped = expiryShape(true);

/** What is wrong with each field, or nothing. `now` is the server's clock. */
export const CHECKS = {
  number(value, words, { mode }) {
    if (!isCardLength(digitsOf(value))) return words.numberLength;
    return isCardNumber(value, mode) ? '' : words.numberCheck;
  },
  expiry(value, words, { now }) {
    const [, month, year] = /^(\d\d)\s*\/?\s*(\d\d)$/.exec(value.trim()) ?? [];
    if (!month) return words.expiryForm;
    if (Number(month) < 1 || Number(month) > 12) return words.expiryMonth;
    const here = new Date(now + 9 * 3_600_000);
    const past = 2000 + Number(year) < here.getUTCFullYear() || (2000 + Number(year) === here.getUTCFullYear() && Number(month) < here.getUTCMonth() + 1);
    return past ? words.expiryPast : '';
  },
  cvc: (value, words) => (value === '' || /^\d{3,4}$/.test(value) ? '' : words.cvcForm),
  birthDate: (value, words) => (value === '' || /^(\d{6}|\d{10})$/.test(value) ? '' : words.birthForm),
  passwordPrefix: (value, words) => (value === '' || /^\d{2}$/.test(value) ? '' : words.passwordForm),
  accountNumber: (value, words) => (/^\d{10,16}$/.test(value.replace(/[\s-]/g, '')) ? '' : words.accountForm),
};

/** What happens while a field is typed into. */
export function typed(input, event) {
  if (input.name === 'number') {
    format(input, numberTyped);
    const digits = digitsOf(input.value);
    const brand = input.parentElement.querySelector('[data-brand]');
    if (brand) brand.textContent = brandOf(digits);
    if (isDomestic(digits)) input.form.querySelector('#domestic')?.setAttribute('open', '');
  } else if (input.name === 'expiry') {
    format(input, expiryShape(event.inputType?.startsWith('delete')));
  } else if (['cvc', 'birthDate', 'passwordPrefix'].includes(input.name)) {
    const digits = digitsOf(input.value);
    if (digits !== input.value) input.value = digits;
  }
}
