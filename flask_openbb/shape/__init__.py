"""What does an answer look like? Rows, flattening, bodies and JSON bytes; no Flask here."""
