"""Demo data, facts and price rules that a new database starts with."""
