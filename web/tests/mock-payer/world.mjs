// The merchants, payers and payments of the mock. Every token makes a fresh payment each time it is resolved.

export const DEMO_PAYERS = [
  { name: '김하늘', email: 'haneul@example.com', password: 'steel-yard-demo', pin: '123456', mode: 'test', balance: 120_400, cards: ['4242424242424242', '4000000000000002'] },
  { name: 'Min Park', email: 'min@example.com', password: 'steel-yard-demo', pin: '654321', mode: 'test', balance: 3_000, cards: [] },
];

const MERCHANT = '제주 감귤상회';
const line = (name, quantity, unitPrice, kind = 'product') => ({ name, kind, quantity, unitPrice, amount: quantity * unitPrice });

/** `trick` names what the approval does; without one it approves. */
export const SCENARIOS = [
  { token: 'basic', code: '48271936', what: 'balance is enough; numbers 12 47 83, the PC shows 47', match: 47, lines: [line('한라봉 5kg', 1, 36_000), line('배송비', 1, 6_000, 'shipping')] },
  { token: 'small', code: '10000001', what: 'no number match', lines: [line('감귤칩 40g', 2, 4_450)] },
  { token: 'big', code: '10000002', what: 'more than the balance; instalments', match: 21, lines: [line('천혜향 선물세트 10kg', 2, 92_000), line('배송비', 1, 5_000, 'shipping')] },
  { token: 'short', code: '10000003', what: 'twenty-five seconds left', lifeMs: 25_000, lines: [line('감귤주스 1L', 3, 7_000)] },
  { token: 'expired', code: '10000004', what: 'QR_EXPIRED at once', refuse: ['QR_EXPIRED', 410] },
  { token: 'taken', code: '10000005', what: 'QR_TAKEN at once', refuse: ['QR_TAKEN', 409] },
  { token: 'stolen', code: '10000006', what: 'taken by another phone at the first touch', trick: 'takenLater', lines: [line('감귤칩 40g', 1, 4_450)] },
  { token: 'unknown', code: '10000007', what: 'unknown for four polls, then paid', trick: 'unknown', polls: 4, lines: [line('감귤 3kg', 1, 18_000)] },
  { token: 'never', code: '10000008', what: 'unknown without end', trick: 'unknown', polls: 1e9, lines: [line('감귤 3kg', 1, 18_000)] },
  { token: 'lost', code: '10000009', what: 'approved, but the answer is lost on the way', trick: 'lostAfter', lines: [line('감귤 3kg', 1, 18_000)] },
  { token: 'unsent', code: '10000010', what: 'the first request is lost before it arrives', trick: 'lostBefore', lines: [line('감귤 3kg', 1, 18_000)] },
  { token: 'declined', code: '10000011', what: 'declined whatever pays', trick: 'declined', lines: [line('감귤 3kg', 1, 18_000)] },
  { token: 'changed', code: '10000012', what: 'AMOUNT_MISMATCH once', trick: 'changed', lines: [line('감귤 3kg', 1, 18_000)] },
  { token: 'slow', code: '10000013', what: 'answers after three seconds', trick: 'slow', lines: [line('감귤 3kg', 1, 18_000)] },
];

export const BANKS = {
  ko: [['kookmin', 'KB국민은행'], ['shinhan', '신한은행'], ['woori', '우리은행'], ['hana', '하나은행'], ['nonghyup', 'NH농협은행'], ['kakao', '카카오뱅크'], ['toss', '토스뱅크']],
  en: [['kookmin', 'KB Kookmin'], ['shinhan', 'Shinhan'], ['woori', 'Woori'], ['hana', 'Hana'], ['nonghyup', 'NH Nonghyup'], ['kakao', 'KakaoBank'], ['toss', 'Toss Bank']],
};

export const GIFT_CARDS = { 'GIFT-2026-0001-AAAA': 20_000, 'GIFT-2026-USED-AAAA': 'GIFT_CARD_USED', 'GIFT-2026-LATE-AAAA': 'GIFT_CARD_EXPIRED' };

/** How the test cards end, by number; the others approve. */
export const CARD_ENDS = {
  4000000000000002: 'GENERIC_DECLINE', 2222222222222222: 'GENERIC_DECLINE', 4000000000009995: 'INSUFFICIENT_LIMIT', 4000000000009987: 'STOLEN_OR_LOST',
  4000000000000069: 'EXPIRED_CARD', 4000000000005126: 'unknown', 4000000000005134: 'unknown',
};

export const SAYINGS = {
  GENERIC_DECLINE: ['카드사가 결제를 거절했어요.', 'The card issuer declined the payment.'],
  INSUFFICIENT_LIMIT: ['카드 한도가 부족해요.', 'The card’s limit is not enough.'],
  STOLEN_OR_LOST: ['분실 신고된 카드예요.', 'The card was reported lost.'],
  EXPIRED_CARD: ['유효기간이 지난 카드예요.', 'The card has expired.'],
  WRONG_PIN: ['비밀번호가 달라요. {left}번 더 입력할 수 있어요.', 'Wrong PIN. {left} tries left.'],
  PIN_LOCKED: ['비밀번호를 5번 틀려서 잠겼어요.', 'The PIN is locked after 5 wrong tries.'],
  WRONG_NUMBER: ['PC 화면의 숫자와 달라서 이 QR을 무효로 했어요.', 'The number differs from the PC, so this QR is void.'],
  INSUFFICIENT_BALANCE: ['잔액이 모자라요.', 'The balance is too small.'],
  AMOUNT_MISMATCH: ['결제할 금액이 바뀌었어요.', 'The amount has changed.'],
  QR_TAKEN: ['다른 휴대폰에서 이 결제를 열고 있어요.', 'Another phone has this payment open.'],
  QR_EXPIRED: ['QR의 유효 시간이 지났어요.', 'The QR has expired.'],
  SIGN_IN_REQUIRED: ['로그인이 필요해요.', 'Sign in first.'],
  WRONG_CREDENTIALS: ['이메일이나 비밀번호가 맞지 않아요.', 'The email or the password is wrong.'],
  EMAIL_TAKEN: ['이미 가입한 이메일이에요.', 'This email is already in use.'],
  GIFT_CARD_UNKNOWN: ['없는 상품권 코드예요.', 'There is no gift card with this code.'],
  GIFT_CARD_USED: ['이미 등록된 상품권이에요.', 'This gift card has been used.'],
  GIFT_CARD_EXPIRED: ['기간이 지난 상품권이에요.', 'This gift card has expired.'],
  NOT_FOUND: ['찾을 수 없어요.', 'Not found.'],
  INVALID: ['입력을 확인해 주세요.', 'Check what was entered.'],
  CARD_REFUSED: ['카드사가 이 카드를 등록해 주지 않았어요.', 'The issuer refused to register this card.'],
  OTHER_SOURCE: ['다른 결제 수단을 골라 다시 결제해 주세요.', 'Choose another way to pay and try again.'],
  IDEMPOTENCY_MISMATCH: ['같은 키로 다른 요청을 보냈어요.', 'The key was used for another request.'],
};

/** A month of movements, so that history has pages. */
export function pastOf(now) {
  const day = 86_400_000;
  const shops = ['제주 감귤상회', '한강 문구', '바른 커피', '동네 책방', '새벽 빵집'];
  const items = [
    ['refund', 'done', 1, '한강 문구', '만년필 잉크', -13_500, 'card', 'pay_refunded'],
    ['payment', 'done', 1.02, '바른 커피', '드립백 10개', 15_000, 'wallet', 'pay_coffee'],
    ['topUp', 'done', 1.5, null, null, 50_000, 'card', null],
    ['payment', 'pending', 2.1, '동네 책방', '시집 2권', 24_000, 'card', 'pay_pending'],
    ['cancel', 'done', 2.4, '새벽 빵집', '식빵 외 2건', -11_200, 'wallet', 'pay_canceled'],
    ['payment', 'done', 2.45, '새벽 빵집', '식빵 외 2건', 11_200, 'wallet', 'pay_canceled'],
    ['topUp', 'declined', 3, null, null, 30_000, 'card', null],
    ['redemption', 'done', 3.2, null, null, 20_000, null, null],
  ];
  for (let i = 0; i < 40; i += 1) items.push(['payment', 'done', 4 + i * 0.7, shops[i % 5], '상품 꾸러미 ' + (i + 1), 4_900 + i * 1_300, i % 3 ? 'wallet' : 'card', `pay_past${i}`]);
  return items.map(([kind, status, ago, merchant, title, amount, method, paymentId], i) => ({
    id: `mv_${i}`, kind, status, merchant, title, amount, currency: 'KRW', method, occurredAt: new Date(now - ago * day).toISOString(), paymentId,
  }));
}

export function linesTotal(lines) {
  return lines.reduce((sum, { amount }) => sum + amount, 0);
}
export { MERCHANT };
