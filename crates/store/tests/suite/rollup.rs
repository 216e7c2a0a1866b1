//! Sums that lists show.

use steelyard_domain::{
    Currency, Mode, Tenant,
    method::MethodType,
    payment::{
        PaymentStatus,
        movement::{MovementKind, MovementStatus},
    },
    time::Day,
};
use steelyard_store::rollup::{MovementBucket, MovementSum, PaymentBucket, PaymentSum, grow_movements, grow_payments};
use steelyard_testkit::{Database, Make, both_engines};

both_engines!(
    payment_sums_add_up_in_their_buckets,
    movement_sums_add_up_in_their_buckets,
    a_bucket_named_twice_grows_by_both,
);

fn payment_bucket(tenant: Tenant, status: PaymentStatus) -> PaymentBucket {
    PaymentBucket { tenant, day: Day::from_number(-1), status, method: MethodType::Card, currency: Currency::Krw }
}

const ONE: PaymentSum = PaymentSum { count: 1, amount: 10_000, fee: 330, net: 9_670 };
const BACK: PaymentSum = PaymentSum { count: -1, amount: -10_000, fee: -330, net: -9_670 };

async fn payment_sums_add_up_in_their_buckets(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let ready = payment_bucket(tenant, PaymentStatus::Ready);
    let captured = payment_bucket(tenant, PaymentStatus::Captured);
    let others = [
        PaymentBucket { tenant: Tenant { mode: Mode::Live, ..tenant }, ..captured },
        PaymentBucket { day: Day::from_number(0), ..captured },
        PaymentBucket { method: MethodType::Transfer, ..captured },
        PaymentBucket { currency: Currency::Usd, ..captured },
    ];
    database.save(|script| grow_payments(script, vec![(ready, ONE)])).await.unwrap();
    let mut step = vec![(ready, BACK), (captured, ONE)];
    step.extend(others.map(|bucket| (bucket, ONE)));
    database.save(|script| grow_payments(script, step)).await.unwrap();
    database.save(|script| grow_payments(script, vec![(captured, ONE)])).await.unwrap();
    database.save(|script| grow_payments(script, Vec::new())).await.unwrap();

    let captured_only = "status = 'captured' AND mode = 'test' AND day = -1 AND method = 'card' AND currency = 'KRW'";
    for (column, ready, captured) in [("count", 0, 2), ("amount", 0, 20_000), ("fee", 0, 660), ("net", 0, 19_340)] {
        let of = |only: &str| format!("SELECT {column} FROM payment_rollup WHERE {only}");
        assert_eq!(database.numbers(&of("status = 'ready'")).await, [ready]);
        assert_eq!(database.numbers(&of(captured_only)).await, [captured]);
    }
    assert_eq!(database.numbers("SELECT count FROM payment_rollup WHERE count = 1").await.len(), 4);
}

async fn movement_sums_add_up_in_their_buckets(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let pending = MovementBucket {
        tenant,
        day: Day::from_number(20_000),
        kind: MovementKind::Refund,
        status: MovementStatus::Pending,
        method: MethodType::Card,
        currency: Currency::Krw,
    };
    let done = MovementBucket { status: MovementStatus::Done, ..pending };
    let cancel = MovementBucket { kind: MovementKind::Cancel, ..done };
    let sum = |count, amount| MovementSum { count, amount };
    database.save(|script| grow_movements(script, vec![(pending, sum(1, 0))])).await.unwrap();
    let step = vec![(pending, sum(-1, 0)), (done, sum(1, -4_000)), (cancel, sum(1, -1))];
    database.save(|script| grow_movements(script, step)).await.unwrap();
    database.save(|script| grow_movements(script, vec![(done, sum(1, -6_000))])).await.unwrap();
    for (only, count, amount) in
        [("status = 'pending'", 0, 0), ("status = 'done' AND kind = 'refund'", 2, -10_000), ("kind = 'cancel'", 1, -1)]
    {
        let of = |column: &str| format!("SELECT {column} FROM movement_rollup WHERE {only}");
        assert_eq!(database.numbers(&of("count")).await, [count]);
        assert_eq!(database.numbers(&of("amount")).await, [amount]);
    }
}

async fn a_bucket_named_twice_grows_by_both(database: &Database) {
    let mut make = Make::default();
    let bucket = payment_bucket(make.tenant(), PaymentStatus::Captured);
    database.save(|script| grow_payments(script, vec![(bucket, ONE), (bucket, ONE)])).await.unwrap();
    assert_eq!(database.numbers("SELECT amount FROM payment_rollup").await, [20_000]);
    let movements = MovementBucket {
        tenant: bucket.tenant,
        day: bucket.day,
        kind: MovementKind::Payment,
        status: MovementStatus::Done,
        method: bucket.method,
        currency: bucket.currency,
    };
    let sum = MovementSum { count: 1, amount: 7 };
    database.save(|script| grow_movements(script, vec![(movements, sum), (movements, sum)])).await.unwrap();
    assert_eq!(database.numbers("SELECT amount FROM movement_rollup").await, [14]);
}
