"""What kinds of background work there are. Filled at start-up, from each app's `jobs` module."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from apps.core.models import Job
from apps.core.policies import Actor

if TYPE_CHECKING:
    from apps.core.jobs.running import JobRun

_NAME: Final = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class JobKind:
    """One kind of background work.

    Args:
        name: `gradebook.export`; stable, for it is stored in rows and shown to clients.
        title: what people call it.
        run: does the work, in the tenant's context and outside of any transaction. It makes its own transactions, and
            may run again from the start after its process died: a second run has no second effect. It calls
            `advance` (or `add_rows`) at least once a minute, outside of its transactions, or the job is taken for
            dead and given to another worker. It writes as `run.actor_id`, and asks itself whether that account may.
        may_see: whether the actor may see a job of this kind: its progress, rows and file. Asked at each access,
            beside ownership: an owner who has lost the right finds nothing (404). The answer follows from the actor
            and from the job's kind, subject, parameters and owner alone; a list asks once for all that share these.
        is_cancellable: whether somebody may stop it.
    """

    name: str
    title: str
    run: "Callable[[JobRun], None]"
    may_see: Callable[[Actor, Job], bool]
    is_cancellable: bool = True


_kinds: dict[str, JobKind] = {}


def register_job(kind: JobKind) -> None:
    """Add a kind of background work.

    Raises:
        ValueError: the name is taken or malformed.
    """
    if not _NAME.fullmatch(kind.name):
        message = f"{kind.name} is no name of the form <group>.<name>."
        raise ValueError(message)
    if kind.name in _kinds:
        message = f"Two kinds of jobs are called {kind.name}."
        raise ValueError(message)
    _kinds[kind.name] = kind


def kind_called(name: str) -> JobKind | None:
    """Return the kind with this stored name; None when the code does not have it (any more)."""
    return _kinds.get(name)
