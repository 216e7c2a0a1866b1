//! Stock: what is promised is what open orders hold, what is on hand is the sum of all that moved.

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "stock.reserved",
        "What is reserved of a product is what orders that hold stock have of it, and is at most what is on hand.",
        "
        SELECT 'prd', s.product_id, CAST(NULL AS TEXT)
        FROM (
            SELECT id AS product_id, reserved AS quantity
            FROM product
            UNION ALL
            SELECT l.product_id, -l.quantity
            FROM orders o
            JOIN order_line l ON l.order_id = o.id
            WHERE o.reservation = 'held' AND l.product_id IS NOT NULL
        ) s
        GROUP BY s.product_id
        HAVING SUM(s.quantity) <> 0
        UNION
        SELECT 'prd', p.id, CAST(NULL AS TEXT)
        FROM product p
        WHERE p.reserved < 0 OR p.reserved > p.on_hand",
    ),
    Check::new(
        "stock.onHand",
        "What is on hand of a product is the sum of its stock movements.",
        "
        SELECT 'prd', s.product_id, CAST(NULL AS TEXT)
        FROM (
            SELECT id AS product_id, on_hand AS quantity
            FROM product
            UNION ALL
            SELECT product_id, -delta
            FROM stock_movement
        ) s
        GROUP BY s.product_id
        HAVING SUM(s.quantity) <> 0",
    ),
    Check::new(
        "stock.sales",
        "An order that was paid sold each of its product lines exactly once, and no other order sold anything.",
        "
        SELECT DISTINCT 'ord', s.order_id, CAST(NULL AS TEXT)
        FROM (
            SELECT l.order_id, l.product_id, l.quantity, 1 AS sales
            FROM orders o
            JOIN order_line l ON l.order_id = o.id
            WHERE o.reservation = 'consumed' AND l.product_id IS NOT NULL
            UNION ALL
            SELECT order_id, product_id, delta, -1
            FROM stock_movement
            WHERE kind = 'sale'
        ) s
        GROUP BY s.order_id, s.product_id
        HAVING SUM(s.quantity) <> 0 OR SUM(s.sales) <> 0",
    ),
    // Stock is capped: only where a product's arrivals could have reached the cap may fewer units come back.
    Check::new(
        "stock.returns",
        "The units that succeeded refunds put back on sale came back into stock, and no others did.",
        "
        SELECT DISTINCT 'ord', s.order_id, CAST(NULL AS TEXT)
        FROM (
            SELECT l.order_id, l.product_id, p.quantity
            FROM refund r
            JOIN refund_part p ON p.refund_id = r.id
            JOIN order_line l ON l.order_id = p.order_id AND l.id = p.order_line_id
            WHERE r.state = 'succeeded' AND r.restock AND l.product_id IS NOT NULL
            UNION ALL
            SELECT order_id, product_id, -delta
            FROM stock_movement
            WHERE kind = 'return'
        ) s
        GROUP BY s.order_id, s.product_id
        HAVING SUM(s.quantity) < 0
            OR (SUM(s.quantity) > 0
                AND (SELECT COALESCE(SUM(m.delta), 0) FROM stock_movement m
                    WHERE m.product_id = s.product_id AND m.delta > 0) + SUM(s.quantity) < {on_hand_max})",
    ),
];
