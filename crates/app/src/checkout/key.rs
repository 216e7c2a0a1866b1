//! What opens a session: secrets that follow from its id and a secret of the server's, so that nothing that opens
//! anything is kept in the database.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use steelyard_domain::{
    CheckoutSessionId, Tenant,
    id::{read_suffix, write_suffix},
};
use uuid::Uuid;

/// Under which name the server's secret is kept.
const SECRET: &str = "checkout";

/// Makes and checks what opens sessions.
#[derive(Clone)]
pub(crate) struct Keys(Hmac<Sha256>);

impl Keys {
    fn new(secret: [u8; 32]) -> Self {
        Self(Hmac::new_from_slice(&secret).expect("HMAC takes a key of any length"))
    }

    #[cfg(test)]
    pub(crate) fn for_tests() -> Self {
        Self::new([1; 32])
    }

    /// Sixteen bytes that nobody can guess who does not hold the server's secret.
    fn tag(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 16] {
        let mut mac = self.0.clone();
        mac.update(purpose.as_bytes());
        for part in parts {
            mac.update(&[0]);
            mac.update(part);
        }
        let bytes = mac.finalize().into_bytes();
        let mut tag = [0; 16];
        for (into, byte) in tag.iter_mut().zip(bytes) {
            *into = byte;
        }
        tag
    }

    /// `cs_…_secret_…`: what a buyer's browser shows.
    pub(crate) fn client_secret(&self, id: CheckoutSessionId) -> String {
        let mut text = format!("{id}_secret_");
        write_suffix(Uuid::from_bytes(self.tag("client", &[id.uuid().as_bytes()])), &mut text);
        text
    }

    /// The session that a client secret opens.
    pub(crate) fn session_of(&self, client_secret: &str) -> Option<CheckoutSessionId> {
        let (id, _) = client_secret.split_once("_secret_")?;
        let id = CheckoutSessionId::parse(id).ok()?;
        is_same(&self.client_secret(id), client_secret).then_some(id)
    }

    /// What stands behind `/q/`: the session, and a tag that changes with every renewal.
    pub(crate) fn qr_token(&self, id: CheckoutSessionId, generation: i64) -> String {
        let mut text = String::with_capacity(52);
        write_suffix(id.uuid(), &mut text);
        write_suffix(Uuid::from_bytes(self.qr_tag(id, generation)), &mut text);
        text
    }

    fn qr_tag(&self, id: CheckoutSessionId, generation: i64) -> [u8; 16] {
        self.tag("qr", &[id.uuid().as_bytes(), &generation.to_be_bytes()])
    }

    /// The session that a token names. Whether it is the present one is asked with [`Keys::qr_token`].
    pub(crate) fn named_by(token: &str) -> Option<CheckoutSessionId> {
        token.get(..26).and_then(read_suffix).map(CheckoutSessionId::from_uuid)
    }

    pub(crate) fn is_token(&self, token: &str, id: CheckoutSessionId, generation: i64) -> bool {
        is_same(&self.qr_token(id, generation), token)
    }

    /// The secret with which a merchant checks what a browser brings back.
    pub(crate) fn return_secret(&self, tenant: Tenant) -> String {
        let merchant = tenant.merchant.uuid();
        let tag = self.tag("return", &[merchant.as_bytes(), tenant.mode.as_str().as_bytes()]);
        let mut text = String::from("rsec_");
        write_suffix(Uuid::from_bytes(tag), &mut text);
        text
    }

    /// Hexadecimal HMAC-SHA256 of `object.order` under the tenant's return secret.
    pub(crate) fn return_signature(&self, tenant: Tenant, object: &str, order: &str) -> String {
        let secret = self.return_secret(tenant);
        let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes a key of any length");
        mac.update(format!("{object}.{order}").as_bytes());
        mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// What makes a ticket one of ours.
    pub(super) fn ticket_tag(&self, text: &str) -> [u8; 16] {
        self.tag("ticket", &[text.as_bytes()])
    }

    /// Digits and a number of a generation, which must not be guessed and need not be kept secret from who sees the
    /// screen.
    pub(crate) fn numbers(&self, id: CheckoutSessionId, generation: i64) -> (u64, u64) {
        let tag = self.tag("numbers", &[id.uuid().as_bytes(), &generation.to_be_bytes()]);
        let (high, low) = Uuid::from_bytes(tag).as_u64_pair();
        (high, low)
    }
}

fn is_same(one: &str, other: &str) -> bool {
    use subtle::ConstantTimeEq;
    bool::from(one.as_bytes().ct_eq(other.as_bytes()))
}

impl crate::App {
    pub(crate) async fn checkout_keys(&self) -> Result<Keys, crate::Problem> {
        Ok(Keys::new(self.server_secret(SECRET).await?))
    }
}

#[cfg(test)]
mod tests {
    use steelyard_domain::{MerchantId, Mode};

    use super::*;

    fn session(number: u128) -> CheckoutSessionId {
        CheckoutSessionId::from_uuid(Uuid::from_u128(number))
    }

    #[test]
    fn a_client_secret_opens_its_own_session_on_its_own_server() {
        let (keys, others) = (Keys::new([1; 32]), Keys::new([2; 32]));
        let secret = keys.client_secret(session(7));
        assert!(secret.starts_with("cs_") && secret.contains("_secret_"));
        assert_eq!(keys.session_of(&secret), Some(session(7)));
        assert_eq!(others.session_of(&secret), None);
        let other = keys.client_secret(session(8));
        let swapped = format!("{}_secret_{}", session(7), other.split_once("_secret_").unwrap().1);
        for wrong in [swapped.as_str(), "", "cs_", &secret[..secret.len() - 1], &session(7).to_string()] {
            assert_eq!(keys.session_of(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn a_token_is_good_for_one_generation() {
        let keys = Keys::new([1; 32]);
        let token = keys.qr_token(session(7), 3);
        assert_eq!(Keys::named_by(&token), Some(session(7)));
        assert!(keys.is_token(&token, session(7), 3));
        assert!(!keys.is_token(&token, session(7), 4) && !keys.is_token(&token, session(8), 3));
        assert_eq!((Keys::named_by(""), Keys::named_by("한글")), (None, None));
    }

    #[test]
    fn a_return_is_signed_for_its_merchant() {
        let keys = Keys::new([1; 32]);
        let tenant = Tenant { merchant: MerchantId::from_uuid(Uuid::from_u128(5)), mode: Mode::Test };
        let signature = keys.return_signature(tenant, "pay_1", "ord_1");
        assert_eq!(signature.len(), 64);
        assert_ne!(signature, keys.return_signature(Tenant { mode: Mode::Live, ..tenant }, "pay_1", "ord_1"));
        assert_ne!(signature, keys.return_signature(tenant, "pay_2", "ord_1"));
    }
}
