// How the payer app writes dates and what is typed; money is written as everywhere, by js/format.mjs. Pure: no DOM, no
// clock, no language but the one given.

import { left, MONTHS, thousands } from '../js/format.mjs';

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

/** A full timestamp for receipts: `2026-11-21 10:42:07`; who reads English may be elsewhere, and is told `KST`. */
export function timestamp(instant, lang) {
  const { year, month, day, hour, minute, second, two } = seoul(instant);
  return `${year}-${two(month + 1)}-${two(day)} ${hour}:${minute}:${second}${lang === 'ko' ? '' : ' KST'}`;
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
  return left(Math.ceil(ms / 1000));
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
