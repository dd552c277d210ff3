"""Campaigns: audience, plan, recipients, launch, pause, report."""
