"""Files that are sent: kept in the database, fitted to Meta's limits, uploaded once for each number and used again."""
