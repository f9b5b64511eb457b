"""How the list of files is narrowed and ordered."""

import pytest

from apps.core.models import Tenant
from apps.files.factories import FileFactory, FolderFactory
from apps.files.tests.helpers import FILES, names
from apps.users.models import User
from tests.fixtures import ClientOf


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ({"folder": "none"}, ["loose.mp4"]),
        ({"folder": "", "search": "c."}, ["c.png"]),
        ({"folder": "FOLDER"}, ["b.zip", "a.pdf", "c.png"]),
        ({"media_group": "image"}, ["c.png"]),
        ({"media_group": "video"}, ["loose.mp4"]),
        ({"media_group": "audio"}, []),
        ({"media_group": "document"}, ["a.pdf"]),
        ({"media_group": "archive"}, ["b.zip"]),
        ({"search": "A."}, ["a.pdf"]),
        ({"uploaded_by": "me"}, ["loose.mp4", "a.pdf"]),
        ({"uploaded_by": "OTHER"}, ["b.zip"]),
        ({"uploaded_by": "nobody"}, []),
        ({"ordering": "name"}, ["a.pdf", "b.zip", "c.png", "loose.mp4"]),
        ({"ordering": "-size_bytes", "media_group": "archive"}, ["b.zip"]),
        ({"ordering": "", "search": "c."}, ["c.png"]),
    ],
)
def test_the_list_of_files_is_narrowed_and_ordered(
    query: dict[str, str], seen: list[str], in_school: Tenant, learner: User, other_learner: User, as_user: ClientOf
) -> None:
    folder = FolderFactory.create()
    FileFactory.create(folder=folder, name="c.png", media_type="image/png")
    FileFactory.create(folder=folder, name="a.pdf", media_type="application/pdf", uploaded_by=learner)
    FileFactory.create(folder=folder, name="b.zip", media_type="application/zip", uploaded_by=other_learner)
    FileFactory.create(name="loose.mp4", media_type="video/mp4", uploaded_by=learner)
    words = {"FOLDER": str(folder.id), "OTHER": str(other_learner.id)}

    response = as_user(learner).get(FILES, {key: words.get(value, value) for key, value in query.items()})

    assert names(response) == seen


def test_me_is_whoever_asks(in_school: Tenant, admin: User, principal: User, as_user: ClientOf) -> None:
    people = {admin: ["by_admin.txt"], principal: ["by_principal.txt"]}
    for person, (name,) in people.items():
        FileFactory.create(name=name, uploaded_by=person)

    for _ in range(2):
        assert {person: names(as_user(person).get(FILES, {"uploaded_by": "me"})) for person in people} == people


@pytest.mark.parametrize(
    "query", [{"folder": "all"}, {"media_group": "virus"}, {"ordering": "tenant"}, {"search": "\x00"}]
)
def test_an_unknown_filter_value_is_refused(query: dict[str, str], learner: User, as_user: ClientOf) -> None:
    assert as_user(learner).get(FILES, query).status_code == 400
