"""Templates: checked before they are stored, one default per school."""

import pytest

from apps.certificates.services import InvalidTemplate, TemplateConflict, create_template, update_template
from apps.users.models import User

pytestmark = pytest.mark.usefixtures("in_school")


def test_one_template_is_the_default(admin: User) -> None:
    first = create_template(name="First", is_default=True, by=admin)
    second = create_template(name="Second", is_default=True, by=admin)

    first.refresh_from_db()
    assert (first.is_default, second.is_default) == (False, True)
    assert first.version == 2


def test_an_update_changes_what_it_names(admin: User) -> None:
    template = create_template(name="First", language="de", valid_days=9, by=admin)

    changed = update_template(template=template, changes={"name": " Diploma ", "valid_days": None}, by=admin)

    assert (changed.name, changed.language, changed.valid_days, changed.version) == ("Diploma", "de", None, 2)


@pytest.mark.parametrize(
    ("field", "value"),
    [("name", " "), ("name", "x" * 101), ("language", "English!"), ("language", "x" * 17), ("valid_days", 0)],
)
def test_a_field_out_of_form_is_refused(admin: User, field: str, value: object) -> None:
    template = create_template(name="First", by=admin)

    with pytest.raises(InvalidTemplate) as failure:
        update_template(template=template, changes={field: value}, by=admin)

    assert failure.value.field == field


def test_names_are_unique(admin: User) -> None:
    create_template(name="First", by=admin)

    with pytest.raises(TemplateConflict):
        create_template(name="First", by=None)
