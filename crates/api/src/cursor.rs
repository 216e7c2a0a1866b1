//! Cursors: the place in a list where the next page begins, signed so that it comes only from us and only for
//! the list and tenant it was made for.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use steelyard_app::{Code, Problem, read::PageKey};
use steelyard_domain::Tenant;
use uuid::Uuid;

/// Half of the tag: 128 bits are more than anyone can guess.
const TAG_BYTES: usize = 16;
const PLACE_BYTES: usize = 24;

/// Signs cursors.
#[derive(Clone)]
pub(crate) struct Cursors(Hmac<Sha256>);

impl Cursors {
    pub(crate) fn new(secret: [u8; 32]) -> Self {
        Self(Hmac::new_from_slice(&secret).expect("HMAC takes a key of any length"))
    }

    fn mac(&self, list: &str, tenant: Tenant, place: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(list.as_bytes());
        mac.update(&[0]);
        mac.update(tenant.merchant.uuid().as_bytes());
        mac.update(tenant.mode.as_str().as_bytes());
        mac.update(&[0]);
        mac.update(place);
        mac
    }

    pub(crate) fn seal(&self, list: &str, tenant: Tenant, key: &PageKey) -> String {
        let mut bytes = Vec::with_capacity(PLACE_BYTES + TAG_BYTES);
        bytes.extend_from_slice(&key.at.to_be_bytes());
        bytes.extend_from_slice(key.id.as_bytes());
        let tag = self.mac(list, tenant, &bytes).finalize().into_bytes();
        bytes.extend(tag.into_iter().take(TAG_BYTES));
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// # Errors
    /// `INVALID_CURSOR` for anything that [`Self::seal`] did not make for this list and tenant.
    pub(crate) fn open(&self, list: &str, tenant: Tenant, text: &str) -> Result<PageKey, Problem> {
        let invalid = || Problem::new(Code::InvalidCursor).param("cursor");
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid())?;
        let (place, tag) = bytes.split_at_checked(PLACE_BYTES).ok_or_else(invalid)?;
        if tag.len() != TAG_BYTES {
            return Err(invalid());
        }
        self.mac(list, tenant, place).verify_truncated_left(tag).map_err(|_| invalid())?;
        let (at, id) = place.split_first_chunk::<8>().ok_or_else(invalid)?;
        let id = Uuid::from_slice(id).map_err(|_| invalid())?;
        Ok(PageKey { at: i64::from_be_bytes(*at), id })
    }
}

#[cfg(test)]
mod tests {
    use steelyard_domain::{MerchantId, Mode};

    use super::*;

    #[test]
    fn a_cursor_opens_only_the_list_and_tenant_it_was_made_for() {
        let cursors = Cursors::new([7; 32]);
        let tenant = |merchant, mode| Tenant { merchant: MerchantId::from_uuid(Uuid::from_u128(merchant)), mode };
        let ours = tenant(1, Mode::Test);
        let key = PageKey { at: -5, id: Uuid::from_u128(9) };
        let text = cursors.seal("payments", ours, &key);

        let opened = cursors.open("payments", ours, &text).unwrap();
        assert_eq!((opened.at, opened.id), (key.at, key.id));
        for (list, tenant) in
            [("orders", ours), ("payments", tenant(1, Mode::Live)), ("payments", tenant(2, Mode::Test))]
        {
            assert_eq!(cursors.open(list, tenant, &text).unwrap_err().code, Code::InvalidCursor);
        }
        assert!(Cursors::new([8; 32]).open("payments", ours, &text).is_err());
    }

    #[test]
    fn a_cursor_that_was_changed_anywhere_is_invalid() {
        let cursors = Cursors::new([7; 32]);
        let tenant = Tenant { merchant: MerchantId::from_uuid(Uuid::nil()), mode: Mode::Test };
        let text = cursors.seal("payments", tenant, &PageKey { at: 1, id: Uuid::from_u128(1) });
        for index in 0..text.len() {
            let mut bytes = text.clone().into_bytes();
            bytes[index] = if bytes[index] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            assert!(cursors.open("payments", tenant, &changed).is_err(), "{changed}");
        }
        for text in ["", "A", &text[1..], &format!("{text}AA"), "not a cursor"] {
            assert!(cursors.open("payments", tenant, text).is_err(), "{text}");
        }
    }
}
