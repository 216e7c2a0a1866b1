-- Notices are forgotten by their age.

CREATE INDEX notice_received ON notice (received_at);
