"""Measuring understanding: cases from a file or from our own data, tiers by triage, a table and a page of plots."""
