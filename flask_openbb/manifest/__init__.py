"""What is a widget? Specs, wire schemas, parameters, columns and checks; no Flask here."""
