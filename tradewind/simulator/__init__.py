"""A faithful local simulator of Meta's WhatsApp Cloud API.

It stands alone: `python -m tradewind.simulator` (or `tradewind simulate`) opens one HTTP port that answers as the
Graph API
does, peoples the other end with virtual customers, and posts signed webhooks. Its state lives in memory; only the
accept log
is a file. It knows the rest of Tradewind through `tradewind.lib.clock` alone, so that a mistake there is not mirrored
here.
"""
