"""One import in a process of its own: `python -m tradewind.contacts.imports ID`."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tradewind.settings")
    import django

    django.setup()
    from tradewind.contacts.imports import worker
    from tradewind.lib import lifeline, logs

    logs.configure()
    os.nice(worker.NICENESS)
    lifeline.die_with_parent(int(os.environ.get(worker.PARENT, os.getppid())))
    worker.work(int(sys.argv[1]), processes=min(os.cpu_count() or 1, 2))


if __name__ == "__main__":
    main()
