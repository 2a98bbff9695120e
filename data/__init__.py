"""Everything stored: the database, its tables, the job queue, the catalogue and the map."""
