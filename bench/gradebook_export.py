"""`python -m bench.gradebook_export FORMAT STATUS`: one export by its job, in this process; prints one line of JSON.

`beats` are the writes by which the job says that it is alive, once a second: they follow from the time it takes. The
other statements must not follow from the number of learners.
"""

import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from bench.build import SIZES
from bench.build_gradebook import SLUG, email_of_teacher
from bench.environment import BenchError, set_up_django

KILOBYTE = 1024


class Counter:
    """Counts the statements of the connection without keeping them."""

    def __init__(self) -> None:
        self.statements = 0
        self.beats = 0

    def __call__(self, execute: Callable[..., Any], statement: str, *rest: Any) -> Any:
        if _is_beat(str(statement)):
            self.beats += 1
        else:
            self.statements += 1
        return execute(statement, *rest)


def _peak_bytes() -> int:
    """Return the most memory that this process has had resident.

    Not `ru_maxrss` where there is a better one: on Linux it begins with the memory of the process that started it.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * KILOBYTE
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * KILOBYTE


def _is_beat(statement: str) -> bool:
    changes = statement.split(" WHERE ", maxsplit=1)[0]
    return changes.startswith('UPDATE "core_job"') and '"heartbeat_at" =' in changes and '"state" =' not in changes


def main(file_format: str, status: str) -> int:
    """Run the export."""
    set_up_django(dict(os.environ))
    from django.db import connection  # noqa: PLC0415  models need a set-up Django

    from apps.core.models import Job, Tenant  # noqa: PLC0415
    from apps.core.tenancy.context import platform_context, tenant_context  # noqa: PLC0415
    from apps.courses.models import Course  # noqa: PLC0415
    from apps.gradebook.services.exporting import start_export  # noqa: PLC0415
    from apps.users.models import User  # noqa: PLC0415

    slug = SIZES[-1].slug
    with platform_context(reason="tenant of the benchmark"):
        tenant = Tenant.objects.get(slug=slug)
    with tenant_context(tenant):
        course = Course.objects.get(slug=SLUG)
        teacher = User.objects.get(email=email_of_teacher(slug))
        before = psutil.Process().memory_info().rss
        counter = Counter()
        started = time.perf_counter()
        with connection.execute_wrapper(counter):
            job = start_export(course_id=course.id, file_format=file_format, status=status or None, by=teacher)
        seconds = time.perf_counter() - started
        job = Job.objects.get(id=job.id)
    if job.state != "succeeded":
        raise BenchError(f"{job.state}: {job.error_code} {job.error_detail}".capitalize())
    facts = {"learners": job.done, "seconds": seconds, "size": job.result_size, "before": before}
    rest = {"peak": _peak_bytes(), "statements": counter.statements, "beats": counter.beats}
    print(json.dumps(facts | rest))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
