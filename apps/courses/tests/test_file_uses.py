"""A course opens its files to those to whom it opens its content, and to nobody else."""

from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.courses.choices import CourseStatus
from apps.courses.factories import ContentItemFactory, CourseFactory, ModuleFactory, ModulePrerequisiteFactory
from apps.courses.file_uses import CourseFiles
from apps.courses.models import ContentItem, Course, Module
from apps.courses.tests.conftest import Grant
from apps.files.factories import FileFactory
from apps.files.models import File
from apps.files.uses import FileUse, opens_by_use, uses_of
from apps.users.choices import Role
from apps.users.factories import UserFactory
from apps.users.models import User

Opens = Callable[[User], bool]


@pytest.fixture
def file(in_school: Tenant) -> File:
    return FileFactory.create(media_type="application/pdf")


@pytest.fixture
def item(course: Course, file: File) -> ContentItem:
    return ContentItemFactory.create(
        module=Module.objects.get(title="B"), title="Handout", content_type="document", payload={}, file=file
    )


@pytest.fixture
def opens(item: ContentItem, file: File) -> Opens:
    return lambda person: opens_by_use(person, file.id)


def test_only_who_may_open_the_item_opens_its_file(
    opens: Opens, learner: User, instructor: User, admin: User, principal: User, grant: Grant
) -> None:
    colleague = UserFactory.create(roles=[Role.INSTRUCTOR])
    people = (learner, colleague, instructor, admin, principal)

    before = [opens(person) for person in people]
    grant()
    enrolled = [opens(person) for person in people]
    grant(is_enrolled=False)
    dropped = [opens(person) for person in people]

    assert before == dropped == [False, False, True, True, True]
    assert enrolled == [True] * 5


def test_another_school_knows_nothing_of_it(
    item: ContentItem, file: File, other_school: Tenant, stranger: User, grant: Grant
) -> None:
    grant()

    with tenant_context(other_school):
        assert opens_by_use(stranger, file.id) is False
        assert uses_of([file.id]) == []


@pytest.mark.parametrize("status", [CourseStatus.DRAFT, CourseStatus.ARCHIVED])
def test_a_hidden_course_opens_its_files_to_authors_only(
    status: str, opens: Opens, learner: User, instructor: User, admin: User, grant: Grant
) -> None:
    grant()
    colleague = UserFactory.create(roles=[Role.INSTRUCTOR])
    Course.objects.update(status=status)

    assert [opens(person) for person in (learner, colleague, instructor, admin)] == [False, False, True, True]


def test_who_taught_and_is_no_author_any_more_opens_nothing(opens: Opens, instructor: User) -> None:
    instructor.roles = [Role.LEARNER]

    assert opens(instructor) is False


@pytest.mark.parametrize("hidden", ["item", "module", "parent", "grandparent"])
def test_what_learners_cannot_reach_stays_closed(
    hidden: str, opens: Opens, item: ContentItem, learner: User, instructor: User, grant: Grant
) -> None:
    grant()
    grandparent = ContentItemFactory.create(module=item.module)
    parent = ContentItemFactory.create(module=item.module, parent=grandparent)
    ContentItem.objects.filter(id=item.id).update(parent=parent)
    before = opens(learner)
    target = {"item": item, "parent": parent, "grandparent": grandparent}.get(hidden)

    if target is None:
        Module.objects.filter(id=item.module_id).update(is_published=False)
    else:
        ContentItem.objects.filter(id=target.id).update(is_published=False)

    assert (before, opens(learner), opens(instructor)) == (True, False, True)


def test_previews_are_open_to_the_school(opens: Opens, item: ContentItem, learner: User) -> None:
    ContentItem.objects.filter(id=item.id).update(is_free_preview=True)

    assert opens(learner) is True


@pytest.mark.parametrize("is_preview", [False, True])
def test_a_locked_module_keeps_its_files(
    is_preview: bool, opens: Opens, item: ContentItem, learner: User, instructor: User, grant: Grant
) -> None:
    ContentItem.objects.filter(id=item.id).update(is_free_preview=is_preview)
    first = Module.objects.get(title="A")
    ModulePrerequisiteFactory.create(module=item.module, required_module=first, minimum_completion=50)

    grant()
    nothing_done = opens(learner)
    grant(ContentItem.objects.get(title="A1").id)
    half_done = opens(learner)

    assert (nothing_done, half_done, opens(instructor)) == (False, True, True)


@pytest.mark.parametrize("change", ["recommended", "hidden", "optional"])
def test_what_locks_nothing_in_the_tree_locks_no_file(
    change: str, opens: Opens, item: ContentItem, learner: User, grant: Grant
) -> None:
    grant()
    first = Module.objects.get(title="A")
    kind = "recommended" if change == "recommended" else "required"
    ModulePrerequisiteFactory.create(module=item.module, required_module=first, kind=kind)
    if change == "hidden":
        Module.objects.filter(id=first.id).update(is_published=False)
    if change == "optional":
        ContentItem.objects.filter(module=first).update(is_required=False)

    assert opens(learner) is True


def test_one_open_place_is_enough(opens: Opens, item: ContentItem, file: File, learner: User, grant: Grant) -> None:
    grant()
    Course.objects.filter(id=item.course_id).update(status=CourseStatus.DRAFT)
    ContentItemFactory.create(module=ModuleFactory.create(), content_type="document", payload={}, file=file)

    assert opens(learner) is True


def test_pictures_of_published_courses_are_open_to_the_school(
    file: File, in_school: Tenant, learner: User, instructor: User, admin: User
) -> None:
    course = CourseFactory.create(thumbnail_file=file, instructors=[instructor])

    published = [opens_by_use(person, file.id) for person in (learner, instructor, admin)]
    Course.objects.filter(id=course.id).update(status=CourseStatus.DRAFT)
    draft = [opens_by_use(person, file.id) for person in (learner, instructor, admin)]

    assert (published, draft) == ([True, True, True], [False, True, True])


def test_what_no_course_uses_is_opened_to_nobody(file: File, learner: User, instructor: User, admin: User) -> None:
    assert [opens_by_use(person, file.id) for person in (learner, instructor, admin)] == [False] * 3


def test_uses_are_named(item: ContentItem, file: File) -> None:
    course = CourseFactory.create(title="Algebra", thumbnail_file=file)
    other = ContentItemFactory.create(title="Zeno", content_type="document", file=FileFactory.create())

    with CaptureQueriesContext(connection) as queries:
        uses = CourseFiles().uses([file.id, UUID(str(other.file_id))])

    assert uses == [
        FileUse(file.id, "course_thumbnail", course.id, "Algebra"),
        FileUse(file.id, "content_item", item.id, "Handout"),
        FileUse(UUID(str(other.file_id)), "content_item", other.id, "Zeno"),
    ]
    assert len(queries) == 1
    assert uses_of([file.id, UUID(str(other.file_id))]) == uses


@pytest.mark.parametrize("person", ["learner", "instructor", "admin"])
@pytest.mark.parametrize("number", [3, 30])
def test_asking_takes_one_statement_besides_the_enrolment(
    number: int,
    person: str,
    item: ContentItem,
    file: File,
    request: pytest.FixtureRequest,
    grant: Grant,
) -> None:
    grant()
    actor = request.getfixturevalue(person)
    first = Module.objects.get(title="A")
    ModulePrerequisiteFactory.create(module=item.module, required_module=first, minimum_completion=1)
    for _ in range(number):
        ContentItemFactory.create(module=item.module, content_type="document", payload={}, file=file)

    with CaptureQueriesContext(connection) as queries:
        CourseFiles().opens(actor, file.id)

    assert len(queries) == 1  # the enrolment is stubbed
