"""A worker that takes a job up and is killed (SIGKILL) in the middle of it: rows kept, a file stored, no end.

Run as a program: `python -m tests.crash.dying_worker`. Django is loaded once; each life is a fork of it. It takes up
what is due, does some of its rows, and dies: before or behind its file, by turns.
"""

import json
import os
import signal
import sys
from datetime import timedelta
from typing import Any
from uuid import UUID

DATABASE = "DYING_WORKER_DATABASE"
MEDIA = "DYING_WORKER_MEDIA"
TENANT = "DYING_WORKER_TENANT"
JOB = "DYING_WORKER_JOB"
LIVES = "DYING_WORKER_LIVES"
KIND = "tests.killed"
ROWS = 50


def import_rows(run: Any, *, rows: int = ROWS) -> None:
    """Do what the job is for: a row at a time, then a file."""
    from apps.core.jobs import RowResult

    for index in range(rows):
        run.advance(index, total=ROWS)
        run.add_rows([RowResult(index=index, state="done", data={"attempt": run.job.attempts})])
    run.write_file(name="report.csv", media_type="text/csv", chunks=[b"row\n"] * ROWS)


def register() -> None:
    """Make the kind known to this process."""
    from apps.core.jobs import JobKind, register_job

    register_job(JobKind(name=KIND, title="Killed", run=import_rows, may_see=lambda _actor, _job: True))


def live(number: int) -> None:
    """Work until killed."""
    from django.utils import timezone

    from apps.core.jobs.running import JobRun, take_up
    from apps.core.tenancy.context import tenant_context

    with tenant_context(UUID(os.environ[TENANT])):
        job = take_up(UUID(os.environ[JOB]), now=timezone.now() + timedelta(minutes=5 * number))
        if job is not None:
            import_rows(JobRun(job), rows=ROWS // 2 + number)
            os.kill(os.getpid(), signal.SIGKILL)
    sys.exit("There was nothing to take up.")


def main() -> None:
    """Live as often as asked, one life after the other."""
    import django
    from django.conf import settings

    settings.DATABASES["default"].update(json.loads(os.environ[DATABASE]))
    settings.MEDIA_ROOT = os.environ[MEDIA]
    django.setup()
    register()
    for number in range(int(os.environ[LIVES])):
        child = os.fork()
        if child == 0:
            live(number)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status) or os.WTERMSIG(status) != signal.SIGKILL:
            sys.exit(f"The worker ended by itself, with status {status}.")


if __name__ == "__main__":
    main()
