//! Keys of requests.

use steelyard_domain::{IdempotencyId, Mode, Span, Tenant};
use steelyard_store::{
    StoreError,
    idempotency::{self, IdempotencyRecord, IdempotencyState, StoredAnswer},
};
use steelyard_testkit::{Database, Make, both_engines};

both_engines!(
    keys_are_read_as_written_and_answered,
    a_key_taken_is_a_conflict,
    only_a_running_key_is_released,
    old_answers_are_forgotten_and_running_keys_never,
    answers_are_forgotten_a_few_at_a_time,
    answers_are_read_as_written,
);

async fn keys_are_read_as_written_and_answered(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let running = make.running_key(tenant, "k-1");
    let done = IdempotencyRecord {
        operation: String::from("POST /v1/orders"),
        key: String::from("키 😀"),
        request_hash: (0..32).collect(),
        object: Some(make.id()),
        status: Some(i64::MIN),
        answer: Some(make.id()),
        ..make.answered_key(tenant, "k-2")
    };
    database.save(|script| script.insert(vec![&running, &done])).await.unwrap();

    let reader = database.reader().await;
    for one in [&running, &done] {
        assert_eq!(idempotency::idempotency_record(&reader, one.id).await.unwrap().as_ref(), Some(one));
    }
    let unknown = IdempotencyId::from_uuid(make.id());
    assert_eq!(idempotency::idempotency_record(&reader, unknown).await.unwrap(), None);

    let answered = IdempotencyRecord {
        state: IdempotencyState::Done,
        object: Some(make.id()),
        status: Some(202),
        answer: Some(make.id()),
        completed_at: Some(make.now()),
        ..running.clone()
    };
    database.save(|script| script.update(vec![(&answered, 0)])).await.unwrap();
    let ids = [running.id.uuid(), done.id.uuid(), unknown.uuid()];
    let mut found = database.look(async |tx| idempotency::idempotency_by_id(tx, &ids).await).await;
    found.sort_by_key(|record| record.id);
    let mut expected = [answered, done];
    expected.sort_by_key(|record| record.id);
    assert_eq!(found, expected);
}

async fn answers_are_read_as_written(database: &Database) {
    let mut make = Make::default();
    let bodies = ["", "{}", "답 😀 \u{1F600} \"\\"];
    let answers = bodies.map(|body| StoredAnswer { id: make.id(), body: body.to_owned() });
    database.save(|script| script.insert(answers.iter().collect())).await.unwrap();
    let ids = [answers[2].id, make.id(), answers[0].id, answers[1].id];
    let mut found = database.look(async |tx| idempotency::answers_by_id(tx, &ids).await).await;
    found.sort_by_key(|answer| answer.id);
    assert_eq!(found, answers);
}

async fn a_key_taken_is_a_conflict(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let first = make.running_key(tenant, "k");
    database.save(|script| script.insert(vec![&first])).await.unwrap();
    let again = make.running_key(tenant, "k");
    let refused = database.save(|script| script.insert(vec![&again])).await;
    assert!(matches!(refused, Err(StoreError::Conflict { .. })), "{refused:?}");
    let elsewhere = make.running_key(Tenant { mode: Mode::Live, ..tenant }, "k");
    database.save(|script| script.insert(vec![&elsewhere])).await.unwrap();
}

async fn only_a_running_key_is_released(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let (running, done) = (make.running_key(tenant, "a"), make.answered_key(tenant, "b"));
    database.save(|script| script.insert(vec![&running, &done])).await.unwrap();
    let ids = [running.id.uuid(), done.id.uuid()];
    database.write(async |tx| idempotency::release(tx, &ids).await).await.unwrap();
    let reader = database.reader().await;
    assert_eq!(idempotency::idempotency_record(&reader, running.id).await.unwrap(), None);
    assert_eq!(idempotency::idempotency_record(&reader, done.id).await.unwrap(), Some(done));
    database.save(|script| script.insert(vec![&running])).await.unwrap();
}

async fn old_answers_are_forgotten_and_running_keys_never(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let (old_running, old_done) = (make.running_key(tenant, "a"), make.answered_key(tenant, "b"));
    let cut = make.clock.advance(Span::from_days(30));
    let new_done = make.answered_key(tenant, "c");
    let answers = [&old_done, &new_done].map(Make::answer_of);
    database
        .save(|script| {
            script.insert(vec![&old_running, &old_done, &new_done]);
            script.insert(answers.iter().collect());
        })
        .await
        .unwrap();
    let forgotten = database.write(async |tx| idempotency::purge(tx, cut).await).await.unwrap();
    assert_eq!(forgotten, 1);
    let reader = database.reader().await;
    assert_eq!(idempotency::idempotency_record(&reader, old_done.id).await.unwrap(), None);
    for kept in [old_running, new_done] {
        assert_eq!(idempotency::idempotency_record(&reader, kept.id).await.unwrap(), Some(kept));
    }
    let ids = answers.each_ref().map(|answer| answer.id);
    let left = database.look(async |tx| idempotency::answers_by_id(tx, &ids).await).await;
    assert_eq!(left, answers[1..]);
}

async fn answers_are_forgotten_a_few_at_a_time(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let limit = u64::try_from(idempotency::PURGE_MAX).unwrap();
    let mut records: Vec<IdempotencyRecord> =
        (0..limit + 1).map(|number| make.answered_key(tenant, &format!("old-{number}"))).collect();
    records.insert(0, make.running_key(tenant, "running"));
    let cut = make.clock.advance(Span::from_micros(1));
    records.push(make.answered_key(tenant, "new"));
    let answers: Vec<StoredAnswer> = records[1..].iter().map(Make::answer_of).collect();
    database
        .save(|script| {
            script.insert(records.iter().collect());
            script.insert(answers.iter().collect());
        })
        .await
        .unwrap();
    for expected in [limit, 1, 0] {
        let forgotten = database.write(async |tx| idempotency::purge(tx, cut).await).await.unwrap();
        assert_eq!(forgotten, expected);
    }
    assert_eq!(database.numbers("SELECT COUNT(*) FROM idempotency").await, [2]);
    assert_eq!(database.numbers("SELECT COUNT(*) FROM answer").await, [1]);
}
