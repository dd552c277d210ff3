"""The sender: an asyncio process that carries messages from the outbox to Meta (docs/architecture.md, "Out").

    main()      run until SIGTERM; `tradewind up` starts it

keeper      the beat: leases, facts, clocks, brakes      claims      what to send next
dispatch    fair picking, intents                        gate        the exact moment before the wire
calls       the call and what its answer means           outcomes    batches into the database
"""


def main() -> None:
    """Run one sender until SIGTERM or Ctrl-C. Needs DATABASE_URL and the other settings of tradewind.config."""
    import asyncio
    import os

    import django
    import uvloop

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tradewind.settings")
    django.setup()
    from tradewind import config
    from tradewind.lib import garbage
    from tradewind.messages.sender.process import Sender, install_signals

    async def run() -> None:
        sender = Sender(config.load())
        install_signals(sender)
        await sender.run()

    garbage.calm()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())
