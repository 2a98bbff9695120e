"""Demo data, facts and price rules that a new database starts with."""

from data.seed.seeding import DEMO_PASSWORD, DemoLogIn, SeedReport, demo_log_ins, seed

__all__ = ["DEMO_PASSWORD", "DemoLogIn", "SeedReport", "demo_log_ins", "seed"]
