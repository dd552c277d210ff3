"""Meta's limits, exact: throughput, pair rate, unique people in 24 hours, service windows; and the audit that
watches them.
"""
