//! Movements: payment transactions as the merchant sees them.

use steelyard_domain::{
    AttemptId, Currency, Timestamp,
    method::MethodType,
    payment::movement::{Movement, MovementKind, MovementStatus},
};
use steelyard_store::payment;
use steelyard_testkit::{Database, Make, both_engines};

both_engines!(pending_movements_are_read_as_written_until_they_are_settled);

async fn pending_movements_are_read_as_written_until_they_are_settled(database: &Database) {
    let mut make = Make::default();
    let tenant = make.tenant();
    let (order, lines) = make.plain_order(tenant);
    let payment = make.captured_payment(&order);
    let attempt = AttemptId::from_uuid(make.id());
    let refund = make.refund(&payment, attempt, vec![Make::return_part(&lines[0])]);
    let taken = make.movement(&payment);
    let returned = make.return_movement(&payment, &refund);
    let extreme = Movement {
        kind: MovementKind::Cancel,
        method: MethodType::App,
        currency: Currency::Eur,
        amount: i64::MIN,
        occurred_at: Timestamp::from_micros(i64::MIN),
        ..make.return_movement(&payment, &refund)
    };
    let charge = Movement { status: MovementStatus::Pending, amount: i64::MAX, ..make.movement(&payment) };
    database.save(|script| script.insert(vec![&taken, &returned, &extreme, &charge])).await.unwrap();

    let pending = async |expected: &[&Movement]| {
        let payments = [payment.id.uuid()];
        let mut found = database.look(async |tx| payment::movements_of_orders(tx, &payments).await).await;
        found.sort_by_key(|movement| movement.id);
        assert_eq!(found.iter().collect::<Vec<_>>(), expected);
    };
    pending(&[&returned, &extreme, &charge]).await;
    assert_eq!(database.look(async |tx| payment::movements_of_orders(tx, &[]).await).await, []);

    let done = Movement { status: MovementStatus::Done, ..returned };
    let declined = Movement { status: MovementStatus::Declined, ..extreme };
    database.save(|script| script.update(vec![(&done, 0), (&declined, 0)])).await.unwrap();
    pending(&[&charge]).await;
    let sum = "SELECT amount FROM movement WHERE status = 'done' ORDER BY id";
    assert_eq!(database.numbers(sum).await, [10_000, -4_000]);
}
