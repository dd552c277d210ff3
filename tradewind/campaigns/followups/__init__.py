"""Another message to those who did not read or answer the first."""
