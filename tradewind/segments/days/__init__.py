"""Events by day as bits (`event_day`): kept from the journal in `kept`, asked by trees in `asked`."""
