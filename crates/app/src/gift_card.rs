//! Gift cards: issued by merchants, redeemed by payers, ended by time.

mod expire;
mod issue;
mod redeem;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use steelyard_domain::gift_card::GiftCode;

use crate::{App, problem::Problem};

impl App {
    /// What is kept of codes: without the secret, a copy of the database leads to none of them.
    async fn code_hashes<'c>(&self, codes: impl Iterator<Item = &'c GiftCode>) -> Result<Vec<Vec<u8>>, Problem> {
        let secret = self.server_secret("giftCard").await?;
        let mac = Hmac::<Sha256>::new_from_slice(&secret).expect("HMAC takes a key of any length");
        let hash = |code: &GiftCode| {
            let mut mac = mac.clone();
            mac.update(code.expose().as_bytes());
            mac.finalize().into_bytes().to_vec()
        };
        Ok(codes.map(hash).collect())
    }
}
