"""Opening any table: what is in it, how it is read and what its columns are for. Imported when a table is opened."""
