//! What to do about each code, in both languages.

use steelyard_app::Code;

pub(super) struct Remedy {
    pub(super) english: &'static str,
    pub(super) korean: &'static str,
}

/// One exhaustive match, so that a new code does not compile without a remedy.
macro_rules! remedies {
    ($($code:ident: $english:literal, $korean:literal;)*) => {
        pub(super) const fn remedy(code: Code) -> Remedy {
            match code {
                $(Code::$code => Remedy { english: $english, korean: $korean },)*
            }
        }
    };
}

remedies! {
    InvalidRequest:
        "Correct the field named in error.param; the message says what it must be.",
        "error.param의 필드를 메시지에 맞게 고쳐 주세요.";
    InvalidJson:
        "Send one JSON object without comments or trailing commas; name each field once.",
        "주석이나 끝 쉼표가 없는 JSON 객체 하나를 보내고, 필드는 한 번씩만 써 주세요.";
    UnknownField:
        "Look for a typo in the field named in error.param, or remove it. Nothing is ignored silently.",
        "error.param의 필드 이름에 오타가 없는지 확인하거나 지워 주세요. 모르는 필드를 그냥 넘기지 않아요.";
    InvalidCursor:
        "Use nextCursor as it came, with the same list and key, or begin again without a cursor.",
        "nextCursor를 받은 그대로 같은 목록과 키로 쓰거나, 커서 없이 처음부터 시작해 주세요.";
    IdempotencyKeyRequired:
        "Send a new key for each thing to be done once, as in Idempotency-Key: \"order-1-pay-1\", and the same key when you repeat the request.",
        "한 번만 처리할 일마다 새 키를 보내고(예: Idempotency-Key: \"order-1-pay-1\"), 다시 요청할 때는 같은 키를 보내 주세요.";
    UnsupportedVersion:
        "Send Steelyard-Version: 2026-11-01, or leave the header out.",
        "Steelyard-Version: 2026-11-01을 보내거나 헤더를 빼 주세요.";
    MethodNotAllowed:
        "The Allow header names the methods of this address.",
        "Allow 헤더에 이 주소에서 쓸 수 있는 메서드가 있어요.";
    RequestTimeout:
        "Send the whole body within 10 seconds. Repeat the request with the same Idempotency-Key.",
        "본문을 10초 안에 모두 보내 주세요. 같은 Idempotency-Key로 다시 요청할 수 있어요.";
    BodyTooLarge:
        "Split the request, or remove what is not needed from metadata.",
        "요청을 나누거나 metadata에서 필요 없는 값을 빼 주세요.";
    UnsupportedMediaType:
        "Send Content-Type: application/json.",
        "Content-Type: application/json을 보내 주세요.";
    HeadersTooLarge:
        "Send at most 64 headers of 16 KiB together; cookies are not needed.",
        "헤더는 64개, 합쳐서 16KiB까지예요. 쿠키는 필요 없어요.";
    MissingKey:
        "Send Authorization: Bearer with a key from the API keys page, or the key as the user name of Basic.",
        "API 키를 Authorization: Bearer 헤더나 Basic의 사용자 이름으로 보내 주세요.";
    OriginNotAllowed:
        "Register the origin with PUT /v1/checkout/settings. The payer app's own address answers the app alone.",
        "PUT /v1/checkout/settings에 출처를 등록해 주세요. 결제 앱의 주소는 결제 앱에서만 쓸 수 있어요.";
    InvalidSignature:
        "Sign the timestamp, a full stop and the body's bytes with the secret that both sides share, and check the clock.",
        "타임스탬프와 마침표, 본문 바이트를 양쪽이 아는 비밀키로 서명하고 시계를 확인해 주세요.";
    InvalidTicket:
        "Have your server make a new ticket: each is good for one stream, within a minute.",
        "서버에서 새 티켓을 발급받아 주세요. 티켓 하나는 1분 안에 스트림 하나에만 쓸 수 있어요.";
    QrTaken:
        "Wait until the other phone has paid or given up. A minute after it was last heard of it holds nothing.",
        "다른 기기의 결제가 끝나거나 취소될 때까지 기다려 주세요. 그 기기에서 소식이 끊기면 1분 뒤에 풀려요.";
    QrExpired:
        "Scan the code that is on the screen now, or type its digits.",
        "지금 화면에 보이는 코드를 스캔하거나 숫자를 입력해 주세요.";
    CheckoutExpired:
        "Make a new order and a new checkout session.",
        "새 주문과 새 결제 세션을 만들어 주세요.";
    WrongNumber:
        "Scan the new code and choose the number that stands beside it.",
        "새 코드를 스캔하고 화면에 보이는 숫자를 골라 주세요.";
    InvalidKey:
        "Check for a cut-off or mistyped key, then whether it was rotated, revoked or has expired.",
        "키가 잘리거나 틀리지 않았는지, 교체·폐기·만료되지 않았는지 확인해 주세요.";
    KeyNotAllowed:
        "Use a key with the scope named in the message. Publishable keys may only authenticate payments.",
        "메시지에 적힌 권한이 있는 키를 사용해 주세요. 공개 키로는 결제 인증만 할 수 있어요.";
    TestModeOnly:
        "Use a key that begins with sk_test_ or rk_test_.",
        "sk_test_ 또는 rk_test_로 시작하는 키를 사용해 주세요.";
    MerchantSuspended:
        "Contact the operator of this platform. Payments that are there can still be looked at.",
        "플랫폼 운영자에게 문의해 주세요. 기존 결제는 조회할 수 있어요.";
    RateLimited:
        "Wait as long as Retry-After says, and spread your requests; a key may have a limit of its own. Of streams of events, close one that is open.",
        "Retry-After만큼 기다리고 요청을 나누어 보내 주세요. 키마다 한도를 따로 둘 수 있어요. 이벤트 스트림이라면 열려 있는 것을 하나 닫아 주세요.";
    RequestInProgress:
        "Repeat the request with the same key after a second: it answers what the first one did.",
        "1초 뒤 같은 키로 다시 요청하면 첫 요청의 결과를 받아요.";
    IdempotencyMismatch:
        "The body or address differs from the first request with this key. Use a new key for something new.",
        "이 키의 첫 요청과 본문이나 주소가 달라요. 다른 일에는 새 키를 사용해 주세요.";
    Internal:
        "Repeat the request with the same Idempotency-Key; if it stays, report the requestId.",
        "같은 Idempotency-Key로 다시 요청하고, 계속되면 requestId를 알려 주세요.";
    ConnectorUnavailable:
        "Try again in a moment. The request certainly did not leave us.",
        "잠시 후 다시 시도해 주세요. 요청은 매입사로 나가지 않았어요.";
    Overloaded:
        "Wait as long as Retry-After says, then repeat the request.",
        "Retry-After만큼 기다린 뒤 다시 요청해 주세요.";
    DatabaseUnavailable:
        "Wait as long as Retry-After says, then repeat the request with the same Idempotency-Key.",
        "Retry-After만큼 기다린 뒤 같은 Idempotency-Key로 다시 요청해 주세요.";
    OutcomeUnknown:
        "Repeat the request with the same Idempotency-Key, or get the payment, until it says how it ended. Do not charge in another way meanwhile.",
        "결과가 나올 때까지 같은 Idempotency-Key로 다시 요청하거나 결제를 조회해 주세요. 그동안 다른 방법으로 결제하지 마세요.";
    PaymentDeclined:
        "Show the buyer the message and let them try again or use another card, with a new Idempotency-Key. error.declineCode has the issuer's reason.",
        "구매자에게 메시지를 보여 주고 새 Idempotency-Key로 다시 시도하거나 다른 카드를 쓰게 해 주세요. error.declineCode에 거절 사유가 있어요.";
    CaptureDeclined:
        "The authorization stands: try again with a new key, or cancel the payment.",
        "승인은 유효해요. 새 키로 다시 시도하거나 결제를 취소해 주세요.";
    RefundDeclined:
        "Nothing moved: try again later with a new key. error.declineCode has the acquirer's reason.",
        "돈은 움직이지 않았어요. 나중에 새 키로 다시 시도해 주세요. error.declineCode에 매입사의 사유가 있어요.";
    SignInRequired:
        "Send the payer to the sign-in page, and repeat the request afterwards.",
        "로그인 화면으로 안내하고, 로그인한 뒤 다시 요청해 주세요.";
    WrongCredentials:
        "Let the payer correct e-mail and password, or wait 15 minutes after 10 wrong tries.",
        "이메일과 비밀번호를 다시 입력하거나, 10번 틀렸다면 15분 뒤에 다시 시도해 주세요.";
    EmailTaken:
        "Let the payer sign in, or sign up with another e-mail.",
        "로그인하거나 다른 이메일로 가입해 주세요.";
    WrongPin:
        "Ask for the PIN again; the message says how many tries are left.",
        "결제 비밀번호를 다시 입력해 주세요. 남은 횟수는 메시지에 있어요.";
    PinLocked:
        "Wait until the time in the message; then there are 5 tries again.",
        "메시지에 있는 시각까지 기다리면 다시 5번 시도할 수 있어요.";
    InsufficientBalance:
        "Top up the balance, or pay with a card.",
        "잔액을 충전하거나 카드로 결제해 주세요.";
    BalanceLimit:
        "Spend some of the balance first, or add less.",
        "잔액을 먼저 사용하거나 더 적게 담아 주세요.";
    GiftCardUnknown:
        "Check the 16 letters and numbers, and that test codes are used in test mode and by their own issuer.",
        "16자리 글자와 숫자, 그리고 테스트 코드를 발급한 가맹점의 테스트 모드에서 썼는지 확인해 주세요.";
    GiftCardUsed:
        "Look at the payer's history: a code is redeemed once.",
        "코드는 한 번만 등록할 수 있어요. 이용 내역을 확인해 주세요.";
    GiftCardExpired:
        "Ask the issuer for another card.",
        "발급한 가맹점에 문의해 주세요.";
    VaultUnavailable:
        "Set vault_keys as `steelyard doctor` says, or let the payer type the card.",
        "`steelyard doctor`의 안내대로 vault_keys를 설정하거나, 카드 번호를 직접 입력해 주세요.";
    NotFound:
        "Check the id and its prefix, and that test keys are used for test objects.",
        "ID와 접두사, 그리고 테스트 객체에 테스트 키를 썼는지 확인해 주세요.";
    PaymentInProgress:
        "Wait for the outcome: get the payment named in error.paymentId until it is neither inProgress nor unknown.",
        "error.paymentId의 결제가 inProgress나 unknown이 아닐 때까지 조회하며 기다려 주세요.";
    AlreadyPaid:
        "Treat the order as paid. Get the payment named in error.paymentId for its receipt.",
        "결제가 끝난 주문이에요. 영수증은 error.paymentId의 결제를 조회해 주세요.";
    OrderExists:
        "Use the order that is there, or another merchantOrderId.",
        "이미 있는 주문을 쓰거나 다른 merchantOrderId를 사용해 주세요.";
    OrderNotOpen:
        "Make a new order.",
        "새 주문을 만들어 주세요.";
    AmountMismatch:
        "Take the amount from your own records; if the buyer's page showed another, do not confirm.",
        "금액은 가맹점 서버의 기록에서 가져와 주세요. 구매자 화면의 금액과 다르면 승인하지 마세요.";
    ExpectedAmountDiffers:
        "Somebody else returned a part in the meantime. Get the payment, look at what remains and decide again.",
        "그사이 일부가 환불되었어요. 결제를 조회해 남은 금액을 확인하고 다시 결정해 주세요.";
    SkuExists:
        "Change the product that is there, or use another sku.",
        "이미 있는 상품을 수정하거나 다른 sku를 사용해 주세요.";
    StateConflict:
        "Get the object: its status says what can still be done with it.",
        "객체를 조회해 status를 확인해 주세요.";
    OrderExpired:
        "Make a new order; an order waits 15 minutes for its payment.",
        "주문은 15분 동안 결제를 기다려요. 새 주문을 만들어 주세요.";
    AuthenticationExpired:
        "Send the buyer through authentication again; a paymentKey is good for 10 minutes.",
        "paymentKey는 10분 동안 유효해요. 구매자에게 다시 인증을 요청해 주세요.";
    MethodNotAvailable:
        "Offer another method. Cards are available.",
        "다른 결제수단을 제공해 주세요. 카드를 사용할 수 있어요.";
    InvalidCard:
        "Let the buyer correct the field named in error.param.",
        "구매자가 error.param의 값을 고치게 해 주세요.";
    OutOfStock:
        "Order fewer, or restock the product.",
        "수량을 줄이거나 재고를 채워 주세요.";
    StockBelowReserved:
        "Wait until open orders are paid or expire, or count again.",
        "열린 주문이 결제되거나 만료될 때까지 기다리거나 다시 세어 주세요.";
    NoFeePolicy:
        "Set one with POST /v1/fee-policies.",
        "POST /v1/fee-policies로 수수료 정책을 등록해 주세요.";
    NetNegative:
        "Raise the amount, or lower the fixed fee of the policy.",
        "금액을 높이거나 정책의 고정 수수료를 낮춰 주세요.";
    TotalMismatch:
        "Compare totalAmount with the sum of quantity x unitPrice plus shippingFee.",
        "totalAmount를 수량 x 단가의 합과 shippingFee를 더한 값과 비교해 주세요.";
    ExceedsRefundable:
        "Get the order: its lines say what was returned already.",
        "주문을 조회하면 항목마다 이미 환불된 수량과 금액이 있어요.";
    ExceedsAuthorized:
        "Capture at most what was authorized.",
        "승인된 금액 이하로 매입해 주세요.";
    NothingToReturn:
        "All of it went back already, or is on its way.",
        "모두 환불되었거나 환불 중이에요.";
    NotSupportedByConnector:
        "Do it in another way, as the message says; a partial return may have to be a whole one.",
        "메시지를 참고해 다른 방법을 사용해 주세요. 부분 환불 대신 전체 환불이 필요할 수 있어요.";
    CurrencyMismatch:
        "Use the currency of the order or product.",
        "주문이나 상품의 통화를 사용해 주세요.";
    TooMany:
        "The message names the limit. Remove what is no longer needed, or make a new object.",
        "메시지에 한도가 있어요. 필요 없는 것을 지우거나 새로 만들어 주세요.";
}
