//! Faults in orders, stock, movements, sums, keys and events, and card numbers where none may be.

use crate::faults::{Fault, only};

pub const FAULTS: &[Fault] = &[
    only(&["order.total"], "UPDATE orders SET tax_free = tax_free + 1 WHERE status = 'paid'"),
    only(&["order.total"], "DELETE FROM order_line WHERE order_id IN (SELECT id FROM orders WHERE status = 'expired')"),
    only(&["order.paid"], "UPDATE orders SET returned = returned + 1 WHERE status = 'partiallyRefunded'"),
    only(&["order.status"], "UPDATE orders SET status = 'paid' WHERE status = 'partiallyRefunded'"),
    only(
        &["order.status"],
        "UPDATE orders SET status = 'canceled', reservation = 'released'
        WHERE id IN (SELECT order_id FROM payment WHERE status = 'authorized')",
    ),
    only(
        &["order.reservation"],
        "UPDATE orders SET reservation = 'released'
        WHERE id IN (SELECT order_id FROM payment WHERE captured BETWEEN 1 AND amount - 1)",
    ),
    only(
        &["order.returned"],
        "UPDATE order_line SET returned_fee = returned_fee + 1 WHERE position = 0
            AND order_id IN (SELECT id FROM orders WHERE status = 'partiallyRefunded')",
    ),
    only(&["movement.payments"], "UPDATE movement SET occurred_at = occurred_at + 1 WHERE kind = 'payment'"),
    Fault {
        plant: "DELETE FROM movement WHERE kind = 'payment'",
        noticed_by: &["movement.payments", "rollup.movements"],
    },
    only(&["movement.refunds"], "UPDATE movement SET occurred_at = occurred_at + 1 WHERE kind = 'refund'"),
    Fault {
        plant: "UPDATE movement SET refund_id = order_id WHERE kind = 'cancel'",
        noticed_by: &["movement.refunds"],
    },
    only(&["stock.reserved"], "UPDATE product SET reserved = reserved + 1"),
    only(&["stock.onHand"], "UPDATE product SET on_hand = on_hand + 1"),
    only(&["stock.sales"], "UPDATE stock_movement SET kind = 'adjustment' WHERE kind = 'sale'"),
    only(&["stock.returns"], "UPDATE stock_movement SET kind = 'adjustment' WHERE kind = 'return'"),
    only(&["rollup.payments"], "UPDATE payment_rollup SET fee = fee + 1 WHERE status = 'captured'"),
    only(&["rollup.payments"], "UPDATE payment_rollup SET day = day - 1 WHERE status = 'ready'"),
    only(&["rollup.movements"], "UPDATE movement_rollup SET count = count + 1 WHERE kind = 'cancel'"),
    only(&["rollup.movements"], "DELETE FROM movement_rollup WHERE kind = 'payment'"),
    only(&["idempotency.answers"], "UPDATE attempt SET idempotency_id = NULL"),
    only(&["idempotency.answers"], "DELETE FROM answer"),
    only(&["event.versions"], "UPDATE event SET version = 1 WHERE type = 'order.paid'"),
    only(
        &["cardNumber.events"],
        r#"UPDATE event SET data = '{"number":"4242424242424242"}' WHERE type = 'order.paid'"#,
    ),
    only(&["cardNumber.answers"], r#"UPDATE answer SET body = '{"message":"card 5555 5555 5555 4444"}'"#),
    only(&["cardNumber.keys"], "UPDATE idempotency SET key = '4242424242424242' WHERE state = 'running'"),
    only(
        &["cardNumber.attempts"],
        "UPDATE attempt SET message = '3782-822463-10005 was refused' WHERE state = 'declined'",
    ),
    only(
        &["cardNumber.payments"],
        "UPDATE payment SET failure_message = '카드 4242424242424242' WHERE status = 'ready'",
    ),
    only(&["cardNumber.orders"], r#"UPDATE orders SET metadata = '{"note":"4242424242424242"}' WHERE status = 'open'"#),
    only(&["cardNumber.lines"], "UPDATE order_line SET name = '2223003122003222' WHERE position = 0"),
    only(&["cardNumber.refunds"], "UPDATE refund SET reason = '4242-4242-4242-4242' WHERE state = 'sent'"),
    only(&["cardNumber.products"], "UPDATE product SET name = '30569309025904'"),
];
