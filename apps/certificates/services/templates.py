"""Templates: checked before they are stored, one default per school."""

import logging
import re
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import F

from apps.certificates.design import parse_design
from apps.certificates.models import CertificateTemplate
from apps.core.errors import Conflict, InvalidInput
from apps.users.models import User

logger = logging.getLogger(__name__)

MAX_VALID_DAYS: Final = 36_500
_LANGUAGE = re.compile(r"\A[a-z]{2,3}(-[a-zA-Z0-9]{2,8})*\Z")


class InvalidTemplate(InvalidInput):
    """A field of the template has not the right form."""

    code = "invalid_template"


class TemplateConflict(Conflict):
    """Another template of the school has the name already, or has just become the default."""

    code = "template_conflict"
    default_detail = "Another template of the school has this name already, or has just become the default one."


@transaction.atomic
def create_template(
    *,
    name: str,
    by: User | None,
    design: Any = None,
    language: str = "en",
    is_default: bool = False,
    valid_days: int | None = None,
) -> CertificateTemplate:
    """Make a template; as the default one it takes the place of the present default.

    Args:
        name: unique in the school.
        by: who makes it, for the log.
        design: see `apps.certificates.design`; None is the plain one.
        language: a language tag such as `ar` or `pt-BR`, for the words, the dates and the direction.
        is_default: whether new certificates take it.
        valid_days: days from issue until certificates expire; None: never.

    Raises:
        InvalidDesign: the design is not one.
        InvalidTemplate: another field has not the right form.
        TemplateConflict: the name is taken.
    """
    template = CertificateTemplate(
        name=name.strip(), design={} if design is None else design, language=language, valid_days=valid_days
    )
    template.is_default = is_default
    return _save(template, by)


@transaction.atomic
def update_template(*, template: CertificateTemplate, changes: dict[str, Any], by: User | None) -> CertificateTemplate:
    """Change fields of a template. Certificates that have their PDF already keep it. Raises as `create_template`."""
    locked = CertificateTemplate.objects.select_for_update().get(id=template.id)
    for field, value in changes.items():
        setattr(locked, field, value.strip() if field == "name" else value)
    locked.version += 1
    return _save(locked, by)


@transaction.atomic
def delete_template(*, template: CertificateTemplate, by: User | None) -> None:
    """Delete a template; certificates in it stay, and take the plain design if they are rendered again."""
    _log("certificate_template_deleted", template, by)
    template.delete()


def _save(template: CertificateTemplate, by: User | None) -> CertificateTemplate:
    _check(template)
    try:
        with transaction.atomic():
            if template.is_default:
                others = CertificateTemplate.objects.filter(is_default=True).exclude(id=template.id)
                others.update(is_default=False, version=F("version") + 1)
            template.save()
    except IntegrityError as error:
        raise TemplateConflict from error
    _log("certificate_template_saved", template, by)
    return template


def _log(event: str, template: CertificateTemplate, by: User | None) -> None:
    """Note what a person did; what the system does is no news."""
    if by is not None:
        logger.info(event, extra={"template": str(template.id), "actor": str(by.id)})


def _check(template: CertificateTemplate) -> None:
    parse_design(template.design)
    if not 1 <= len(template.name) <= 100:  # noqa: PLR2004  the column's length
        message = "The name must have 1 to 100 characters."
        raise InvalidTemplate(message, field="name")
    if len(template.language) > 16 or not _LANGUAGE.match(template.language):  # noqa: PLR2004  the column's length
        message = "The language must be a tag such as en, ar or pt-BR."
        raise InvalidTemplate(message, field="language")
    if template.valid_days is not None and not 1 <= template.valid_days <= MAX_VALID_DAYS:
        message = f"valid_days must be 1 to {MAX_VALID_DAYS}, or empty: never expires."
        raise InvalidTemplate(message, field="valid_days")
