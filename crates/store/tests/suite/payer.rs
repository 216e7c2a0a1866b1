//! Payers, their sessions, and the cards they keep.

use steelyard_domain::{
    Mode, PayerId, Span, VaultCardId,
    payer::{Payer, PayerSession, Tries},
    vault::VaultCard,
};
use steelyard_store::{StoreError, Value, payer};
use steelyard_testkit::{Database, Make, both_engines};

both_engines!(
    payers_are_read_as_written_and_found_by_their_mail,
    a_mail_is_taken_once_a_mode,
    two_changes_of_one_payer_do_not_both_count,
    a_session_is_found_by_its_token_until_it_is_purged,
    cards_are_kept_until_they_are_removed,
    cards_under_another_key_are_found_page_by_page,
);

async fn payers_are_read_as_written_and_found_by_their_mail(database: &Database) {
    let mut make = Make::default();
    let bare = make.payer(Mode::Test);
    let later = make.now().after(Span::from_minutes(30));
    let locked = Payer {
        email: String::from("이서연@예시.한국"),
        pin: Tries { failures: 5, locked_until: Some(later) },
        sign_in: Tries { failures: 3, locked_until: None },
        ..make.payer(Mode::Live)
    };
    database.save(|script| script.insert(vec![&bare, &locked])).await.unwrap();

    let reader = database.reader().await;
    for one in [&bare, &locked] {
        assert_eq!(payer::payer(&reader, one.id).await.unwrap().as_ref(), Some(one));
        let found = payer::payer_by_email(&reader, one.mode, &one.email).await.unwrap();
        assert_eq!(found.as_ref(), Some(one));
    }
    assert_eq!(payer::payer_by_email(&reader, Mode::Live, &bare.email).await.unwrap(), None);
    assert_eq!(payer::payer(&reader, PayerId::from_uuid(make.id())).await.unwrap(), None);

    let names: Vec<Vec<Value>> = [(Mode::Test, &bare.email), (Mode::Live, &locked.email), (Mode::Live, &bare.email)]
        .map(|(mode, email)| vec![mode.as_str().into(), email.as_str().into()])
        .to_vec();
    let mut found = database.look(async |tx| payer::payers_by_email(tx, &names).await).await;
    found.sort_by_key(|payer| payer.id);
    assert_eq!(found, [bare.clone(), locked.clone()]);
    let ids = [locked.id.uuid(), bare.id.uuid()];
    let mut found = database.look(async |tx| payer::payers_by_id(tx, &ids).await).await;
    found.sort_by_key(|payer| payer.id);
    assert_eq!(found, [bare, locked]);
}

async fn a_mail_is_taken_once_a_mode(database: &Database) {
    let mut make = Make::default();
    let first = make.payer(Mode::Test);
    let same_in_live = Payer { email: first.email.clone(), ..make.payer(Mode::Live) };
    database.save(|script| script.insert(vec![&first, &same_in_live])).await.unwrap();
    let second = Payer { email: first.email.clone(), ..make.payer(Mode::Test) };
    let refused = database.save(|script| script.insert(vec![&second])).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
}

async fn two_changes_of_one_payer_do_not_both_count(database: &Database) {
    let mut make = Make::default();
    let payer = make.payer(Mode::Test);
    database.save(|script| script.insert(vec![&payer])).await.unwrap();
    let changed = Payer { pin: Tries { failures: 1, locked_until: None }, version: 2, ..payer.clone() };
    database.save(|script| script.update(vec![(&changed, 1)])).await.unwrap();
    let stale = database.save(|script| script.update(vec![(&changed, 1)])).await;
    assert!(matches!(stale, Err(StoreError::Conflict { .. })), "{stale:?}");
    let found = payer::payer(&database.reader().await, payer.id).await.unwrap();
    assert_eq!(found, Some(changed));
}

async fn a_session_is_found_by_its_token_until_it_is_purged(database: &Database) {
    let mut make = Make::default();
    let payer = make.payer(Mode::Test);
    let old = make.payer_session(payer.id);
    make.clock.advance(Span::from_days(1));
    let new = make.payer_session(payer.id);
    database
        .save(|script| {
            script.insert(vec![&payer]);
            script.insert(vec![&old, &new]);
        })
        .await
        .unwrap();
    let reader = database.reader().await;
    for one in [&old, &new] {
        assert_eq!(payer::session(&reader, one.token_hash).await.unwrap().as_ref(), Some(one));
    }
    assert_eq!(payer::session(&reader, [0; 32]).await.unwrap(), None);

    let now = make.now();
    for (hash, expected) in [(new.token_hash, true), (new.token_hash, false), ([0; 32], false)] {
        let ended = database.write(async |tx| payer::revoke_session(tx, hash, now).await).await;
        assert_eq!(ended.unwrap(), expected);
    }
    let found = payer::session(&reader, new.token_hash).await.unwrap();
    assert_eq!(found, Some(PayerSession { revoked_at: Some(now), ..new.clone() }));

    let end_of_old = old.expires_at;
    for (before, expected) in [(end_of_old, 0), (end_of_old.after(Span::from_micros(1)), 1)] {
        let purged = database.write(async |tx| payer::purge_sessions(tx, before).await).await;
        assert_eq!(purged.unwrap(), expected);
    }
    assert_eq!(payer::session(&reader, old.token_hash).await.unwrap(), None);
    assert!(payer::session(&reader, new.token_hash).await.unwrap().is_some());
}

async fn cards_are_kept_until_they_are_removed(database: &Database) {
    let mut make = Make::default();
    let payers = [make.payer(Mode::Test), make.payer(Mode::Live)];
    let first = make.vault_card(&payers[0]);
    make.clock.advance(Span::from_secs(1));
    let second = VaultCard { nickname: Some(String::from("생활비")), ..make.vault_card(&payers[0]) };
    let foreign = make.vault_card(&payers[1]);
    database
        .save(|script| {
            script.insert(payers.iter().collect());
            script.insert(vec![&first, &second, &foreign]);
        })
        .await
        .unwrap();
    let reader = database.reader().await;
    let (ours, theirs) = (payers[0].id, payers[1].id);
    assert_eq!(payer::vault_cards(&reader, ours).await.unwrap(), [first.clone(), second.clone()]);
    assert_eq!(payer::vault_card(&reader, ours, second.id).await.unwrap(), Some(second.clone()));
    assert_eq!(payer::vault_card(&reader, theirs, second.id).await.unwrap(), None);

    let mut removed = first.clone();
    removed.remove(make.now()).unwrap();
    database.save(|script| script.update(vec![(&removed, first.version)])).await.unwrap();
    assert_eq!(payer::vault_cards(&reader, ours).await.unwrap(), std::slice::from_ref(&second));
    assert_eq!(payer::vault_card(&reader, ours, first.id).await.unwrap(), Some(removed));

    let ids = [theirs.uuid(), ours.uuid()];
    let mut found = database.look(async |tx| payer::vault_cards_of_payers(tx, &ids).await).await;
    found.sort_by_key(|card| card.id);
    assert_eq!(found, [second, foreign]);
}

async fn cards_under_another_key_are_found_page_by_page(database: &Database) {
    let mut make = Make::default();
    let payer = make.payer(Mode::Test);
    let old: Vec<VaultCard> = (0..3).map(|_| make.vault_card(&payer)).collect();
    let new = VaultCard { key_version: 2, ..make.vault_card(&payer) };
    let mut removed = make.vault_card(&payer);
    removed.remove(make.now()).unwrap();
    database
        .save(|script| {
            script.insert(vec![&payer]);
            script.insert(old.iter().chain([&new, &removed]).collect());
        })
        .await
        .unwrap();
    let reader = database.reader().await;
    let mut seen = Vec::new();
    loop {
        let after = seen.last().map(|card: &VaultCard| card.id);
        let page = payer::vault_cards_not_sealed_with(&reader, 2, after, 2).await.unwrap();
        if page.is_empty() {
            break;
        }
        seen.extend(page);
    }
    assert_eq!(seen, old);
    let after = Some(VaultCardId::from_uuid(make.id()));
    assert_eq!(payer::vault_cards_not_sealed_with(&reader, 2, after, 2).await.unwrap(), []);
    assert_eq!(payer::vault_cards_not_sealed_with(&reader, 1, None, 2).await.unwrap(), [new]);
}
