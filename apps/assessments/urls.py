from typing import Any, Final

from django.urls import path

from apps.assessments import views

COLLECTION: Final[dict[str, Any]] = {"get": "list", "post": "create"}

urlpatterns = [
    path("assessments/", views.AssessmentViewSet.as_view(COLLECTION), name="assessment-list"),
    path(
        "assessments/<str:id>/",
        views.AssessmentViewSet.as_view({"get": "retrieve", "patch": "partial_update", "delete": "destroy"}),
        name="assessment-detail",
    ),
    path(
        "assessments/<str:assessment_id>/questions/",
        views.AssessmentQuestionViewSet.as_view(COLLECTION),
        name="assessment-question-list",
    ),
    path(
        "assessments/<str:assessment_id>/questions/<str:question_id>/",
        views.AssessmentQuestionViewSet.as_view({"delete": "destroy"}),
        name="assessment-question-detail",
    ),
    path(
        "assessments/<str:assessment_id>/attempts/",
        views.AssessmentAttemptViewSet.as_view(COLLECTION),
        name="assessment-attempt-list",
    ),
    path(
        "attempts/<str:id>/",
        views.AttemptViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="attempt-detail",
    ),
    path("attempts/<str:id>/journal/", views.AttemptViewSet.as_view({"get": "journal"}), name="attempt-journal"),
    path("attempts/<str:id>/verify/", views.AttemptViewSet.as_view({"get": "verify"}), name="attempt-verify"),
    path("questions/", views.QuestionViewSet.as_view(COLLECTION), name="question-list"),
    path(
        "questions/<str:id>/",
        views.QuestionViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="question-detail",
    ),
]
