use steelyard_domain::{Mode, Timestamp, method::SecretDigits};
use uuid::Uuid;

use super::*;

fn keys(versions: &[(u32, u8)]) -> VaultKeys {
    let text: Vec<String> =
        versions.iter().map(|(version, byte)| format!("{version}:{}", STANDARD.encode([*byte; 32]))).collect();
    VaultKeys::parse(&text.join(",")).unwrap()
}

fn card() -> Card {
    Card {
        number: CardNumber::parse("4242424242424242", Mode::Test).unwrap(),
        expiry_month: 12,
        expiry_year: 2049,
        cvc: SecretDigits::parse("123", &[3]),
        birth_date: SecretDigits::parse("900101", &[6]),
        password_prefix: SecretDigits::parse("12", &[2]),
    }
}

fn kept(keys: &VaultKeys, id: u128, payer: u128) -> VaultCard {
    let (id, payer) = (VaultCardId::from_uuid(Uuid::from_u128(id)), PayerId::from_uuid(Uuid::from_u128(payer)));
    let sealed = keys.seal(id, payer, &card());
    VaultCard {
        id,
        payer,
        mode: Mode::Test,
        brand: String::from("visa"),
        issuer: String::from("unknown"),
        bin: String::from("424242"),
        last4: String::from("4242"),
        expiry_month: 12,
        expiry_year: 2049,
        key_version: sealed.key_version,
        sealed: Some(sealed.bytes),
        nickname: None,
        created_at: Timestamp::from_micros(0),
        removed_at: None,
        version: 1,
    }
}

#[test]
fn keys_are_read_as_they_are_written_and_never_shown() {
    let two = keys(&[(2, 9), (1, 7)]);
    assert_eq!((two.current(), two.versions().collect::<Vec<_>>()), (2, vec![1, 2]));
    assert_eq!(format!("{two:?}"), "VaultKeys([1, 2])");
    assert_eq!(VaultKeys::parse(&two.text()).unwrap().text(), two.text());
    let key = STANDARD.encode([7; 32]);
    for (text, error) in [
        (String::new(), VaultKeysError::Empty),
        (String::from(" , "), VaultKeysError::Empty),
        (key.clone(), VaultKeysError::Form { position: 1 }),
        (format!("1:{key},x:{key}"), VaultKeysError::Version { position: 2 }),
        (format!("0:{key}"), VaultKeysError::Version { position: 1 }),
        (format!("1:{key},1:{key}"), VaultKeysError::Twice { version: 1 }),
        (format!("3:{}", STANDARD.encode([7; 31])), VaultKeysError::Key { version: 3 }),
        (String::from("3:한글"), VaultKeysError::Key { version: 3 }),
    ] {
        assert_eq!(VaultKeys::parse(&text).unwrap_err(), error, "{text}");
    }
    assert_ne!(VaultKeys::generate().text(), VaultKeys::generate().text());
}

#[test]
fn a_card_comes_back_without_what_proves_its_holder() {
    let keys = keys(&[(1, 7)]);
    let kept = kept(&keys, 1, 2);
    let bytes = kept.sealed.clone().unwrap();
    assert!(!bytes.windows(4).any(|window| window == b"4242"));
    let opened = keys.open(&kept).unwrap();
    assert_eq!(opened, Card { cvc: None, birth_date: None, password_prefix: None, ..card() });
    // A nonce of its own each time.
    assert_ne!(keys.seal(kept.id, kept.payer, &card()).bytes, bytes);
}

#[test]
fn a_ciphertext_opens_only_where_it_was_sealed() {
    let keys = keys(&[(1, 7), (2, 7)]);
    let (own, other) = (kept(&keys, 1, 2), kept(&keys, 3, 4));
    for foreign in [
        VaultCard { sealed: other.sealed.clone(), ..own.clone() },
        VaultCard { id: other.id, ..own.clone() },
        VaultCard { payer: other.payer, ..own.clone() },
        // The same key under another version's number.
        VaultCard { key_version: 1, ..own.clone() },
        VaultCard { sealed: Some(vec![1; 11]), ..own.clone() },
    ] {
        assert_eq!(keys.open(&foreign), Err(UnsealError::Foreign));
    }
    for place in 0..own.sealed.as_ref().map_or(0, Vec::len) {
        let mut changed = own.clone();
        changed.sealed.as_mut().unwrap()[place] ^= 1;
        assert_eq!(keys.open(&changed), Err(UnsealError::Foreign), "{place}");
    }
    assert_eq!(keys.open(&VaultCard { sealed: None, ..own }), Err(UnsealError::Removed));
}

#[test]
fn old_keys_open_what_they_sealed_and_the_newest_seals() {
    let old = keys(&[(1, 7)]);
    let both = keys(&[(1, 7), (2, 9)]);
    let mut card = kept(&old, 1, 2);
    assert_eq!(card.key_version, 1);
    let opened = both.open(&card).unwrap();
    let sealed = both.reseal(&card).unwrap();
    assert_eq!(sealed.key_version, 2);
    (card.key_version, card.sealed) = (sealed.key_version, Some(sealed.bytes));
    assert_eq!(keys(&[(2, 9)]).open(&card), Ok(opened));
    assert_eq!(old.open(&card), Err(UnsealError::NoKey { version: 2 }));
}
