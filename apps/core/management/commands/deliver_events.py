"""`deliver_events`: run what is due in the outbox now, and the jobs that nobody has taken up."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from apps.core.events.outbox import replay_parked_deliveries, retry_due_deliveries
from apps.core.jobs.dispatching import resume_jobs


class Command(BaseCommand):
    """Do by hand what the periodic task does: for installations without a worker, and after a repair."""

    help = (
        "Deliver the events that are due: failed ones after their backoff, and those whose process died. "
        "Then run (with a broker: send) the jobs that wait too long, and those whose worker died."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--replay-parked", action="store_true", help="first put parked deliveries back in the queue"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Deliver, and say how many."""
        if options["replay_parked"]:
            self.stdout.write(f"{replay_parked_deliveries()} parked deliveries put back in the queue.")
        self.stdout.write(f"{retry_due_deliveries()} deliveries done.")
        if resumed := resume_jobs():
            self.stdout.write(f"{resumed} jobs taken up.")
