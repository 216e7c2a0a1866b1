//! Gift cards and what payers have: owed until redeemed, redeemed once, never below zero.

use super::Check;

pub(super) const CHECKS: &[Check] = &[
    Check::new(
        "giftCards.postings",
        "A gift card was posted when it was issued, when it was redeemed if it is, and when it expired if it was given.",
        "
        SELECT 'gft', g.id, g.state
        FROM gift_card g
        LEFT JOIN ledger_transaction i
            ON i.source_id = g.id AND i.source_type = 'giftCard' AND i.kind = 'giftCardIssued'
        LEFT JOIN ledger_transaction r
            ON r.source_id = g.id AND r.source_type = 'giftCard' AND r.kind = 'giftCardRedeemed'
        LEFT JOIN ledger_transaction e
            ON e.source_id = g.id AND e.source_type = 'giftCard' AND e.kind = 'giftCardExpired'
        WHERE i.id IS NULL
            OR (g.state = 'redeemed') <> (r.id IS NOT NULL)
            OR (g.state = 'expired' AND g.kind = 'given') <> (e.id IS NOT NULL)",
    ),
    Check::new(
        "giftCards.amounts",
        "What a gift card posts on its issuer's debt, its source and the payer's balance is its amount, each the right way.",
        "
        SELECT 'txn', t.id, t.kind
        FROM ledger_transaction t
        JOIN gift_card g ON g.id = t.source_id
        LEFT JOIN (
            SELECT e.transaction_id,
                SUM(CASE WHEN a.code = 'giftCardOutstanding'
                    THEN CASE WHEN e.side = 'credit' THEN e.amount ELSE -e.amount END ELSE 0 END) AS owed,
                SUM(CASE WHEN a.code = 'giftCardExpense'
                    THEN CASE WHEN e.side = 'debit' THEN e.amount ELSE -e.amount END ELSE 0 END) AS given,
                SUM(CASE WHEN a.code = 'bank'
                    THEN CASE WHEN e.side = 'debit' THEN e.amount ELSE -e.amount END ELSE 0 END) AS sold,
                SUM(CASE WHEN a.code = 'payerBalance'
                    THEN CASE WHEN e.side = 'credit' THEN e.amount ELSE -e.amount END ELSE 0 END) AS balance
            FROM ledger_transaction t
            JOIN entry e ON e.transaction_id = t.id AND e.layer = 'posted'
            JOIN account a ON a.id = e.account_id
            WHERE t.source_type = 'giftCard'
            GROUP BY e.transaction_id
        ) s ON s.transaction_id = t.id
        WHERE t.source_type = 'giftCard'
            AND (s.transaction_id IS NULL OR CASE t.kind
                WHEN 'giftCardIssued' THEN s.owed <> g.amount OR s.balance <> 0
                    OR s.given <> CASE g.kind WHEN 'given' THEN g.amount ELSE 0 END
                    OR s.sold <> CASE g.kind WHEN 'given' THEN 0 ELSE g.amount END
                WHEN 'giftCardRedeemed' THEN s.owed <> -g.amount OR s.balance <> g.amount
                    OR s.given <> 0 OR s.sold <> 0
                WHEN 'giftCardExpired' THEN s.owed <> -g.amount OR s.balance <> 0
                    OR s.given <> -g.amount OR s.sold <> 0
                ELSE FALSE END)",
    ),
    Check::new(
        "giftCards.redeemer",
        "A redeemed gift card stands on the balance of a payer of its mode who is there.",
        "
        SELECT 'gft', g.id, CAST(NULL AS TEXT)
        FROM gift_card g
        LEFT JOIN payer p ON p.id = g.redeemed_by
        WHERE g.state = 'redeemed' AND (p.id IS NULL OR p.mode <> g.mode)",
    ),
    Check::new(
        "balance.giftCards",
        "What a tenant owes on gift cards, by currency, is the sum of those neither redeemed nor given and expired.",
        "
        SELECT 'mer', b.merchant_id, b.mode || ' ' || b.currency
        FROM (
            SELECT merchant_id, mode, currency, credits_posted - debits_posted AS amount
            FROM account
            WHERE code = 'giftCardOutstanding'
            UNION ALL
            SELECT merchant_id, mode, currency, -amount
            FROM gift_card
            WHERE state = 'issued' OR (state = 'expired' AND kind = 'sold')
        ) b
        GROUP BY b.merchant_id, b.mode, b.currency
        HAVING SUM(b.amount) <> 0",
    ),
    Check::new(
        "balance.payers",
        "No payer's balance is below zero, and each is an account of the platform and not of a merchant.",
        "
        SELECT 'acc', id, owner
        FROM account
        WHERE code = 'payerBalance'
            AND (credits_posted < debits_posted
                OR merchant_id IN (SELECT id FROM merchant)
                OR owner NOT LIKE 'pyr~_%' ESCAPE '~')",
    ),
    Check::new(
        "vault.sealed",
        "A card of the vault is sealed as long as it is kept, and keeps nothing once it is removed.",
        "
        SELECT 'crd', id, CAST(NULL AS TEXT)
        FROM vault_card
        WHERE (removed_at IS NULL) <> (sealed IS NOT NULL)",
    ),
];
