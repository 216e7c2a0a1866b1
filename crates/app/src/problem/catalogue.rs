//! Every code there is. A code, once shipped, keeps its meaning.

/// The family of a problem.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProblemType {
    InvalidRequest,
    Authentication,
    Permission,
    NotFound,
    Conflict,
    Declined,
    BusinessRule,
    Idempotency,
    RateLimit,
    Unavailable,
    Internal,
}

impl ProblemType {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalidRequest",
            Self::Authentication => "authentication",
            Self::Permission => "permission",
            Self::NotFound => "notFound",
            Self::Conflict => "conflict",
            Self::Declined => "declined",
            Self::BusinessRule => "businessRule",
            Self::Idempotency => "idempotency",
            Self::RateLimit => "rateLimit",
            Self::Unavailable => "unavailable",
            Self::Internal => "internal",
        }
    }
}

/// Whether money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    None,
    Unknown,
    Done,
}

impl Outcome {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Unknown => "unknown",
            Self::Done => "done",
        }
    }
}

/// All there is to say of a code.
#[derive(Debug, Clone, Copy)]
pub struct Facts {
    pub name: &'static str,
    pub status: u16,
    pub kind: ProblemType,
    /// Whether the same request may succeed later.
    pub retryable: bool,
    pub outcome: Outcome,
    pub english: &'static str,
    pub korean: &'static str,
}

macro_rules! catalogue {
    ($($code:ident = $name:literal, $status:literal, $kind:ident, $retryable:literal, $outcome:ident,
        $english:literal, $korean:literal;)*) => {
        /// A stable code of the API.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Code { $($code),* }

        impl Code {
            pub const ALL: &'static [Self] = &[$(Self::$code),*];

            #[must_use]
            pub const fn facts(self) -> Facts {
                match self {
                    $(Self::$code => Facts {
                        name: $name,
                        status: $status,
                        kind: ProblemType::$kind,
                        retryable: $retryable,
                        outcome: Outcome::$outcome,
                        english: $english,
                        korean: $korean,
                    }),*
                }
            }
        }
    };
}

catalogue! {
    InvalidRequest = "INVALID_REQUEST", 400, InvalidRequest, false, None,
        "The request is not valid: {detail}", "요청이 올바르지 않아요: {detail}";
    InvalidJson = "INVALID_JSON", 400, InvalidRequest, false, None,
        "The body is not valid JSON: {detail}", "본문이 올바른 JSON이 아니에요: {detail}";
    UnknownField = "UNKNOWN_FIELD", 400, InvalidRequest, false, None,
        "The request has a field that does not exist: {detail}", "존재하지 않는 필드가 있어요: {detail}";
    InvalidCursor = "INVALID_CURSOR", 400, InvalidRequest, false, None,
        "The cursor was not issued by this list; start again without one", "이 목록에서 발급한 커서가 아니에요. 커서 없이 다시 시작해 주세요";
    IdempotencyKeyRequired = "IDEMPOTENCY_KEY_REQUIRED", 400, Idempotency, false, None,
        "This request moves money: send an Idempotency-Key header", "돈이 움직이는 요청이에요. Idempotency-Key 헤더를 보내 주세요";
    UnsupportedVersion = "UNSUPPORTED_VERSION", 400, InvalidRequest, false, None,
        "This API version is not known: {detail}", "알 수 없는 API 버전이에요: {detail}";
    MissingKey = "MISSING_KEY", 401, Authentication, false, None,
        "Send your API key: Authorization: Bearer sk_…", "API 키를 보내 주세요: Authorization: Bearer sk_…";
    InvalidSignature = "INVALID_SIGNATURE", 401, Authentication, false, None,
        "The signature is not right: {detail}. Nothing was noted", "서명이 올바르지 않아요: {detail}. 기록하지 않았어요";
    InvalidTicket = "INVALID_TICKET", 401, Authentication, true, None,
        "The ticket is not valid, was used before, or is older than a minute; get another",
        "올바르지 않거나 이미 사용했거나 1분이 지난 티켓이에요. 새 티켓을 받아 주세요";
    InvalidKey = "INVALID_KEY", 401, Authentication, false, None,
        "The API key is not valid, was revoked, or has expired", "API 키가 올바르지 않거나 폐기 또는 만료되었어요";
    SignInRequired = "SIGN_IN_REQUIRED", 401, Authentication, false, None,
        "Sign in first: there is no session, or it has ended", "로그인이 필요해요. 로그인하지 않았거나 로그인이 만료되었어요";
    WrongCredentials = "WRONG_CREDENTIALS", 401, Authentication, false, None,
        "The e-mail or the password is wrong. After 10 wrong tries signing in is locked for 15 minutes",
        "이메일 또는 비밀번호가 맞지 않아요. 10번 틀리면 15분 동안 로그인할 수 없어요";
    PaymentDeclined = "PAYMENT_DECLINED", 402, Declined, true, None,
        "The card was declined ({detail}). No money moved; the buyer may try again or use another card",
        "카드가 거절되었어요({detail}). 돈은 빠져나가지 않았어요. 다시 시도하거나 다른 카드를 사용해 주세요";
    CaptureDeclined = "CAPTURE_DECLINED", 402, Declined, true, None,
        "The acquirer refused the capture ({detail}). No money moved; the authorization stands",
        "매입이 거절되었어요({detail}). 돈은 움직이지 않았고 승인은 그대로예요";
    RefundDeclined = "REFUND_DECLINED", 402, Declined, true, None,
        "The acquirer refused to return the money ({detail}). Nothing moved; try again later or contact the acquirer",
        "환불이 거절되었어요({detail}). 돈은 움직이지 않았어요. 나중에 다시 시도하거나 매입사에 문의해 주세요";
    OriginNotAllowed = "ORIGIN_NOT_ALLOWED", 403, Permission, false, None,
        "Not allowed for this origin: {detail}", "허용되지 않은 출처예요: {detail}";
    KeyNotAllowed = "KEY_NOT_ALLOWED", 403, Permission, false, None,
        "This key may not do that; it lacks the scope {detail}", "이 키로는 할 수 없어요. 필요한 권한: {detail}";
    TestModeOnly = "TEST_MODE_ONLY", 403, Permission, false, None,
        "This works with test keys only", "테스트 키로만 사용할 수 있어요";
    MerchantSuspended = "MERCHANT_SUSPENDED", 403, Permission, false, None,
        "This merchant is suspended and takes no payments", "정지된 가맹점이라 결제를 받을 수 없어요";
    NotFound = "NOT_FOUND", 404, NotFound, false, None,
        "There is no such object: {detail}", "찾을 수 없어요: {detail}";
    GiftCardUnknown = "GIFT_CARD_UNKNOWN", 404, NotFound, false, None,
        "There is no gift card with this code; check the letters and numbers", "이 코드의 기프트카드가 없어요. 글자와 숫자를 확인해 주세요";
    MethodNotAllowed = "METHOD_NOT_ALLOWED", 405, InvalidRequest, false, None,
        "This address does not take that HTTP method", "이 주소에서 쓸 수 없는 HTTP 메서드예요";
    RequestTimeout = "REQUEST_TIMEOUT", 408, InvalidRequest, true, None,
        "The request took too long to arrive; nothing was done", "요청이 너무 늦게 도착해 처리하지 않았어요";
    RequestInProgress = "REQUEST_IN_PROGRESS", 409, Idempotency, true, Unknown,
        "The first request with this Idempotency-Key is still running; ask again in a moment",
        "같은 Idempotency-Key의 첫 요청이 아직 처리 중이에요. 잠시 후 다시 물어봐 주세요";
    PaymentInProgress = "PAYMENT_IN_PROGRESS", 409, Conflict, true, Unknown,
        "Another attempt of this payment is under way; wait for its outcome", "이 결제의 다른 시도가 진행 중이에요. 결과를 기다려 주세요";
    AlreadyPaid = "ALREADY_PAID", 409, Conflict, false, Done,
        "This order is paid already; nothing was charged now", "이미 결제된 주문이에요. 이번에는 청구되지 않았어요";
    OrderExists = "ORDER_EXISTS", 409, Conflict, false, None,
        "There is an order with this merchantOrderId: {detail}", "같은 merchantOrderId의 주문이 이미 있어요: {detail}";
    OrderNotOpen = "ORDER_NOT_OPEN", 409, Conflict, false, None,
        "The order is {detail} and takes no payment", "주문이 {detail} 상태라 결제할 수 없어요";
    AmountMismatch = "AMOUNT_MISMATCH", 409, Conflict, false, None,
        "The amount differs: {detail}. Nothing was charged", "금액이 달라요: {detail}. 청구되지 않았어요";
    ExpectedAmountDiffers = "EXPECTED_AMOUNT_DIFFERS", 409, Conflict, false, None,
        "What can be returned is not what you expected: {detail}. Nothing was returned",
        "환불 가능 금액이 예상과 달라요: {detail}. 환불하지 않았어요";
    SkuExists = "SKU_EXISTS", 409, Conflict, false, None,
        "There is a product with this sku: {detail}", "같은 sku의 상품이 이미 있어요: {detail}";
    EmailTaken = "EMAIL_TAKEN", 409, Conflict, false, None,
        "Somebody has signed up with this e-mail; sign in instead", "이미 가입한 이메일이에요. 로그인해 주세요";
    GiftCardUsed = "GIFT_CARD_USED", 409, Conflict, false, None,
        "This gift card was redeemed already; nothing was added", "이미 등록한 기프트카드예요. 이번에는 충전되지 않았어요";
    StateConflict = "STATE_CONFLICT", 409, Conflict, false, None,
        "The object's state does not allow this: {detail}", "현재 상태에서는 할 수 없어요: {detail}";
    QrTaken = "QR_TAKEN", 409, Conflict, true, None,
        "Somebody else is about to pay this with another phone. Nothing was charged to you",
        "다른 기기에서 결제하는 중이에요. 청구되지 않았어요";
    CheckoutExpired = "CHECKOUT_EXPIRED", 410, Conflict, false, None,
        "This checkout is over; go back to the shop and order again. Nothing was charged",
        "결제 시간이 지났어요. 가게로 돌아가 새로 주문해 주세요. 청구되지 않았어요";
    QrExpired = "QR_EXPIRED", 410, Conflict, true, None,
        "This code is over; scan the new one on the screen. Nothing was charged",
        "만료된 코드예요. 화면에 보이는 새 코드를 스캔해 주세요. 청구되지 않았어요";
    OrderExpired = "ORDER_EXPIRED", 410, Conflict, false, None,
        "The order's time is over; make a new order", "주문 시간이 지났어요. 새로 주문해 주세요";
    AuthenticationExpired = "AUTHENTICATION_EXPIRED", 410, Conflict, false, None,
        "The payment key is older than 10 minutes; authenticate again. Nothing was charged",
        "결제 키가 10분을 넘겼어요. 다시 인증해 주세요. 청구되지 않았어요";
    GiftCardExpired = "GIFT_CARD_EXPIRED", 410, Conflict, false, None,
        "This gift card's time is over; nothing was added", "유효 기간이 지난 기프트카드예요. 충전되지 않았어요";
    BodyTooLarge = "BODY_TOO_LARGE", 413, InvalidRequest, false, None,
        "The body is larger than {detail} bytes", "본문이 {detail}바이트보다 커요";
    UnsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE", 415, InvalidRequest, false, None,
        "Send application/json", "application/json으로 보내 주세요";
    IdempotencyMismatch = "IDEMPOTENCY_MISMATCH", 422, Idempotency, false, None,
        "This Idempotency-Key was used with another request; use a new key", "다른 요청에 사용된 Idempotency-Key예요. 새 키를 사용해 주세요";
    MethodNotAvailable = "METHOD_NOT_AVAILABLE", 422, BusinessRule, false, None,
        "This payment method is not available: {detail}", "사용할 수 없는 결제수단이에요: {detail}";
    WrongNumber = "WRONG_NUMBER", 422, BusinessRule, false, None,
        "That is not the number on the screen. The code is spent, and nothing was charged: scan the new one",
        "화면의 숫자와 달라요. 이 코드는 더 이상 쓸 수 없고 청구되지 않았어요. 새 코드를 스캔해 주세요";
    InvalidCard = "INVALID_CARD", 422, BusinessRule, false, None,
        "The card data is not valid: {detail}. Nothing was charged", "카드 정보가 올바르지 않아요: {detail}. 청구되지 않았어요";
    WrongPin = "WRONG_PIN", 422, BusinessRule, false, None,
        "The PIN is wrong. Tries left: {detail}. Nothing was charged", "비밀번호가 맞지 않아요. 남은 횟수: {detail}. 청구되지 않았어요";
    PinLocked = "PIN_LOCKED", 422, BusinessRule, true, None,
        "The PIN was wrong 5 times and is locked until {detail}. Nothing was charged",
        "비밀번호를 5번 틀려서 {detail}까지 사용할 수 없어요. 청구되지 않았어요";
    InsufficientBalance = "INSUFFICIENT_BALANCE", 422, BusinessRule, false, None,
        "The balance is too small: {detail}. Nothing was charged; top up or use a card",
        "잔액이 부족해요: {detail}. 청구되지 않았어요. 충전하거나 카드를 사용해 주세요";
    BalanceLimit = "BALANCE_LIMIT", 422, BusinessRule, false, None,
        "A balance holds 2,000,000 won at most. Nothing was added",
        "잔액은 2,000,000원까지 담을 수 있어요. 아무것도 더해지지 않았어요";
    OutOfStock = "OUT_OF_STOCK", 422, BusinessRule, false, None,
        "Not enough stock: {detail}", "재고가 부족해요: {detail}";
    StockBelowReserved = "STOCK_BELOW_RESERVED", 422, BusinessRule, false, None,
        "Open orders hold more than that: {detail}", "진행 중인 주문이 잡아 둔 수량보다 적어요: {detail}";
    NoFeePolicy = "NO_FEE_POLICY", 422, BusinessRule, false, None,
        "This merchant has no fee policy in effect; make one before taking payments",
        "적용 중인 수수료 정책이 없어요. 결제를 받기 전에 정책을 등록해 주세요";
    NetNegative = "NET_NEGATIVE", 422, BusinessRule, false, None,
        "The fee would exceed the amount: {detail}", "수수료가 금액보다 커요: {detail}";
    TotalMismatch = "TOTAL_MISMATCH", 422, BusinessRule, false, None,
        "totalAmount is not the sum of the lines: {detail}", "totalAmount가 항목 합계와 달라요: {detail}";
    ExceedsRefundable = "EXCEEDS_REFUNDABLE", 422, BusinessRule, false, None,
        "More is asked back than can be returned: {detail}", "환불 가능한 금액이나 수량을 넘었어요: {detail}";
    ExceedsAuthorized = "EXCEEDS_AUTHORIZED", 422, BusinessRule, false, None,
        "More is asked for than was authorized: {detail}", "승인된 금액을 넘었어요: {detail}";
    NothingToReturn = "NOTHING_TO_RETURN", 422, BusinessRule, false, None,
        "Nothing is left to return", "돌려줄 금액이 남아 있지 않아요";
    NotSupportedByConnector = "NOT_SUPPORTED_BY_CONNECTOR", 422, BusinessRule, false, None,
        "The acquirer of this payment cannot do that: {detail}", "이 결제의 매입사가 지원하지 않는 기능이에요: {detail}";
    CurrencyMismatch = "CURRENCY_MISMATCH", 422, BusinessRule, false, None,
        "The currency differs: {detail}", "통화가 달라요: {detail}";
    TooMany = "TOO_MANY", 422, BusinessRule, false, None,
        "A limit is reached: {detail}", "한도를 넘었어요: {detail}";
    RateLimited = "RATE_LIMITED", 429, RateLimit, true, None,
        "Too many requests with this key; wait as Retry-After says. Nothing was done",
        "이 키의 요청이 너무 많아요. Retry-After만큼 기다려 주세요. 처리하지 않았어요";
    HeadersTooLarge = "HEADERS_TOO_LARGE", 431, InvalidRequest, false, None,
        "The request's headers are too large", "요청 헤더가 너무 커요";
    Internal = "INTERNAL", 500, Internal, true, Unknown,
        "Something went wrong on our side; report the request id. Ask again with the same Idempotency-Key",
        "저희 쪽 오류예요. requestId를 알려 주세요. 같은 Idempotency-Key로 다시 요청할 수 있어요";
    ConnectorUnavailable = "CONNECTOR_UNAVAILABLE", 503, Unavailable, true, None,
        "The acquirer cannot be reached; the request did not leave us and no money moved. Try again",
        "매입사에 연결할 수 없어요. 요청이 나가지 않았고 돈도 움직이지 않았어요. 다시 시도해 주세요";
    VaultUnavailable = "VAULT_UNAVAILABLE", 503, Unavailable, false, None,
        "Cards cannot be kept or used from the vault: {detail}. Nothing was charged",
        "카드를 보관하거나 보관한 카드를 쓸 수 없어요: {detail}. 청구되지 않았어요";
    Overloaded = "OVERLOADED", 503, Unavailable, true, None,
        "Too much is waiting; nothing was done. Try again as Retry-After says", "지금 요청이 많아요. 처리하지 않았어요. Retry-After 후 다시 시도해 주세요";
    DatabaseUnavailable = "DATABASE_UNAVAILABLE", 503, Unavailable, true, None,
        "The database does not answer; nothing was done. Try again", "데이터베이스가 응답하지 않아 처리하지 않았어요. 다시 시도해 주세요";
    OutcomeUnknown = "OUTCOME_UNKNOWN", 503, Unavailable, true, Unknown,
        "The outcome could not be recorded yet; money may have moved. Ask again with the same Idempotency-Key",
        "결과를 아직 기록하지 못했어요. 돈이 움직였을 수 있어요. 같은 Idempotency-Key로 다시 물어봐 주세요";
}
