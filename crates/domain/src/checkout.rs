//! A checkout session: one order's door to its buyer, open as long as the order is.

use thiserror::Error;

use crate::{CheckoutSessionId, Mode, OrderId, PayerId, Span, Tenant, Timestamp, order::OrderStatus};

/// How long a QR code is good. Source: docs/decisions/0016-one-door-for-every-buyer.md.
pub const QR_LIFE: Span = Span::from_minutes(3);
/// How long a payer who says nothing keeps a scanned code.
pub const BINDING_LIFE: Span = Span::from_secs(60);
/// Digits of the code for who cannot scan.
pub const SHORT_CODE_DIGITS: usize = 8;

/// What a session is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// The buyer pays here.
    Pay,
    /// The buyer is authenticated here; the merchant's server confirms, and only then money moves.
    Authenticate,
}

impl Purpose {
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pay => "pay",
            Self::Authenticate => "authenticate",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pay, Self::Authenticate].into_iter().find(|purpose| purpose.as_str() == text)
    }
}

/// The ways of paying that a session can offer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum CheckoutMethod {
    /// By the payer app, reached by QR code or link.
    App,
    Card,
    Transfer,
    VirtualAccount,
}

impl CheckoutMethod {
    pub const ALL: [Self; 4] = [Self::App, Self::Card, Self::Transfer, Self::VirtualAccount];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::App => "app",
            Self::Card => "card",
            Self::Transfer => "transfer",
            Self::VirtualAccount => "virtualAccount",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == text)
    }

    /// `app,card` as the database keeps it.
    #[must_use]
    pub fn write_list(methods: &[Self]) -> String {
        methods.iter().map(|method| method.as_str()).collect::<Vec<_>>().join(",")
    }

    /// The same read back; `None` where one of them is unknown.
    #[must_use]
    pub fn read_list(text: &str) -> Option<Vec<Self>> {
        text.split(',').filter(|name| !name.is_empty()).map(Self::parse).collect()
    }
}

/// The language a session is shown in, where its merchant says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locale {
    Korean,
    English,
    /// As the browser asks.
    Auto,
}

impl Locale {
    pub const ALL: [Self; 3] = [Self::Korean, Self::English, Self::Auto];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Korean => "ko",
            Self::English => "en",
            Self::Auto => "auto",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|locale| locale.as_str() == text)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SessionStatus {
    Open,
    /// Its order is paid, or its buyer is authenticated and the merchant has confirmed.
    Completed,
    /// Its order is over, or the merchant has closed it.
    Expired,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionEvent {
    Complete,
    Expire,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("a checkout session that is {} cannot take {event:?}", from.as_str())]
pub struct IllegalSessionEvent {
    pub from: SessionStatus,
    pub event: SessionEvent,
}

impl SessionStatus {
    pub const ALL: [Self; 3] = [Self::Open, Self::Completed, Self::Expired];

    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Completed => "completed",
            Self::Expired => "expired",
        }
    }

    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str() == text)
    }

    /// The state after `event`.
    ///
    /// # Errors
    /// [`IllegalSessionEvent`] where the machine has no such edge.
    pub const fn apply(self, event: SessionEvent) -> Result<Self, IllegalSessionEvent> {
        let illegal = Err(IllegalSessionEvent { from: self, event });
        match self {
            Self::Open => match event {
                SessionEvent::Complete => Ok(Self::Completed),
                SessionEvent::Expire => Ok(Self::Expired),
            },
            // Closed by the merchant while a payment was on its way, which then arrived: the money is the truth.
            Self::Expired => match event {
                SessionEvent::Complete => Ok(Self::Completed),
                SessionEvent::Expire => illegal,
            },
            Self::Completed => match event {
                SessionEvent::Complete | SessionEvent::Expire => illegal,
            },
        }
    }
}

/// The code on the screen: an address with a token that says nothing to who finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QrCode {
    /// Grows with every renewal, and with it the token changes: an older one leads nowhere.
    pub generation: i64,
    /// [`SHORT_CODE_DIGITS`] digits for who cannot scan.
    pub short_code: String,
    /// Two digits that the payer must find on the screen; where the merchant asks for it.
    pub match_number: Option<i64>,
    pub expires_at: Timestamp,
    pub binding: Option<Binding>,
}

/// Who has scanned, and until when that keeps others away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    pub payer: PayerId,
    /// As the screen shows them: masked.
    pub label: String,
    pub until: Timestamp,
}

/// Why a code cannot be taken up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum QrError {
    #[error("the code is not good any more")]
    Expired,
    #[error("another payer is about to pay")]
    Taken,
}

impl QrCode {
    /// Takes the code up for `payer`, or again for who has it. A payer who has it keeps it beyond the code's own
    /// three minutes, for as long as they say that they are there.
    ///
    /// # Errors
    /// [`QrError::Expired`] after its life, [`QrError::Taken`] while another payer has it.
    pub fn bind(&mut self, payer: PayerId, label: &str, now: Timestamp) -> Result<(), QrError> {
        match self.bound(now) {
            Some(binding) if binding.payer != payer => return Err(QrError::Taken),
            Some(_) => {}
            None if now >= self.expires_at => return Err(QrError::Expired),
            None => {}
        }
        self.binding = Some(Binding { payer, label: label.to_owned(), until: now.after(BINDING_LIFE) });
        Ok(())
    }

    /// Who has it now.
    #[must_use]
    pub fn bound(&self, now: Timestamp) -> Option<&Binding> {
        self.binding.as_ref().filter(|binding| now < binding.until)
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckoutSession {
    pub id: CheckoutSessionId,
    pub tenant: Tenant,
    pub order: OrderId,
    pub purpose: Purpose,
    pub status: SessionStatus,
    pub methods: Vec<CheckoutMethod>,
    pub locale: Locale,
    pub success_url: Option<String>,
    /// Where a buyer goes who does not pay: `cancelUrl`, or `failUrl` of the second door.
    pub cancel_url: Option<String>,
    /// From this amount on the payer finds a number; as the merchant had it set when the session was made.
    pub match_from: Option<i64>,
    pub extensions: i64,
    pub qr: Option<QrCode>,
    /// Pairs, as JSON.
    pub metadata: Option<String>,
    pub created_at: Timestamp,
    pub opened_at: Option<Timestamp>,
    pub completed_at: Option<Timestamp>,
    /// Grows by one with every change.
    pub version: i64,
}

impl CheckoutSession {
    /// What a buyer can still do here: only while session and order are open and in time.
    #[must_use]
    pub fn is_open(&self, order: OrderStatus, expires_at: Timestamp, now: Timestamp) -> bool {
        self.status == SessionStatus::Open && order == OrderStatus::Open && now < expires_at
    }

    #[must_use]
    pub fn offers(&self, method: CheckoutMethod) -> bool {
        self.methods.contains(&method)
    }

    #[must_use]
    pub const fn mode(&self) -> Mode {
        self.tenant.mode
    }
}

/// What a merchant has settled for its checkouts, per mode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckoutSettings {
    pub tenant: Tenant,
    /// Origins of pages that may frame a checkout: `https://shop.example`.
    pub origins: Vec<String>,
    /// From this amount on the payer app asks for the number on the screen; `None` never.
    pub match_from: Option<i64>,
    pub updated_at: Timestamp,
    pub version: i64,
}

impl CheckoutSettings {
    /// What holds where a merchant has settled nothing: nobody frames it, every payment by app asks for the number.
    #[must_use]
    pub const fn untouched(tenant: Tenant) -> Self {
        Self { tenant, origins: Vec::new(), match_from: Some(0), updated_at: Timestamp::from_micros(0), version: 0 }
    }
}

/// Whether `text` is an origin, as a browser writes it: scheme, host, perhaps a port, and nothing behind. Pages over
/// plain `http` may frame a checkout only from the machine itself, or in test mode.
#[must_use]
pub fn is_origin(text: &str, mode: Mode) -> bool {
    let (secure, host) = match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
        (Some(host), _) => (true, host),
        (None, Some(host)) => (false, host),
        (None, None) => return false,
    };
    let (name, port) = host.rsplit_once(':').map_or((host, None), |(name, port)| (name, Some(port)));
    let name_fits = !name.is_empty()
        && name.len() <= 253
        && name.split('.').all(|label| {
            !label.is_empty()
                && label.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
        });
    let port_fits = port.is_none_or(|port| port.parse::<u16>().is_ok_and(|port| port > 0) && !port.starts_with('0'));
    let local = name == "localhost" || name == "127.0.0.1";
    name_fits && port_fits && (secure || local || mode == Mode::Test)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn payer(number: u128) -> PayerId {
        PayerId::from_uuid(Uuid::from_u128(number))
    }

    fn at(secs: i64) -> Timestamp {
        Timestamp::from_micros(secs * 1_000_000)
    }

    fn code() -> QrCode {
        QrCode {
            generation: 1,
            short_code: String::from("48271936"),
            match_number: Some(47),
            expires_at: at(180),
            binding: None,
        }
    }

    #[test]
    fn every_edge_of_a_session_is_as_written_and_there_is_no_other() {
        use {SessionEvent as E, SessionStatus as S};
        let edges = [
            (S::Open, E::Complete, S::Completed),
            (S::Open, E::Expire, S::Expired),
            (S::Expired, E::Complete, S::Completed),
        ];
        for from in S::ALL {
            for event in [E::Complete, E::Expire] {
                let to = edges.iter().find(|edge| edge.0 == from && edge.1 == event).map(|edge| edge.2);
                assert_eq!(from.apply(event), to.ok_or(IllegalSessionEvent { from, event }));
            }
            assert_eq!(S::parse(from.as_str()), Some(from));
        }
    }

    #[test]
    fn a_code_is_taken_up_by_one_payer_at_a_time() {
        let mut code = code();
        assert_eq!(code.bind(payer(1), "김*수", at(0)), Ok(()));
        assert_eq!(code.bind(payer(2), "이*희", at(59)), Err(QrError::Taken));
        assert_eq!(code.bind(payer(1), "김*수", at(59)), Ok(()), "who has it says that they are still there");
        assert_eq!(code.bind(payer(2), "이*희", at(118)), Err(QrError::Taken));
        assert_eq!(code.bind(payer(2), "이*희", at(119)), Ok(()), "a minute of silence frees it");
    }

    #[test]
    fn a_code_ends_after_three_minutes_but_not_for_who_is_about_to_pay() {
        let mut unscanned = code();
        assert_eq!(unscanned.bind(payer(1), "a", at(180)), Err(QrError::Expired));
        let mut scanned = code();
        assert_eq!(scanned.bind(payer(1), "a", at(170)), Ok(()));
        assert_eq!(scanned.bind(payer(1), "a", at(200)), Ok(()));
        assert_eq!(scanned.bind(payer(2), "b", at(261)), Err(QrError::Expired));
    }

    #[test]
    fn an_origin_is_a_scheme_a_host_and_a_port() {
        for (text, mode, expected) in [
            ("https://shop.example", Mode::Live, true),
            ("https://shop.example:8443", Mode::Live, true),
            ("http://127.0.0.1:8080", Mode::Live, true),
            ("http://shop.example", Mode::Live, false),
            ("http://shop.example", Mode::Test, true),
            ("https://shop.example/", Mode::Test, false),
            ("https://shop.example/cart", Mode::Test, false),
            ("https://*.shop.example", Mode::Test, false),
            ("https://Shop.example", Mode::Test, false),
            ("https://shop.example;frame-src", Mode::Test, false),
            ("https://shop..example", Mode::Test, false),
            ("https://shop.example:0", Mode::Test, false),
            ("https://", Mode::Test, false),
            ("shop.example", Mode::Test, false),
            ("null", Mode::Test, false),
            ("javascript:alert", Mode::Test, false),
        ] {
            assert_eq!(is_origin(text, mode), expected, "{text}");
        }
    }

    #[test]
    fn a_list_of_methods_reads_what_it_writes() {
        for methods in [vec![], vec![CheckoutMethod::App], CheckoutMethod::ALL.to_vec()] {
            assert_eq!(CheckoutMethod::read_list(&CheckoutMethod::write_list(&methods)), Some(methods));
        }
        assert_eq!(CheckoutMethod::read_list("app,cash"), None);
    }
}
