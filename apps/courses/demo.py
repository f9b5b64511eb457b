"""Demo data: six published courses with their modules, items, instructors, and a recommended order."""

from datetime import datetime, timedelta
from typing import Any, Final

from apps.core.demo import DemoSchool
from apps.courses.choices import CourseStatus, PrerequisiteKind
from apps.courses.content_types import TEXT_CONTENT, clean_payload
from apps.courses.demo_content import DEMO_COURSES, DemoCourse
from apps.courses.demo_content.base import DemoItem
from apps.courses.models import ContentItem, Course, CourseInstructor, CoursePrerequisite, Module
from apps.users.choices import Role
from apps.users.models import User

DEMO_STEPS: Final = len(DEMO_COURSES)


def seed_demo(school: DemoSchool) -> None:
    """Add the courses that are missing; hand all of them on as `courses` (list of Course, in order)."""
    instructors = list(User.objects.filter(roles__contains=[Role.INSTRUCTOR]).order_by("created_at", "id"))
    present = {course.slug: course for course in Course.objects.all()}
    courses: list[Course] = []
    for place, definition in enumerate(DEMO_COURSES):
        course = present.get(definition.slug)
        if course is None:
            teachers = _teachers(instructors, place)
            course = _seed_course(definition, teachers, now=school.now - timedelta(days=180 - 10 * place))
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
