"""The clock of the marketplace: ``manage.py marketplace_tick``, from cron each minute or with ``--loop``."""

import time
from argparse import ArgumentParser
from datetime import timedelta

from django.core.management.base import BaseCommand, CommandError
from django.db import close_old_connections
from django.utils.translation import gettext as _

from oscar_marketplace.outbox.models import OutboxEvent
from oscar_marketplace.tick.jobs import JOBS
from oscar_marketplace.tick.models import JobRun
from oscar_marketplace.tick.run import late_jobs, run_due_jobs


class Command(BaseCommand):
    help = "Runs the clocks that are due: expiries, deadlines, no-shows, pick-up times, messages. Safe to run twice."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loop", type=int, metavar="SECONDS", help="Run again and again, with this pause.")
        parser.add_argument(
            "--check", action="store_true", help="Run nothing; exit with 1 if a job has stopped running."
        )
        parser.add_argument(
            "--within", type=int, default=10, metavar="MINUTES", help="For --check: how long ago is too long (10)."
        )

    def handle(self, *args, **options) -> None:
        if options["check"]:
            self.report(within=timedelta(minutes=options["within"]))
        elif options["loop"]:
            self.loop(options["loop"])
        else:
            self.tick(options["verbosity"])

    def report(self, *, within: timedelta) -> None:
        """Say what has stopped, what failed last time, and what was given up."""
        for run in JobRun.objects.exclude(last_error=""):
            self.stderr.write(_("%(job)s failed last time: %(error)s") % {"job": run.job, "error": run.last_error})
        dead = OutboxEvent.objects.filter(dead_at__isnull=False).count()
        if dead:
            self.stderr.write(_("Messages given up: %(count)d. See the outbox in the admin.") % {"count": dead})
        late = late_jobs(JOBS, within=within)
        if late:
            raise CommandError(_("Not run lately: %(jobs)s.") % {"jobs": ", ".join(late)}, returncode=1)
        self.stdout.write(_("All jobs ran lately."))

    def loop(self, pause_seconds: int) -> None:
        """Until it is stopped. A connection the database closed meanwhile is opened anew."""
        try:
            while True:
                close_old_connections()
                self.tick(verbosity=0)
                time.sleep(pause_seconds)
        except KeyboardInterrupt:
            return

    def tick(self, verbosity: int) -> None:
        for name, done in run_due_jobs().items():
            if verbosity and done:
                self.stdout.write(f"{name}: {done}")
