"""Kinds of jobs that exist in tests only: what they do is said by each test."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from apps.core.ids import new_id
from apps.core.jobs import JobKind, JobRun, start_job
from apps.core.models import Job, Tenant
from apps.core.policies import Actor
from apps.core.tenancy.context import tenant_context

KIND = "tests.chore"


@dataclass
class Chore:
    """What jobs of the kind `tests.chore` do, who may see them, and which runs there were."""

    work: Callable[[JobRun], None] = lambda _run: None
    may_see: Callable[[Actor, Job], bool] = lambda _actor, _job: True
    runs: list[JobRun] = field(default_factory=list)
    asked: int = 0

    def run(self, run: JobRun) -> None:
        self.runs.append(run)
        self.work(run)

    def is_seen_by(self, actor: Actor, job: Job) -> bool:
        self.asked += 1
        return self.may_see(actor, job)

    def kind(self, **changes: Any) -> JobKind:
        values: dict[str, Any] = {
            "name": KIND, "title": "Chore", "run": self.run, "may_see": self.is_seen_by, **changes
        }  # fmt: skip
        return JobKind(**values)


@dataclass(frozen=True)
class Person:
    """An actor without an account."""

    id: UUID = field(default_factory=new_id)
    is_authenticated: bool = True
    is_platform_staff: bool = False
    permissions: frozenset[str] = frozenset()


def begin(school: Tenant, by: Actor, **changes: Any) -> Job:
    """Start a chore in the school."""
    values: dict[str, Any] = {"kind": KIND, "parameters": {}, "by": by, **changes}
    with tenant_context(school):
        return start_job(**values)


def state_of(job: Job) -> Job:
    """Return the job as it is stored now."""
    assert job.tenant_id is not None
    with tenant_context(job.tenant_id):
        return Job.objects.get(id=job.id)


def bytes_and_then(error: Exception) -> Iterator[bytes]:
    """Yield a piece, and break."""
    yield b"the beginning"
    raise error
