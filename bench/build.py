"""The rows of the benchmark: a large tenant, and one of 1/100 of its size.

`python -m bench.build` fills the migrated, empty database of `DATABASE_OWNER_URL` by COPY. Everything is
published, so that the list and its count see every course; the measured learners have 20 enrolments in both
tenants, so that the answers are of one size.
"""

import os
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import psycopg
from psycopg.types.json import Jsonb

from apps.core.ids import new_id

MODULES_PER_COURSE = 6
ITEMS_PER_MODULE = 5
ITEMS_PER_COURSE = MODULES_PER_COURSE * ITEMS_PER_MODULE
COURSES_PER_INSTRUCTOR = 20
READERS = 40
ENROLLMENTS_OF_A_READER = 20
PASSWORD = "correct horse battery staple"
SEED = 20_250_101
NOW = datetime(2025, 9, 1, 8, tzinfo=UTC)
TOPICS = ("Python", "Statistics", "Welding", "Nursing", "Bookkeeping", "Safety", "Spanish", "Photography")
LEVELS = ("beginner", "intermediate", "advanced")
PROSE = (
    "You start from an example that works, take it apart, and put it together again in your own way. "
    "Each part ends with a task that can be checked, and with what to read next. "
)
MARKDOWN = "## What you will do\n\n" + PROSE * 2 + "\n\n- read the example\n- change *one* thing\n- explain it\n"
HTML = (
    f"<h2>What you will do</h2>\n<p>{(PROSE * 2).strip()}</p>\n"
    "<ul>\n<li>read the example</li>\n<li>change <em>one</em> thing</li>\n<li>explain it</li>\n</ul>\n"
)


@dataclass(frozen=True, slots=True)
class Size:
    """How many rows a tenant gets."""

    slug: str
    courses: int
    learners: int
    enrollments: int
    graded: int


SIZES = (Size("bench-small", 20, 200, 2_000, 50), Size("bench-large", 2_000, 20_000, 200_000, 5_000))


def email_of(slug: str, number: int) -> str:
    """Return the address of a tenant's learner; those below `READERS` have 20 enrolments."""
    return f"learner-{number:05}@{slug}.test"


@dataclass(slots=True)
class School:
    """One tenant while it is made: ids first, so that rows can point at each other."""

    size: Size
    id: UUID = field(default_factory=new_id)
    courses: list[UUID] = field(default_factory=list)
    learners: list[UUID] = field(default_factory=list)
    modules: dict[UUID, list[UUID]] = field(default_factory=dict)
    items: dict[UUID, list[UUID]] = field(default_factory=dict)
    instructors: list[UUID] = field(default_factory=list)
    enrollments: list[tuple[UUID, UUID, UUID]] = field(default_factory=list)
    dice: random.Random = field(default_factory=lambda: random.Random(SEED))

    def __post_init__(self) -> None:
        self.courses = [new_id() for _ in range(self.size.courses)]
        self.learners = [new_id() for _ in range(self.size.learners)]
        self.instructors = [new_id() for _ in range(max(2, self.size.courses // COURSES_PER_INSTRUCTOR))]
        self.modules = {course: [new_id() for _ in range(MODULES_PER_COURSE)] for course in self.courses}
        self.items = {course: [new_id() for _ in range(ITEMS_PER_COURSE)] for course in self.courses}
        others = self.size.learners - READERS
        share, extra = divmod(self.size.enrollments - READERS * ENROLLMENTS_OF_A_READER, others)
        for number, learner in enumerate(self.learners):
            wanted = ENROLLMENTS_OF_A_READER if number < READERS else share + (number - READERS < extra)
            for course in self.dice.sample(self.courses, wanted):
                self.enrollments.append((new_id(), course, learner))

    def tenant(self) -> Iterator[dict[str, Any]]:
        yield {"id": self.id, "name": self.size.slug.replace("-", " ").title(), "slug": self.size.slug}

    def user_rows(self, password: str) -> Iterator[dict[str, Any]]:
        for number, learner in enumerate(self.learners):
            yield {
                "id": learner, "tenant_id": self.id, "email": email_of(self.size.slug, number), "password": password,
                "first_name": self.dice.choice(("Ada", "Ben", "Chen", "Dina", "Emil", "Fatima")),
                "last_name": f"Learner {number}", "roles": ["learner"],
            }  # fmt: skip

        for number, instructor in enumerate(self.instructors):
            yield {
                "id": instructor, "tenant_id": self.id, "email": f"instructor-{number:03}@{self.size.slug}.test",
                "password": password, "first_name": "Ida", "last_name": f"Instructor {number}", "roles": ["instructor"],
            }  # fmt: skip

    def instructor_rows(self) -> Iterator[dict[str, Any]]:
        """Each course has one instructor, every third has two."""
        for number, course in enumerate(self.courses):
            for order in range(2 if number % 3 == 0 else 1):
                yield {
                    "id": new_id(), "tenant_id": self.id, "course_id": course, "order": order,
                    "user_id": self.instructors[(number + order) % len(self.instructors)],
                }  # fmt: skip

    def course_rows(self) -> Iterator[dict[str, Any]]:
        taken: dict[UUID, int] = {}
        for _, course, _ in self.enrollments:
            taken[course] = taken.get(course, 0) + 1
        for number, course in enumerate(self.courses):
            topic = TOPICS[number % len(TOPICS)]
            created = NOW - timedelta(hours=number)
            yield {
                "id": course, "tenant_id": self.id, "title": f"{topic} in practice, part {number:04}",
                "slug": f"{topic.lower()}-{number:04}", "description": f"{topic}: {PROSE * 2}".strip(),
                "category": topic.lower(), "tags": [topic.lower(), "practice", LEVELS[number % 3]],
                "difficulty_level": LEVELS[number % 3], "status": "published", "published_at": created,
                "created_at": created, "duration_minutes": 30 * ITEMS_PER_COURSE,
                "learning_objectives": [f"Use {topic}", "Explain your choices"], "seats_taken": taken.get(course, 0),
                "thumbnail_url": f"https://files.example.org/courses/{number:04}.jpg",
                "module_count": MODULES_PER_COURSE, "item_count": ITEMS_PER_COURSE,
            }  # fmt: skip

    def module_rows(self) -> Iterator[dict[str, Any]]:
        for course in self.courses:
            for order, module in enumerate(self.modules[course]):
                yield {
                    "id": module, "tenant_id": self.id, "course_id": course, "title": f"Module {order + 1}",
                    "description": PROSE.strip(), "order": order,
                }  # fmt: skip

    def item_rows(self) -> Iterator[dict[str, Any]]:
        texts = Jsonb({"text_content": MARKDOWN, "html": HTML})
        video = Jsonb({"provider": "file", "url": "https://media.example.org/part.mp4", "duration_seconds": 540})
        for course in self.courses:
            for number, item in enumerate(self.items[course]):
                is_video = number % 2 == 1
                yield {
                    "id": item, "tenant_id": self.id, "course_id": course,
                    "module_id": self.modules[course][number // ITEMS_PER_MODULE],
                    "title": f"{'Watch' if is_video else 'Read'}: step {number + 1}",
                    "content_type": "video" if is_video else "text", "payload": video if is_video else texts,
                    "order": number % ITEMS_PER_MODULE, "duration_minutes": 30,
                }  # fmt: skip

    def enrollment_rows(self) -> Iterator[dict[str, Any]]:
        for number, (enrollment, course, learner) in enumerate(self.enrollments):
            enrolled = NOW - timedelta(minutes=number % 500_000)
            done = self.done_items(number, course)
            yield {
                "id": enrollment, "tenant_id": self.id, "course_id": course, "user_id": learner, "status": "active",
                "progress_percentage": Decimal(100 * len(done)) / ITEMS_PER_COURSE, "resume_item_id": done[-1],
                "enrolled_at": enrolled, "last_activity_at": enrolled,
            }  # fmt: skip

    def progress_rows(self) -> Iterator[dict[str, Any]]:
        for number, (enrollment, course, _) in enumerate(self.enrollments):
            for item in self.done_items(number, course):
                yield {
                    "id": new_id(), "tenant_id": self.id, "enrollment_id": enrollment, "content_item_id": item,
                    "status": "completed", "percentage": 100, "attempts": 1, "time_spent_seconds": 600,
                    "first_viewed_at": NOW, "updated_at": NOW, "completed_at": NOW,
                }  # fmt: skip

    def done_items(self, number: int, course: UUID) -> list[UUID]:
        """Readers have done half of each course; the others one item, so that the table has its parent's size."""
        return self.items[course][: ITEMS_PER_COURSE // 2 if number < READERS * ENROLLMENTS_OF_A_READER else 1]


Table = tuple[Any, Iterator[dict[str, Any]]]


def fill(connection: psycopg.Connection, password: str) -> int:
    """Write both tenants in one transaction; return the number of rows."""
    from bench.copying import as_unforced_owner, copy_rows  # noqa: PLC0415  models need a set-up Django

    schools = [_tables(size, password) for size in SIZES]
    models = dict.fromkeys(model for tables in schools for model, _ in tables)
    with connection.transaction(), as_unforced_owner(connection, models):
        return sum(copy_rows(connection, model, rows) for tables in schools for model, rows in tables)


def _tables(size: Size, password: str) -> list[Table]:
    """Return what one tenant consists of, parents first."""
    from apps.core.models import Tenant  # noqa: PLC0415  models need a set-up Django
    from apps.courses.models import ContentItem, Course, CourseInstructor, Module  # noqa: PLC0415
    from apps.enrollments.models import ContentProgress, Enrollment  # noqa: PLC0415
    from apps.files.models import Blob, File, FileVersion, Folder, StorageUsage  # noqa: PLC0415
    from apps.users.models import User  # noqa: PLC0415
    from bench.build_files import Shelf  # noqa: PLC0415
    from bench.build_gradebook import Ledger  # noqa: PLC0415

    school = School(size)
    shelf = Shelf(school.id, size.courses, NOW)
    return [
        (Tenant, school.tenant()), (User, school.user_rows(password)), (Course, school.course_rows()),
        (CourseInstructor, school.instructor_rows()), (Module, school.module_rows()),
        (ContentItem, school.item_rows()), (Enrollment, school.enrollment_rows()),
        (ContentProgress, school.progress_rows()), (Folder, shelf.folder_rows()), (Blob, shelf.blob_rows()),
        (File, shelf.file_rows()), (FileVersion, shelf.version_rows()), (StorageUsage, shelf.usage_rows()),
        *Ledger(school.id, size.slug, size.graded, NOW, password).tables(),
    ]  # fmt: skip


def main(owner_url: str) -> None:
    """Fill, then tell the planner and set the hint bits, so that the first reader does not pay for it."""
    import django  # noqa: PLC0415  it reads the environment when it is imported

    django.setup()
    from django.contrib.auth.hashers import make_password  # noqa: PLC0415

    started = time.perf_counter()
    with psycopg.connect(owner_url, autocommit=True) as connection:
        count = fill(connection, make_password(PASSWORD))
        connection.execute("VACUUM ANALYZE")
    print(f"built {count:,} rows in {time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main(os.environ["DATABASE_OWNER_URL"])
