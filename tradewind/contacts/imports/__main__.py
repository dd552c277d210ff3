"""One import in a process of its own: `python -m tradewind.contacts.imports ID`."""

import gc
import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tradewind.settings")
    import django

    django.setup()
    from tradewind.contacts.imports import worker
    from tradewind.lib import lifeline, logs, priority

    logs.configure()
    priority.give_way(worker.NICENESS)
    lifeline.die_with_parent(int(os.environ.get(worker.PARENT, os.getppid())))
    # Millions of cells come and go without a circle among them: looking for circles would take a tenth of the time.
    gc.freeze()
    gc.set_threshold(200_000, 50, 100)
    worker.work(int(sys.argv[1]), processes=min(os.cpu_count() or 1, 2))


if __name__ == "__main__":
    main()
