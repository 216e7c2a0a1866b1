//! What the simulator tells of its own accord, and the signature that it bears. A notice is a hint and nothing
//! more: whoever gets one inquires before they believe it. Source: docs/CONNECTORS.md, "Notices".

use std::fmt::Write;

use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use steelyard_domain::{Currency, Money, Span, Timestamp};
use thiserror::Error;

use super::{Simulator, wire};

/// Seconds since 1970, as the sender's clock shows them when it signs.
pub const TIMESTAMP_HEADER: &str = "Simulator-Timestamp";
/// `v1=` and 64 hexadecimal digits: HMAC-SHA256 of the timestamp, a full stop and the body.
pub const SIGNATURE_HEADER: &str = "Simulator-Signature";

const SCHEME: &str = "v1=";
const TAG_BYTES: usize = 32;

/// How far the two clocks may be apart, delivery included.
const TOLERANCE: Span = Span::from_minutes(5);

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum NoticeKind {
    /// A virtual account has had its deposit.
    Deposit,
}

/// A notice whose signature is right. It may come late, twice, or never.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// Ours: what to inquire about.
    pub reference: String,
    pub kind: NoticeKind,
    pub amount: Money,
    pub occurred_at: Timestamp,
}

/// Why a request is no notice of the simulator's.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum NoticeError {
    #[error("no secret to check a signature with")]
    NoSecret,
    #[error("no {SIGNATURE_HEADER}")]
    SignatureMissing,
    #[error("{SIGNATURE_HEADER} is not v1= and 64 hexadecimal digits")]
    SignatureMalformed,
    #[error("no {TIMESTAMP_HEADER}")]
    TimestampMissing,
    #[error("{TIMESTAMP_HEADER} is not in seconds since 1970")]
    TimestampMalformed,
    #[error("{SIGNATURE_HEADER} is not of this timestamp and body")]
    SignatureWrong,
    #[error("signed more than 5 minutes from now")]
    Stale,
    #[error("signed, but no notice: {detail}")]
    NotANotice { detail: String },
}

impl Simulator {
    /// Reads a notice. `signature` and `timestamp` are the values of [`SIGNATURE_HEADER`] and
    /// [`TIMESTAMP_HEADER`], empty if the request has none; `body` is its bytes as they came.
    pub fn read_notice(
        secret: &[u8],
        signature: &str,
        timestamp: &str,
        body: &[u8],
        now: Timestamp,
    ) -> Result<Notice, NoticeError> {
        if secret.is_empty() {
            return Err(NoticeError::NoSecret);
        }
        if signature.is_empty() {
            return Err(NoticeError::SignatureMissing);
        }
        if timestamp.is_empty() {
            return Err(NoticeError::TimestampMissing);
        }
        let tag = signature.strip_prefix(SCHEME).and_then(bytes).ok_or(NoticeError::SignatureMalformed)?;
        let digits = timestamp.bytes().all(|byte| byte.is_ascii_digit());
        let seconds: i64 = timestamp.parse().ok().filter(|_| digits).ok_or(NoticeError::TimestampMalformed)?;
        let micros = seconds.checked_mul(1_000_000).ok_or(NoticeError::TimestampMalformed)?;
        // Compares in constant time.
        mac(secret, timestamp, body).verify_slice(&tag).map_err(|_| NoticeError::SignatureWrong)?;
        let signed_at = Timestamp::from_micros(micros);
        if signed_at > now.after(TOLERANCE) || signed_at < now.before(TOLERANCE) {
            return Err(NoticeError::Stale);
        }
        let notice: wire::Notice = serde_json::from_slice(body)
            .map_err(|error| NoticeError::NotANotice { detail: format!("{:?}", error.classify()) })?;
        let currency = Currency::parse(&notice.currency)
            .ok_or_else(|| NoticeError::NotANotice { detail: "a currency that does not exist".to_owned() })?;
        Ok(Notice {
            reference: notice.reference,
            kind: notice.kind,
            amount: Money::new(notice.amount, currency),
            occurred_at: notice.occurred_at.0,
        })
    }
}

/// The values of the two headers, timestamp first.
pub(super) fn sign(secret: &[u8], now: Timestamp, body: &[u8]) -> (String, String) {
    let timestamp = now.micros().div_euclid(1_000_000).to_string();
    let mut signature = SCHEME.to_owned();
    for byte in mac(secret, &timestamp, body).finalize().into_bytes() {
        // Writing to a string cannot fail.
        let _ = write!(signature, "{byte:02x}");
    }
    (timestamp, signature)
}

fn mac(secret: &[u8], timestamp: &str, body: &[u8]) -> Hmac<Sha256> {
    let mut mac: Hmac<Sha256> = Hmac::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(timestamp.as_bytes());
    mac.update(b".");
    mac.update(body);
    mac
}

/// 64 lower-case hexadecimal digits as bytes.
fn bytes(hex: &str) -> Option<[u8; TAG_BYTES]> {
    let digit = |letter: u8| match letter {
        b'0'..=b'9' => Some(letter - b'0'),
        b'a'..=b'f' => Some(letter - b'a' + 10),
        _ => None,
    };
    let mut bytes = [0; TAG_BYTES];
    let (pairs, rest) = hex.as_bytes().as_chunks::<2>();
    if pairs.len() != TAG_BYTES || !rest.is_empty() {
        return None;
    }
    for (byte, [high, low]) in bytes.iter_mut().zip(pairs) {
        *byte = digit(*high)? * 16 + digit(*low)?;
    }
    Some(bytes)
}
