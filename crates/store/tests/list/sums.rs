//! Sums from rollups and sums from rows.

use steelyard_domain::Span;
use steelyard_store::list::{MovementFilter, PaymentFilter};
use steelyard_testkit::{Database, both_engines};

use crate::{
    ask,
    world::{DAYS, World},
};

both_engines!(sums_of_whole_days_and_of_rows_are_the_same, days_that_are_whole_are_not_read_row_by_row);

async fn sums_of_whole_days_and_of_rows_are_the_same(database: &Database) {
    let mut world = World::new(7);
    world.fill(database, 250).await;
    let reader = database.reader().await;
    // Around each midnight: an hour before, a microsecond before, the midnight itself, and after; and around noon,
    // where the smaller part of a day changes sides.
    let (hour, noon) = (Span::from_hours(1).micros(), Span::from_hours(12).micros());
    let offsets = [-hour, -1, 0, 1, hour, noon - 1, noon, noon + 1];
    let midnights = (0..=DAYS).map(|day| Span::from_days(day).micros());
    let instants: Vec<_> = midnights
        .flat_map(|midnight| offsets.map(|offset| midnight + offset))
        .map(|micros| world.start().after(Span::from_micros(micros)))
        .collect();
    for from in &instants {
        for to in instants.iter().filter(|to| from <= *to) {
            let span = PaymentFilter { from: Some(*from), to: Some(*to), ..world.any_payment() };
            let summary = ask::payment_summary(&reader, &span).await.unwrap();
            assert_eq!(summary, world.payment_summary(&span), "{span:?}");
            let span = MovementFilter { from: Some(*from), to: Some(*to), ..world.any_movement() };
            let summary = ask::movement_summary(&reader, &span).await.unwrap();
            assert_eq!(summary, world.movement_summary(&span), "{span:?}");
        }
    }
}

async fn days_that_are_whole_are_not_read_row_by_row(database: &Database) {
    let mut world = World::new(8);
    world.fill(database, 100).await;
    let before = world.payment_summary(&world.any_payment());
    let movements_before = world.movement_summary(&world.any_movement());
    // Only whoever asks the rollup sees this.
    database.sql("UPDATE payment_rollup SET count = 2 * count").await.unwrap();
    database.sql("UPDATE movement_rollup SET count = 2 * count").await.unwrap();
    let reader = database.reader().await;
    let from = Some(world.start());
    let to = Some(world.start().after(Span::from_days(DAYS + 2)));
    for (from, to) in [(None, None), (from, None), (None, to), (from, to)] {
        let summary = ask::payment_summary(&reader, &PaymentFilter { from, to, ..world.any_payment() }).await.unwrap();
        assert_eq!(summary.count, 2 * before.count);
        let filter = MovementFilter { from, to, ..world.any_movement() };
        let summary = ask::movement_summary(&reader, &filter).await.unwrap();
        assert_eq!(summary.all.count, 2 * movements_before.all.count);
    }
    // Of a day that is cut through, the smaller part is read: here the part that does not count.
    let cut = Some(world.start().after(Span::from_hours(9)));
    let early = world.payment_summary(&PaymentFilter { from, to: cut, ..world.any_payment() });
    assert!(early.count > 0, "the world has a morning");
    let late = PaymentFilter { from: cut, to, ..world.any_payment() };
    let summary = ask::payment_summary(&reader, &late).await.unwrap();
    assert_eq!(summary.count, 2 * before.count - early.count);
}
