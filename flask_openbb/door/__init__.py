"""Who may ask? Frozen policies and pure decisions; no Flask here."""
