//! Every limit of the product, by name. A queue, body, page or batch without one is a defect.

use crate::Span;

/// Commands one commit may carry. Source: docs/evidence/batching.md.
pub const BATCH_MAX: usize = 512;
/// Commands that may wait in a lane before callers are answered 503.
pub const LANE_QUEUE_MAX: usize = 8_192;
/// Times a whole batch is run again after a conflict with another instance.
pub const BATCH_RERUNS_MAX: usize = 3;
/// Bytes of a request body.
pub const BODY_BYTES_MAX: usize = 1_048_576;
/// Rows of one page of a list, and the default.
pub const PAGE_MAX: u32 = 100;
pub const PAGE_DEFAULT: u32 = 20;
/// Lines of one order.
pub const ORDER_LINES_MAX: usize = 100;
/// Units on one order line.
pub const QUANTITY_MAX: i64 = 1_000_000;
/// The largest single amount, in minor units: far above any payment, far below overflow in a sum of many.
pub const AMOUNT_MAX: i64 = 1_000_000_000_000;
/// Characters of a name that a person reads.
pub const NAME_CHARS_MAX: usize = 100;
/// Characters of a reason for a cancel or refund.
pub const REASON_CHARS_MAX: usize = 200;
/// Characters of `merchantOrderId`, and of an idempotency key.
pub const MERCHANT_ORDER_ID_CHARS_MAX: usize = 64;
pub const IDEMPOTENCY_KEY_CHARS_MAX: usize = 255;
/// Pairs of metadata on one object, and characters of their keys and values.
pub const METADATA_PAIRS_MAX: usize = 50;
pub const METADATA_KEY_CHARS_MAX: usize = 40;
pub const METADATA_VALUE_CHARS_MAX: usize = 500;
/// Charges on one payment.
pub const ATTEMPTS_MAX: usize = 50;
/// Attempts on one payment, authentications that were never charged among them.
pub const AUTHENTICATIONS_MAX: usize = 200;
/// Codes that a payer may type and that are none, and cards of theirs that may be declined, within so long.
pub const WRONG_CODES_MAX: u32 = 10;
pub const WRONG_CODES_WITHIN: Span = Span::from_minutes(15);
pub const DECLINES_MAX: u32 = 10;
pub const DECLINES_WITHIN: Span = Span::from_hours(1);
/// Streams of one checkout session's changes: a browser has one for all its tabs.
pub const STREAMS_OF_SESSION_MAX: usize = 16;
/// Returns on one payment.
pub const REFUNDS_MAX: usize = 200;
/// Instalment months a card may be asked for.
pub const INSTALLMENT_MONTHS_MAX: i64 = 36;
/// The smallest amount payable in instalments: 50 000 won.
pub const INSTALLMENT_AMOUNT_MIN: i64 = 50_000;
/// Attempts one janitor pass takes up.
pub const JANITOR_CLAIM_MAX: usize = 256;
/// Rows one pass of the sealer positions or seals.
pub const SEAL_BATCH_MAX: usize = 2_048;
/// Streams of events that one server keeps open.
pub const STREAMS_MAX: usize = 1_024;
/// Those of one merchant and mode.
pub const STREAMS_OF_TENANT_MAX: usize = 64;
/// Fee policies of one merchant and mode: each commit about the merchant reads them, and none is ever deleted.
pub const FEE_POLICIES_MAX: usize = 200;
/// API keys of one merchant and mode that are neither revoked nor rotated.
pub const API_KEYS_MAX: usize = 100;
/// Characters of an e-mail address. Source: RFC 5321, 4.5.3.1.3, less the angle brackets.
pub const EMAIL_CHARS_MAX: usize = 254;
/// Characters of a payer's password.
pub const PASSWORD_CHARS_MIN: usize = 10;
pub const PASSWORD_CHARS_MAX: usize = 128;
/// Cards that one payer keeps.
pub const VAULT_CARDS_MAX: usize = 20;
/// Gift cards issued by one request.
pub const GIFT_CARDS_ISSUED_MAX: usize = 100;
/// Passwords and PINs hashed at a time: each takes 19 MiB and tens of milliseconds of a core.
pub const HASHES_AT_ONCE: usize = 4;
/// Those that may wait for their turn before callers are answered 503.
pub const HASHES_WAITING_MAX: usize = 256;
/// Cards of the vault that are sealed anew in one commit.
pub const RESEAL_BATCH_MAX: i64 = 100;
/// Origins that one merchant lets frame its checkouts, per mode.
pub const ORIGINS_MAX: usize = 20;
/// What a payer's balance may hold before something is added, in won: what Korean law lets a prepaid balance in its
/// holder's name hold. Source: 전자금융거래법 시행령, 선불전자지급수단 발행한도.
pub const BALANCE_MAX: i64 = 2_000_000;
/// The least and the most of one top-up, in won.
pub const TOP_UP_MIN: i64 = 1_000;
pub const TOP_UP_MAX: i64 = BALANCE_MAX;
