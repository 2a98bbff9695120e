"""The catalogue: subjects, prices, facts and search."""
