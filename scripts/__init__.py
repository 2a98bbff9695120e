"""What `make` runs beside the program itself; each file can be run by hand."""
