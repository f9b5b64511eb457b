"""The files that are handed in with an attempt: the learner's own, as saved last."""

from apps.assessments.models import Attempt, AttemptAnswer, AttemptFile
from apps.assessments.tests.handed_in_files.conftest import hand_in, named, save
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.files.factories import FileFactory
from apps.files.models import File
from apps.files.services.files import delete_file
from apps.users.factories import UserFactory
from apps.users.models import User
from tests.fixtures import ClientOf


def test_an_older_save_does_not_bring_its_file_back(
    school: Tenant, attempt: Attempt, file: File, learner: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        other = FileFactory.create(uploaded_by=learner)
    save(as_user(learner), attempt, file, sequence=5)

    late = save(as_user(learner), attempt, other, sequence=4)
    with_the_hand_in = save(as_user(learner), attempt, other, sequence=3, status="submitted")

    assert late.json()["receipt"]["saved"] == []
    assert with_the_hand_in.status_code == 200
    assert named(school) == [(file.id, 1)]


def test_files_of_others_are_never_handed_in(
    school: Tenant, other_school: Tenant, attempt: Attempt, learner: User, as_user: ClientOf
) -> None:
    client = as_user(learner)
    with tenant_context(school):
        others, deleted = FileFactory.create(uploaded_by=UserFactory.create()), FileFactory.create(uploaded_by=learner)
        delete_file(file=deleted, by=learner)
    with tenant_context(other_school):
        foreign = FileFactory.create(uploaded_by_id=learner.id)

    refused = [
        save(client, attempt, each, **more).status_code
        for each in (others, foreign, deleted)
        for more in ({}, {"status": "submitted"})
    ]

    assert refused == [400] * 6
    assert named(school) == []
    with tenant_context(school):
        assert not AttemptAnswer.objects.exists()
        assert Attempt.objects.get().status == "in_progress"


def test_an_answer_from_before_files_were_kept_is_handed_in_all_the_same(
    school: Tenant, attempt: Attempt, file: File, learner: User, as_user: ClientOf
) -> None:
    with tenant_context(school):
        gone = FileFactory.create(uploaded_by=learner)
    save(as_user(learner), attempt, file, gone)
    with tenant_context(school):
        AttemptFile.objects.all().delete()
        delete_file(file=gone, by=learner)

    answer = hand_in(as_user(learner), attempt)

    assert answer.json()["status"] == "submitted"
    assert named(school) == [(file.id, 1)]
