"""Who helps, and where: triage, regions, counters, the calendar, booking, reminders and partners."""
