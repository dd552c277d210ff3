"""Talk: customers who write by themselves, and members who answer some of them."""

import random
import threading
from collections.abc import Callable
from typing import Any

from tradewind.cli.simulated import Simulated
from tradewind.simulator.customers.voices import REPLIES
from tradewind.simulator.world.shapes import Customer


class Talk:
    """Lets simulated customers write to the business's numbers: some at once, then one every few seconds."""

    def __init__(self, simulator: dict[str, Any], customers: list[Customer], seed: int) -> None:
        self.simulated = Simulated(simulator["address"])
        self.numbers = [number["phone_number_id"] for number in simulator["numbers"]]
        # People who can write: not those who are unreachable or silent by nature.
        self.customers = [c for c in customers if c.behaviour in ("reads", "replies", "slow", "delivered_only")]
        self.dice = random.Random(seed)
        self.over = threading.Event()

    def say(self) -> None:
        """One customer writes one sentence in their language."""
        customer = self.dice.choice(self.customers)
        text = self.dice.choice(REPLIES.get(customer.language, REPLIES["en"]))
        body = {
            "phone_number_id": self.dice.choice(self.numbers),
            "from": customer.phone,
            "type": "text",
            "text": {"body": text},
        }
        self.simulated.tell("inbound", body)

    def go_on(self, every_seconds: float, after: Callable[[], None] = lambda: None) -> threading.Thread:
        """Somebody writes every few seconds until `stop`; a simulator that is being restarted is waited for."""

        def loop() -> None:
            while not self.over.wait(self.dice.uniform(0.5, 1.5) * every_seconds):
                try:
                    self.say()
                except OSError:
                    continue
                after()

        thread = threading.Thread(target=loop, name="talk", daemon=True)
        thread.start()
        return thread

    def stop(self) -> None:
        self.over.set()
