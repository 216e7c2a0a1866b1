-- What the janitor looks for: notices by their age, and merchants whose test clock is ahead.

CREATE INDEX notice_received ON notice (received_at);
CREATE INDEX merchant_ahead ON merchant (id) WHERE test_clock_ahead > 0;
