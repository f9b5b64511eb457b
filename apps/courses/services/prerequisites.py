"""What must come first, without circles, also when two people add prerequisites at once."""

from collections import defaultdict
from collections.abc import Iterable
from uuid import UUID

from django.db import connection, transaction

from apps.core.errors import Conflict, InvalidInput, NotFound
from apps.core.tenancy.context import current_tenant_id
from apps.courses.choices import PrerequisiteKind
from apps.courses.models import Course, CoursePrerequisite, Module, ModulePrerequisite
from apps.courses.services.structure import lock_course
from apps.users.models import User


class PrerequisiteCycle(Conflict):
    """The new prerequisite would make something ask for itself."""

    code = "prerequisite_cycle"
    default_detail = (
        "This would close a circle: the required one asks for this one already, directly or through others."
    )


class AlreadyRequired(Conflict):
    """The prerequisite exists."""

    code = "already_required"
    default_detail = "This prerequisite exists already. Remove it first to change it."


class UnknownRequirement(InvalidInput):
    """What is to be required does not exist here."""

    code = "unknown_requirement"
    default_detail = "There is no such course in this school."
    default_field = "required_course"


def closes_cycle(edges: Iterable[tuple[UUID, UUID]], new: tuple[UUID, UUID]) -> bool:
    """Whether `new` makes a circle in `edges`; an edge is (what asks, what is asked for)."""
    asks, asked_for = new
    following: dict[UUID, list[UUID]] = defaultdict(list)
    for source, target in edges:
        following[source].append(target)
    seen: set[UUID] = set()
    pending = [asked_for]
    while pending:
        node = pending.pop()
        if node == asks:
            return True
        if node not in seen:
            seen.add(node)
            pending.extend(following[node])
    return False


@transaction.atomic
def add_course_prerequisite(
    *,
    course: Course,
    required_course_id: UUID,
    by: User,
    kind: str = PrerequisiteKind.REQUIRED,
    minimum_completion: int = 100,
) -> CoursePrerequisite:
    """Make `course` ask for another one of the school.

    `minimum_completion` is per cent of the other course that must be completed.

    Raises:
        UnknownRequirement: there is no such course.
        AlreadyRequired: it asks for it already.
        PrerequisiteCycle: the other one asks for this one, directly or through others.
    """
    del by
    _lock_prerequisites_of_school()
    if not Course.objects.filter(id=required_course_id).exists():
        raise UnknownRequirement
    edges = list(CoursePrerequisite.objects.values_list("course_id", "required_course_id"))
    _check_edge(edges, (course.id, required_course_id))
    return CoursePrerequisite.objects.create(
        course=course,
        required_course_id=required_course_id,
        kind=kind,
        minimum_completion=minimum_completion,
    )


def _lock_prerequisites_of_school() -> None:
    """Let one writer at a time look for circles: the lock ends with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"course-prerequisites:{current_tenant_id()}"]
        )


def _check_edge(edges: list[tuple[UUID, UUID]], new: tuple[UUID, UUID]) -> None:
    if new in edges:
        raise AlreadyRequired
    if closes_cycle(edges, new):
        raise PrerequisiteCycle


@transaction.atomic
def remove_course_prerequisite(*, course: Course, prerequisite_id: UUID, by: User) -> None:
    """Let `course` no longer ask for something.

    Raises:
        NotFound: it has no such prerequisite.
    """
    del by
    deleted, _ = CoursePrerequisite.objects.filter(id=prerequisite_id, course=course).delete()
    if not deleted:
        raise NotFound


@transaction.atomic
def add_module_prerequisite(
    *,
    module: Module,
    required_module_id: UUID,
    by: User,
    kind: str = PrerequisiteKind.REQUIRED,
    minimum_completion: int = 100,
) -> ModulePrerequisite:
    """Make `module` ask for another one of its course.

    `minimum_completion` is per cent of the other module's required items that must be completed.

    Raises:
        UnknownRequirement: the course has no such module.
        AlreadyRequired: it asks for it already.
        PrerequisiteCycle: the other one asks for this one, directly or through others.
    """
    del by
    lock_course(module.course_id)
    if not Module.objects.filter(id=required_module_id, course_id=module.course_id).exists():
        message = "There is no such module in this course."
        raise UnknownRequirement(message, field="required_module")
    links = ModulePrerequisite.objects.filter(module__course_id=module.course_id)
    _check_edge(list(links.values_list("module_id", "required_module_id")), (module.id, required_module_id))
    return ModulePrerequisite.objects.create(
        module=module,
        required_module_id=required_module_id,
        kind=kind,
        minimum_completion=minimum_completion,
    )


@transaction.atomic
def remove_module_prerequisite(*, module: Module, prerequisite_id: UUID, by: User) -> None:
    """Let `module` no longer ask for something.

    Raises:
        NotFound: it has no such prerequisite.
    """
    del by
    deleted, _ = ModulePrerequisite.objects.filter(id=prerequisite_id, module=module).delete()
    if not deleted:
        raise NotFound
