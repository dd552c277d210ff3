"""Tenants, their members and roles, API keys, and the audit trail of everything that members do."""
