"""Small organisations live through whole years by acts alone, beside a ledger that knows what comes of each."""
