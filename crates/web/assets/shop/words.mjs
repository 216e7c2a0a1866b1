// What the shop says, in both languages, and how it writes money and time.

import { money as moneyOf, parts as partsOf } from '../js/format.mjs';

export const LANG = document.documentElement.lang === 'en' ? 'en' : 'ko';

const WORDS = {
  add: ['담기', 'Add'],
  added: ['담았어요', 'Added'],
  soldOut: ['품절', 'Sold out'],
  low: ['얼마 안 남았어요', 'Nearly gone'],
  left: ['{n}개 남음', '{n} left'],
  stockScale: ['재고 {n}개, 눈금은 50개까지', '{n} in stock, on a scale of 50'],
  was: ['전에는 {n}', 'was {n}'],
  loading: ['상품을 가져오고 있어요…', 'Fetching the goods…'],
  failed: ['가져오지 못했어요.', 'That could not be fetched.'],
  again: ['다시 시도', 'Try again'],
  empty: ['장바구니가 비어 있어요.', 'Your cart is empty.'],
  toGoods: ['상품 보러 가기', 'See the goods'],
  fewer: ['{n} 하나 빼기', 'One fewer {n}'],
  more: ['{n} 하나 더', 'One more {n}'],
  remove: ['빼기', 'Remove'],
  removeOf: ['{n} 빼기', 'Remove {n}'],
  quantity: ['{n} 수량', 'Quantity of {n}'],
  onlyLeft: ['{n}개만 남아서 줄였어요.', 'Only {n} left, so we took fewer.'],
  goods: ['상품', 'Goods'],
  total: ['합계', 'Total'],
  vat: ['부가세 {n} 포함', 'including {n} VAT'],
  pay: ['{n} 결제하기', 'Pay {n}'],
  opening: ['결제창을 여는 중이에요…', 'Opening the checkout…'],
  canceled: ['결제를 취소했어요. 돈은 나가지 않았고, 장바구니는 그대로예요.', 'You canceled the payment. No money moved, and your cart is as it was.'],
  canceledUnknown: ['결제창이 닫혔어요. 결제가 됐는지 주문에서 확인해 주세요.', 'The checkout was closed. Please see in the order whether it was paid.'],
  noMoney: ['돈은 나가지 않았어요.', 'No money moved.'],
  maybeMoney: ['돈이 나갔을 수 있어요. 다시 결제하지 말고 주문을 확인해 주세요.', 'Money may have moved. Do not pay again; look at the order.'],
  seeOrder: ['주문 보기', 'See the order'],
  support: ['문의 번호 {n}', 'Reference {n}'],
  notPaidHere: ['결제가 끝나면 주문 페이지로 가요.', 'When it is paid you are taken to the order.'],
  order: ['주문 {n}', 'Order {n}'],
  confirming: ['확인하는 중이에요…', 'Checking…'],
  confirmedByServer: ['가게 서버가 직접 확인한 결과예요', 'Confirmed by the shop’s own server'],
  method: ['결제 수단', 'Method'],
  approval: ['승인 번호', 'Approval'],
  receiptAt: ['결제 시각', 'Paid at'],
  account: ['입금 계좌', 'Account'],
  due: ['입금 기한', 'Due'],
  copy: ['복사', 'Copy'],
  copied: ['복사했어요', 'Copied'],
  installments: ['{n}개월 할부', '{n} installments'],
  refund: ['{n} 환불하기', 'Refund {n}'],
  refunding: ['환불하는 중이에요…', 'Refunding…'],
  refundFailed: ['환불하지 못했어요.', 'The refund was not made.'],
  refundUnknown: ['환불됐는지 확인하고 있어요. 다시 눌러도 한 번만 환불돼요.', 'We are finding out whether it was refunded. Pressed again, it is refunded once.'],
  noAnswer: ['가게 서버에 닿지 못했어요. 잠시 뒤에 다시 시도해 주세요.', 'The shop could not be reached. Please try again in a moment.'],
  backToCart: ['장바구니로', 'Back to the cart'],
  notFound: ['그런 주문이 없어요.', 'There is no such order.'],
  live: ['실시간', 'Live'],
  reconnecting: ['다시 연결 중', 'Reconnecting'],
  paused: ['일시정지', 'Paused'],
  pause: ['멈추기', 'Pause'],
  goOn: ['이어 보기', 'Go on'],
  showNew: ['새로 일어난 일 {n}건 보기', 'Show {n} new'],
  nothing: ['아직 아무 일도 없어요. 상품을 담고 결제해 보세요.', 'Nothing yet. Put something in the cart and pay for it.'],
  request: ['요청', 'Request'],
  response: ['응답', 'Response'],
  none: ['없음', 'none'],
  data: ['내용', 'Data'],
  stockNow: ['재고 {n}', 'stock {n}'],
  clear: ['지우기', 'Clear'],
  version: ['버전 {n}', 'version {n}'],
};

const METHODS = {
  card: ['카드', 'Card'],
  transfer: ['계좌이체', 'Bank transfer'],
  virtualAccount: ['가상계좌', 'Virtual account'],
  wallet: ['앱으로 결제', 'Paid in the app'],
};

/** For each status: the tag's class, the word, the headline, what it means. */
const STATUSES = {
  open: ['wai', ['결제 전', 'Not paid'], ['결제를 기다리고 있어요', 'Waiting for the payment'], ['결제가 끝나면 이 페이지가 저절로 바뀌어요. 새로 고치지 않아도 돼요.', 'This page changes by itself once it is paid. No need to reload.']],
  paid: ['ok', ['결제 완료', 'Paid'], ['잘 받았어요', 'Thank you'], ['결제가 끝났어요. 내일 저울에 달아 보낼게요.', 'It is paid. We weigh it and send it tomorrow.']],
  waitingForDeposit: ['wai', ['입금 대기', 'Awaiting deposit'], ['입금을 기다리고 있어요', 'Waiting for your deposit'], ['아래 계좌로 보내면 이 페이지가 바로 바뀌어요.', 'Send it to the account below; this page changes at once.']],
  canceled: ['can', ['취소', 'Canceled'], ['주문을 취소했어요', 'The order was canceled'], ['돈은 나가지 않았거나, 나간 만큼 돌려드렸어요.', 'No money moved, or all of it went back.']],
  expired: ['can', ['시간 지남', 'Expired'], ['결제 시간이 지났어요', 'The time to pay is over'], ['돈은 나가지 않았어요. 다시 담아 주문해 주세요.', 'No money moved. Please order again.']],
  unknown: ['wai', ['결과 확인 중', 'Being checked'], ['결과를 확인하고 있어요', 'We are finding out'], ['돈이 나갔을 수 있으니 다시 결제하지 마세요. 결과가 나오면 이 페이지가 바뀌어요.', 'Money may have moved, so please do not pay again. This page changes when we know.']],
  refunded: ['ref', ['환불 완료', 'Refunded'], ['환불했어요', 'Your money went back'], ['결제한 수단으로 모두 돌려드렸어요.', 'All of it went back the way it came.']],
};

const BLURBS = {
  hallabong: ['꼭지가 볼록할수록 달아요', 'The bumpier the top, the sweeter'],
  tangerine: ['손으로 까먹는 겨울', 'Winter, peeled by hand'],
  barley: ['볶은 보리를 우려 식힌 물', 'Roasted barley, steeped and cooled'],
  cup: ['물레에서 한 점씩', 'Thrown one at a time'],
  sesame: ['낮은 불에 볶아 천천히', 'Roasted low, pressed slow'],
  book: ['무게를 재는 사람들의 이야기', 'Of people who weigh things'],
};

const at = (pair) => pair[LANG === 'ko' ? 0 : 1];

export const say = (key, n = '') => at(WORDS[key]).replace('{n}', n);
export const methodName = (method) => (METHODS[method] ? at(METHODS[method]) : method);
export const blurb = (art) => (BLURBS[art] ? at(BLURBS[art]) : '');
export const nameOf = (product) => (LANG === 'en' && product.nameEn ? product.nameEn : product.name);

export function status(name) {
  const [kind, word, headline, meaning] = STATUSES[name] ?? STATUSES.unknown;
  return { kind, word: at(word), headline: at(headline), meaning: at(meaning) };
}

/** An empty cart has no currency of its own. */
const CURRENCY = 'KRW';
export const parts = (amount, currency = CURRENCY) => partsOf(amount, currency, LANG);
export const money = (amount, currency = CURRENCY) => moneyOf(amount, currency, LANG);

const clock = new Intl.DateTimeFormat('sv-SE', { timeZone: 'Asia/Seoul', dateStyle: 'short', timeStyle: 'medium' });
/** `11-21 10:42:07`, as on every screen: Seoul's time. */
export const dateTime = (iso) => (iso ? clock.format(new Date(iso)).slice(5) : '');
export const time = (iso) => (iso ? clock.format(new Date(iso)).slice(11) : '');

/** A link that keeps the language and theme somebody chose in the address. */
export function to(path) {
  const kept = new URLSearchParams();
  const now = new URLSearchParams(location.search);
  for (const name of ['lang', 'theme']) if (now.has(name)) kept.set(name, now.get(name));
  const search = kept.toString();
  return search ? `${path}${path.includes('?') ? '&' : '?'}${search}` : path;
}
