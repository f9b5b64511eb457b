"""The version of a file that counts: the one of the moment it was handed in."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from apps.assessments.models import Assessment, Attempt, JournalEntry
from apps.assessments.services import check_journal, start_attempt, take_attempt
from apps.assessments.tests.handed_in_files.conftest import SECOND, THIRD, download, hand_in, named, replace, save
from apps.core.models import Tenant
from apps.core.tenancy.context import tenant_context
from apps.files.factories import FileFactory, FileVersionFactory
from apps.files.models import File, FileVersion
from apps.users.models import User
from tests.fixtures import ClientOf


def test_the_version_of_the_hand_in_counts(
    school: Tenant, attempt: Attempt, file: File, instructor: User, learner: User, as_user: ClientOf
) -> None:
    author = as_user(learner)
    save(author, attempt, file)
    replace(author, file, SECOND)
    assert named(school) == [(file.id, 1)]

    hand_in(author, attempt)
    replace(author, file, THIRD)
    author.post(f"/api/files/{file.id}/versions/1/restore/")

    assert named(school) == [(file.id, 2)]
    assert download(as_user(instructor), file, 2) == SECOND
    with tenant_context(school):
        entry = JournalEntry.objects.get(attempt_id=attempt.id, kind="submitted")
        sha256 = FileVersion.objects.get(file_id=file.id, number=2).blob.sha256
        assert f'"sha256":"{sha256}","version":2' in entry.content
        assert check_journal(Attempt.objects.get()) is None


@pytest.mark.parametrize("fields", [{"media_type": "application/pdf"}, {"size_bytes": 2 * 1024 * 1024}])
def test_a_version_that_the_question_does_not_take_is_not_handed_in(
    school: Tenant, attempt: Attempt, learner: User, as_user: ClientOf, fields: dict[str, Any]
) -> None:
    with tenant_context(school):
        file = FileFactory.create(uploaded_by=learner)
    save(as_user(learner), attempt, file)
    with tenant_context(school):
        FileVersionFactory.create(file=file, number=2, **fields)
        File.objects.filter(id=file.id).update(version_number=2, **fields)

    hand_in(as_user(learner), attempt)

    assert named(school) == [(file.id, 1)]


def test_what_comes_after_the_deadline_is_not_handed_in(school: Tenant, assignment: Assessment, learner: User) -> None:
    now = timezone.now()
    with tenant_context(school):
        Assessment.objects.filter(id=assignment.id).update(time_limit_minutes=30)
        assignment.refresh_from_db()
        early, late = FileFactory.create_batch(2, uploaded_by=learner)
        attempt = start_attempt(assessment=assignment, by=learner, now=now - timedelta(hours=1)).attempt
        answers = {attempt.paper[0]["question"]: {"files": [str(early.id), str(late.id)]}}
        take_attempt(attempt_id=attempt.id, answers=answers, now=now - timedelta(minutes=50))
        for file, minutes in ((early, 40), (late, 10)):
            FileVersionFactory.create(file=file, number=2)
            FileVersion.objects.filter(file=file, number=2).update(created_at=now - timedelta(minutes=minutes))
            File.objects.filter(id=file.id).update(version_number=2)

        take_attempt(attempt_id=attempt.id, submit=True, now=now)

    assert named(school) == [(early.id, 2), (late.id, 1)]
