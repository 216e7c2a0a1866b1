-- The janitor asks at every pass which test clocks are ahead: few, if any.

CREATE INDEX merchant_ahead ON merchant (id) WHERE test_clock_ahead > 0;
