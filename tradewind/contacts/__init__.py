"""People: contacts, their identities (phone, BSUID, username), tags, consent and suppression."""
