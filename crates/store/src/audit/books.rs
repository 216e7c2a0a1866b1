//! The ledger by itself: transactions balance, accounts are the sum of their entries, nothing goes back.

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "ledger.balanced",
        "In every transaction debits equal credits in each layer, over two entries or more, numbered from 0.",
        "
        SELECT 'txn', e.transaction_id, CAST(NULL AS TEXT)
        FROM entry e
        GROUP BY e.transaction_id
        HAVING COUNT(*) < 2
            OR MIN(e.number) <> 0
            OR MAX(e.number) <> COUNT(*) - 1
            OR SUM(CASE WHEN e.layer <> 'posted' THEN 0 WHEN e.side = 'debit' THEN e.amount ELSE -e.amount END) <> 0
            OR SUM(CASE WHEN e.layer = 'posted' THEN 0 WHEN e.side = 'debit' THEN e.amount ELSE -e.amount END) <> 0",
    ),
    Check::new(
        "ledger.entries",
        "Every transaction has entries, and every entry belongs to a transaction.",
        "
        SELECT 'txn', t.id, 'has no entries'
        FROM ledger_transaction t
        WHERE NOT EXISTS (SELECT 1 FROM entry e WHERE e.transaction_id = t.id)
        UNION ALL
        SELECT 'txn', e.transaction_id, 'is missing'
        FROM entry e
        WHERE e.number = 0 AND NOT EXISTS (SELECT 1 FROM ledger_transaction t WHERE t.id = e.transaction_id)",
    ),
    Check::new(
        "ledger.accounts",
        "Every entry lies on an account of its transaction's tenant and currency, or on the platform's.",
        "
        SELECT DISTINCT 'txn', e.transaction_id, CAST(NULL AS TEXT)
        FROM entry e
        JOIN ledger_transaction t ON t.id = e.transaction_id
        LEFT JOIN account a ON a.id = e.account_id
        WHERE a.id IS NULL
            OR a.currency <> t.currency
            OR a.mode <> t.mode
            OR (a.merchant_id <> t.merchant_id AND a.code <> 'suspense' AND a.code <> 'payerBalance')",
    ),
    Check::new(
        "ledger.counters",
        "An account's four counters are the sums of its entries by side and layer.",
        "
        SELECT 'acc', a.id, CAST(NULL AS TEXT)
        FROM account a
        LEFT JOIN (
            SELECT account_id,
                SUM(CASE WHEN layer = 'posted' AND side = 'debit' THEN amount ELSE 0 END) AS debits_posted,
                SUM(CASE WHEN layer = 'posted' AND side = 'credit' THEN amount ELSE 0 END) AS credits_posted,
                SUM(CASE WHEN layer = 'pending' AND side = 'debit' THEN amount ELSE 0 END) AS debits_pending,
                SUM(CASE WHEN layer = 'pending' AND side = 'credit' THEN amount ELSE 0 END) AS credits_pending
            FROM entry
            GROUP BY account_id
        ) s ON s.account_id = a.id
        WHERE a.debits_posted <> COALESCE(s.debits_posted, 0)
            OR a.credits_posted <> COALESCE(s.credits_posted, 0)
            OR a.debits_pending <> COALESCE(s.debits_pending, 0)
            OR a.credits_pending <> COALESCE(s.credits_pending, 0)",
    ),
    Check::new(
        "ledger.versions",
        "An account's entries carry the versions 1 to the account's own, each once.",
        "
        SELECT 'acc', a.id, CAST(NULL AS TEXT)
        FROM account a
        LEFT JOIN (
            SELECT account_id, COUNT(*) AS entries, MIN(account_version) AS first, MAX(account_version) AS last
            FROM entry
            GROUP BY account_id
        ) s ON s.account_id = a.id
        WHERE a.version <> COALESCE(s.entries, 0)
            OR a.version <> COALESCE(s.last, 0)
            OR COALESCE(s.first, 1) <> 1",
    ),
    Check::new(
        "ledger.chain",
        "Each entry carries on from its account's last: both balances by its amount, and never back in time.",
        "
        SELECT DISTINCT 'acc', s.account_id, CASE WHEN s.is_back_in_time THEN 'time' ELSE 'balance' END
        FROM (
            SELECT e.account_id,
                e.posted_at < b.posted_at OR e.posted_at > a.last_posted_at AS is_back_in_time,
                e.posted_balance_after - COALESCE(b.posted_balance_after, 0) AS posted,
                e.pending_balance_after - COALESCE(b.pending_balance_after, 0) AS pending,
                e.layer,
                CASE WHEN (e.side = 'debit') = (a.code IN ({debit_codes})) THEN e.amount ELSE -e.amount END AS change
            FROM entry e
            JOIN account a ON a.id = e.account_id
            LEFT JOIN entry b ON b.account_id = e.account_id AND b.account_version = e.account_version - 1
        ) s
        WHERE s.is_back_in_time
            OR s.posted <> CASE WHEN s.layer = 'posted' THEN s.change ELSE 0 END
            OR s.pending <> CASE WHEN s.layer = 'posted' THEN 0 ELSE s.change END",
    ),
    Check::new(
        "ledger.seals",
        "Seals are numbered from 1 without gaps, and each seals a transaction that is there.",
        "
        SELECT 'seals', CAST(NULL AS UUID), CAST(c.seals AS TEXT) || ' up to ' || CAST(c.last AS TEXT)
        FROM (
            SELECT COUNT(*) AS seals, COALESCE(MIN(position), 1) AS first, COALESCE(MAX(position), 0) AS last
            FROM ledger_seal
        ) c
        WHERE c.seals <> c.last OR c.first <> 1
        UNION ALL
        SELECT 'txn', s.transaction_id, 'is sealed and missing'
        FROM ledger_seal s
        WHERE NOT EXISTS (SELECT 1 FROM ledger_transaction t WHERE t.id = s.transaction_id)",
    ),
];
