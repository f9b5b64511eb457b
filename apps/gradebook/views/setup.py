"""How a course counts, as a whole."""

from typing import Any

from django.db import transaction
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from apps.core.http.versions import require_match
from apps.gradebook.models import Gradebook, GradeScale
from apps.gradebook.permissions import GradebookPolicy, GradeScalePolicy
from apps.gradebook.selectors.setup import gradebook_of, setup_warnings, weights_sum
from apps.gradebook.serializers.setup import GradebookSerializer
from apps.gradebook.services import change_gradebook, lock_gradebook
from apps.gradebook.views import setup_examples as examples
from apps.gradebook.views.base import OfCourseMixin
from apps.gradebook.views.parts import referred


class GradebookViewSet(OfCourseMixin):
    """The settings of a course's gradebook."""

    policy = GradebookPolicy
    queryset = Gradebook.objects.all()
    serializer_class = GradebookSerializer

    @extend_schema(
        summary="Show how a course counts",
        description="For who teaches the course, and for the school's staff. A gradebook need not be made: each "
        "course has one, which counts points until somebody says otherwise. `warnings` name weights that may not be "
        "what you want.",
        examples=[examples.GRADEBOOK],
    )
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return self.answer(self._with_warnings(gradebook_of(self.checked_course().id)))

    @extend_schema(
        summary="Change how a course counts",
        description="`calculation` is `points` (all points of all possible ones) or `weighted` (the categories by "
        "their weights); `missing_work` says what an empty cell counts. Once the final grades are frozen nothing "
        "changes: 409 `gradebook_frozen`.",
        examples=[examples.GRADEBOOK_CHANGE, examples.GRADEBOOK],
    )
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        course = self.checked_course()
        with transaction.atomic():
            require_match(request, lock_gradebook(course.id))
            changes = self.validated(partial=True)
            if "scale_id" in changes:
                scales = GradeScalePolicy.visible(self.actor, GradeScale.objects.all())
                changes["scale"] = referred(scales, changes.pop("scale_id"), "scale")
            gradebook = change_gradebook(course_id=course.id, by=self.actor, **changes)
        return self.answer(self._with_warnings(gradebook))

    @staticmethod
    def _with_warnings(gradebook: Any) -> Gradebook:
        gradebook.weights_sum = weights_sum(gradebook.course_id)
        gradebook.warnings = setup_warnings(gradebook)
        return gradebook  # type: ignore[no-any-return]
