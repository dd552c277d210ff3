"""Campaigns that come again: by the calendar, on people's days, when what they bought runs out."""
