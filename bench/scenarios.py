"""What is measured: for each endpoint the requests to the platform, the same for the floor, and the targets."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench import exam_scenarios as exams
from bench import grids
from bench.build import PASSWORD
from bench.people import Audience, Person
from bench.requests import Request

Requests = Callable[[Audience], Sequence[Request]]
# A learner never finishes a course here: what follows from a completion is not the price of a report.
ITEMS_LEFT_OVER = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """One endpoint.

    `repeat`: the requests may be sent again and again; otherwise each once. `floor_repeat`: the floor, which checks
    nothing, does the same work for the same request as often as it comes. `writes`: the two servers' answers
    differ in ids and times. `floor_share`: of the floor's requests per second, wanted and aimed at.
    """

    key: str
    title: str
    statement_limit: int
    platform: Requests
    floor: Requests | None = None
    repeat: bool = True
    floor_repeat: bool = False
    writes: bool = False
    floor_share: float | None = None
    floor_aim: float | None = None


def _bearer(person: Person) -> dict[str, str]:
    return {"Authorization": f"Bearer {person.token}"}


def _bare(audience: Audience, person: Person) -> dict[str, str]:
    return {"X-Tenant": str(audience.tenant_id), "X-User": str(person.id)}


def _paths(path_of: Callable[[Person], str]) -> tuple[Requests, Requests]:
    """Return the GET requests of all readers, to the platform and to the floor."""

    def platform(audience: Audience) -> list[Request]:
        return [Request("GET", path_of(person), _bearer(person)) for person in audience.readers]

    def floor(audience: Audience) -> list[Request]:
        return [Request("GET", path_of(person), _bare(audience, person)) for person in audience.readers]

    return platform, floor


def _reports(
    audience: Audience, writers: Sequence[Person], headers_of: Callable[[Person], dict[str, str]]
) -> list[Request]:
    """Return a report of every item but the last ones, each person's first items first."""
    return [
        Request(
            "POST", "/api/progress/", headers_of(person),
            json.dumps({"content_item": str(audience.items[course][number]), "status": "completed"}).encode(),
        )
        for number in range(1, min(map(len, audience.items.values())) - ITEMS_LEFT_OVER)
        for person in writers
        for course in person.enrolled
    ]  # fmt: skip


def _progress_platform(audience: Audience) -> list[Request]:
    # The floor is the faster one, and each item is completed but once.
    third = len(audience.writers) // 3
    return _reports(audience, audience.writers[:third], _bearer)


def _progress_floor(audience: Audience) -> list[Request]:
    third = len(audience.writers) // 3
    return _reports(audience, audience.writers[third:], lambda person: _bare(audience, person))


def _logins(audience: Audience) -> list[Request]:
    return [
        Request("POST", "/api/auth/login/", {}, json.dumps({"email": person.email, "password": PASSWORD}).encode())
        for person in audience.writers
    ]


def _file_lists(audience: Audience) -> list[Request]:
    return [
        Request("GET", f"/api/files/?folder={folder}", _bearer(person))
        for person, (folder, _) in zip(audience.readers, audience.files, strict=False)
    ]


def _downloads(audience: Audience) -> list[Request]:
    return [
        Request("GET", f"/api/files/{file}/download/", _bearer(person))
        for person, (_, file) in zip(audience.readers, audience.files, strict=False)
    ]


def _reservations(audience: Audience) -> list[Request]:
    body = {"name": "essay.pdf", "size_bytes": 1000, "media_type": "application/pdf", "sha256": "0" * 64}
    return [
        Request("POST", "/api/files/uploads/", _bearer(person), json.dumps(body).encode())
        for person in audience.writers
    ]


_courses = _paths(lambda _person: "/api/courses/?status=published")
_modules = _paths(lambda person: f"/api/courses/{person.enrolled[0]}/modules/")
_mine = _paths(lambda _person: "/api/enrollments/my/")

SCENARIOS = (
    Scenario(
        key="courses", title="GET courses/", statement_limit=4, floor_share=0.20, floor_aim=0.40,
        platform=_courses[0], floor=_courses[1],
    ),
    Scenario(
        key="modules", title="GET courses/<id>/modules/", statement_limit=4, floor_share=0.20, floor_aim=0.40,
        platform=_modules[0], floor=_modules[1],
    ),
    Scenario(
        key="enrollments", title="GET enrollments/my/", statement_limit=4, floor_share=0.20, floor_aim=0.40,
        platform=_mine[0], floor=_mine[1],
    ),
    Scenario(
        key="progress", title="POST progress/", statement_limit=6, floor_share=0.25, floor_aim=0.35,
        platform=_progress_platform, floor=_progress_floor, repeat=False, writes=True,
    ),
    Scenario(key="files", title="GET files/?folder=", statement_limit=4, platform=_file_lists),
    Scenario(key="download", title="GET files/<id>/download/", statement_limit=6, platform=_downloads),
    Scenario(key="upload", title="POST files/uploads/", statement_limit=8, platform=_reservations, writes=True),
    Scenario(
        key="start", title="POST assessments/<id>/attempts/", statement_limit=12, platform=exams.starts, repeat=False,
        writes=True,
    ),
    Scenario(
        key="autosave", title="PATCH attempts/<id>/ (save)", statement_limit=6, floor_share=0.30, floor_aim=0.50,
        platform=exams.saves_on_platform, floor=exams.saves_on_floor, writes=True,
    ),
    Scenario(
        key="submit", title="PATCH attempts/<id>/ (hand in)", statement_limit=10, floor_share=0.30, floor_aim=0.50,
        platform=exams.submits_on_platform, floor=exams.submits_on_floor, repeat=False, floor_repeat=True, writes=True,
    ),
    Scenario(key="gradebook", title="GET gradebook/grid/ 50 by 50", statement_limit=15, platform=grids.windows),
    Scenario(key="login", title="POST auth/login/", statement_limit=6, platform=_logins, writes=True),
)  # fmt: skip
