"""Who may see and change certificates and their templates.

Everybody sees their own, who teaches a course those of the course, `certificates:read` all of the school.
Only `certificates:write` revokes, reissues and changes templates. Verifying is open to the world.
"""

from typing import Any, ClassVar, Final, TypeVar

from django.db.models import Model, Q, QuerySet

from apps.core.policies import Policy, anyone, authenticated, has
from apps.courses.models import CourseInstructor

M = TypeVar("M", bound=Model)

READ_ALL: Final = "certificates:read"
WRITE_ALL: Final = "certificates:write"
AUTHOR: Final = "courses:author"


class CertificatePolicy(Policy):
    """Certificates, those of the caller among them."""

    rules: ClassVar = {
        "list": authenticated,
        "retrieve": authenticated,
        "download": authenticated,
        "revoke": has(WRITE_ALL),
        "reissue": has(WRITE_ALL),
        "issue": has(WRITE_ALL),
    }

    @classmethod
    def visible(cls, actor: Any, queryset: QuerySet[M, Any]) -> QuerySet[M, Any]:
        if READ_ALL in actor.permissions:
            return queryset
        own = Q(user_id=actor.id)
        if AUTHOR not in actor.permissions:
            return queryset.filter(own)
        taught = CourseInstructor.objects.filter(user_id=actor.id).values("course_id")
        return queryset.filter(own | Q(course_id__in=taught))


class TemplatePolicy(Policy):
    """Templates belong to the school's office."""

    rules: ClassVar = {
        "list": has(READ_ALL),
        "retrieve": has(READ_ALL),
        "create": has(WRITE_ALL),
        "update": has(WRITE_ALL),
        "partial_update": has(WRITE_ALL),
        "destroy": has(WRITE_ALL),
        "preview": has(WRITE_ALL),
    }


class VerificationPolicy(Policy):
    """Whoever holds a number may ask whether it holds."""

    rules: ClassVar = {"retrieve": anyone}
