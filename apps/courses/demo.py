"""Demo data: six published courses with their modules, items, instructors, pictures, files, and a recommended order."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from apps.core.demo import DemoSchool
from apps.courses.choices import CourseStatus, PrerequisiteKind
from apps.courses.content_types import TEXT_CONTENT, clean_payload
from apps.courses.demo_content import DEMO_COURSES, DemoCourse
from apps.courses.demo_content.base import DemoItem
from apps.courses.models import ContentItem, Course, CourseInstructor, CoursePrerequisite, Module
from apps.courses.services import create_item
from apps.files.models import File
from apps.users.choices import Role
from apps.users.models import User

DEMO_STEPS: Final = len(DEMO_COURSES)


@dataclass(frozen=True, slots=True)
class FileItem:
    """A content item of a demo course that consists of a file; `course` is a slug, `file` a name."""

    course: str
    title: str
    content_type: str
    file: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    is_free_preview: bool = False


FILE_ITEMS: Final = (
    FileItem("python-programming", "Python cheat sheet", "document", "Python cheat sheet.pdf", is_free_preview=True),
    FileItem("web-development", "The colours of this course", "image", "Cover 2.png", {"alt_text": "Two colours"}),
    FileItem("data-science", "Sample data to explore", "document", "Sample data.csv"),
    FileItem("digital-marketing", "Interview", "audio", "Marketing interview.wav", {"duration_seconds": 1}),
    FileItem("project-management", "Project charter: template", "document", "Project charter.docx"),
    FileItem("project-management", "Project kick-off", "scorm", "Project kick-off.zip", {"version": "1.2"}),
)


def seed_demo(school: DemoSchool) -> None:
    """Add the courses that are missing; hand all of them on as `courses` (list of Course, in order).

    Their pictures, and the items that consist of a file, are those of `files` (by name), as far as they are there.
    """
    files: Mapping[str, File] = school.shared.get("files", {})
    instructors = list(User.objects.filter(roles__contains=[Role.INSTRUCTOR]).order_by("created_at", "id"))
    present = {course.slug: course for course in Course.objects.all()}
    courses: list[Course] = []
    for place, definition in enumerate(DEMO_COURSES):
        course = present.get(definition.slug)
        if course is None:
            teachers = _teachers(instructors, place)
            course = _seed_course(definition, teachers, now=school.now - timedelta(days=180 - 10 * place))
            _add_picture(course, files.get(f"Cover {place + 1}.png"))
        _add_file_items(course, files, by=_author(course))
        courses.append(course)
        school.advance()
    _seed_prerequisites({definition.title: course for definition, course in zip(DEMO_COURSES, courses, strict=True)})
    school.shared["courses"] = courses


def _teachers(instructors: list[User], place: int) -> list[User]:
    """Choose one or two in turn; nobody twice, where there are few."""
    if not instructors:
        return []
    chosen = [instructors[(place + step) % len(instructors)] for step in range(1 + place % 2)]
    return list(dict.fromkeys(chosen))


def _seed_course(definition: DemoCourse, teachers: list[User], *, now: datetime) -> Course:
    """Write one course as the services would have: counters, order, author."""
    items = [item for module in definition.modules for item in module.items]
    course = Course.objects.create(
        title=definition.title,
        slug=definition.slug,
        description=definition.description,
        category=definition.category,
        tags=definition.tags,
        difficulty_level=definition.difficulty_level,
        learning_objectives=definition.objectives,
        price_amount=definition.price_amount,
        seat_limit=definition.seat_limit,
        status=CourseStatus.PUBLISHED,
        duration_minutes=sum(item.minutes for item in items),
        thumbnail_url=f"https://media.example.org/courses/{definition.slug}.jpg",
        module_count=len(definition.modules),
        item_count=len(items),
        created_at=now - timedelta(days=20),
        published_at=now,
        created_by_id=teachers[0].id if teachers else None,
    )
    CourseInstructor.objects.bulk_create(
        CourseInstructor(course=course, user=teacher, order=order) for order, teacher in enumerate(teachers)
    )
    _seed_modules(course, definition)
    return course


def _seed_modules(course: Course, definition: DemoCourse) -> None:
    modules = Module.objects.bulk_create(
        Module(course=course, title=module.title, description=module.description, order=order)
        for order, module in enumerate(definition.modules, start=1)
    )
    ContentItem.objects.bulk_create(
        ContentItem(
            course=course,
            module=module,
            title=item.title,
            content_type=item.content_type,
            payload=clean_payload(item.content_type, _payload(item)),
            order=order,
            is_required=item.is_required,
            is_free_preview=item.is_free_preview,
            duration_minutes=item.minutes,
        )
        for module, source in zip(modules, definition.modules, strict=True)
        for order, item in enumerate(source.items, start=1)
    )


def _add_picture(course: Course, file: File | None) -> None:
    if file is not None:
        course.thumbnail_file = file
        course.save(update_fields=["thumbnail_file"])


def _author(course: Course) -> User | None:
    return User.objects.filter(id=course.created_by_id).first() if course.created_by_id else None


def _add_file_items(course: Course, files: Mapping[str, File], *, by: User | None) -> None:
    """Put the course's files behind its first module; optional, so that everybody's progress stays what it is."""
    module = Module.objects.filter(course=course).order_by("order", "id").first()
    for item in FILE_ITEMS:
        file = files.get(item.file)
        if item.course != course.slug or module is None or by is None or file is None:
            continue
        if not ContentItem.objects.filter(course=course, file=file).exists():
            create_item(
                module=module, by=by, title=item.title, content_type=item.content_type, payload=dict(item.payload),
                file_id=file.id, is_required=False, is_free_preview=item.is_free_preview, duration_minutes=5,
            )  # fmt: skip


def _payload(item: DemoItem) -> dict[str, Any]:
    if item.content_type == "text":
        return {TEXT_CONTENT: item.content}
    if item.content_type == "video":
        return {"url": item.content, "duration_seconds": item.minutes * 60}
    return {"url": item.content}


def _seed_prerequisites(courses: dict[str, Course]) -> None:
    """Recommended, not required: a learner can begin anywhere. The keys are titles as defined, not as edited."""
    for definition in DEMO_COURSES:
        if definition.requires is not None:
            CoursePrerequisite.objects.get_or_create(
                course=courses[definition.title],
                required_course=courses[definition.requires],
                defaults={"kind": PrerequisiteKind.RECOMMENDED},
            )
