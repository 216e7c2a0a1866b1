//! Events: in the order of their objects' versions, at places without gaps.

use super::{Check, Question};

pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "event.versions",
        "The events of an object are recorded in the order of its versions, at most one for each.",
        "
        SELECT DISTINCT e.object_id, CAST(NULL AS UUID), CAST(NULL AS TEXT)
        FROM (
            SELECT object_id, version, LAG(version, 1) OVER (PARTITION BY object_id ORDER BY seq) AS before
            FROM event
        ) e
        WHERE e.version <= e.before",
    ),
    Check {
        name: "event.positions",
        invariant: "Events have places from 1 without gaps, and every place holds an event.",
        question: Question::PerEngine {
            sqlite: "
        SELECT 'events', CAST(NULL AS UUID), CAST(c.places AS TEXT) || ' up to ' || CAST(c.last AS TEXT)
        FROM (
            SELECT COUNT(*) AS places, COALESCE(MIN(position), 1) AS first, COALESCE(MAX(position), 0) AS last
            FROM event_position
        ) c
        WHERE c.places <> c.last OR c.first <> 1",
            postgres: "
        SELECT 'events', CAST(NULL AS UUID), CAST(c.places AS TEXT) || ' up to ' || CAST(c.last AS TEXT)
        FROM (
            SELECT COUNT(*) AS places, COALESCE(MIN(position), 1) AS first, COALESCE(MAX(position), 0) AS last
            FROM event_position
        ) c
        WHERE c.places <> c.last OR c.first <> 1
        UNION ALL
        SELECT 'position', CAST(NULL AS UUID), CAST(p.position AS TEXT)
        FROM event_position p
        WHERE NOT EXISTS (SELECT 1 FROM event e WHERE e.seq = p.seq)",
        },
    },
];
