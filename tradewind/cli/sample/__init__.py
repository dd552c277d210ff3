"""The sample business of the demo: people, tags, talk, one campaign finished and one ready to launch.

Everything goes the real ways: webhooks in through the door, campaigns through plan, outbox and sender.
"""

from tradewind.cli.sample.business import EMAIL, Sample, make, ready_again

__all__ = ["EMAIL", "Sample", "make", "ready_again"]
