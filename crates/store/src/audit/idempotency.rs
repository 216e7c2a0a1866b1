//! Idempotency keys: answered, or under way.

use super::Check;

pub(super) const CHECKS: &[Check] = &[Check::new(
    "idempotency.answers",
    "A key that is done has its answer, and one that runs is younger than a minute or has an attempt under way.",
    "
    SELECT 'idm', i.id, i.state
    FROM idempotency i
    WHERE i.state = 'done'
        AND (i.status IS NULL OR i.completed_at IS NULL OR NOT EXISTS (SELECT 1 FROM answer a WHERE a.id = i.answer_id))
    UNION ALL
    SELECT 'idm', i.id, i.state
    FROM idempotency i
    WHERE i.state = 'running' AND i.created_at <= CAST($1 AS BIGINT) - 60000000
        AND NOT EXISTS (
            SELECT 1 FROM attempt a
            WHERE a.next_check_at IS NOT NULL AND a.state IN ('sent', 'unknown') AND a.idempotency_id = i.id)",
)];
