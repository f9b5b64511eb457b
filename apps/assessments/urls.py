from typing import Any, Final

from django.urls import path

from apps.assessments import views

COLLECTION: Final[dict[str, Any]] = {"get": "list", "post": "create"}
ONE: Final[dict[str, Any]] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}

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
    path("attempts/<str:id>/hints/", views.HintViewSet.as_view(COLLECTION), name="attempt-hint-list"),
    path("attempts/<str:id>/journal/", views.AttemptViewSet.as_view({"get": "journal"}), name="attempt-journal"),
    path("attempts/<str:id>/grades/", views.GradingViewSet.as_view({"post": "create"}), name="attempt-grade"),
    path("attempts/<str:id>/claim/", views.GradingViewSet.as_view({"post": "claim"}), name="attempt-claim"),
    path("attempts/<str:id>/release/", views.GradingViewSet.as_view({"post": "release"}), name="attempt-release"),
    path(
        "attempts/<str:id>/feedback/",
        views.GradingViewSet.as_view({"patch": "partial_update"}),
        name="attempt-feedback",
    ),
    path(
        "attempts/<str:id>/grade-history/", views.GradingViewSet.as_view({"get": "list"}), name="attempt-grade-history"
    ),
    path(
        "assessments/<str:assessment_id>/grading-queue/",
        views.GradingQueueViewSet.as_view({"get": "list"}),
        name="assessment-grading-queue",
    ),
    path(
        "assessments/<str:assessment_id>/post-results/",
        views.AssessmentResultsViewSet.as_view({"post": "post_results"}),
        name="assessment-post-results",
    ),
    path(
        "assessments/<str:assessment_id>/hide-results/",
        views.AssessmentResultsViewSet.as_view({"post": "hide_results"}),
        name="assessment-hide-results",
    ),
    path(
        "assessments/<str:assessment_id>/regrade/",
        views.AssessmentResultsViewSet.as_view({"post": "regrade"}),
        name="assessment-regrade",
    ),
    path(
        "assessments/<str:assessment_id>/statistics/",
        views.AssessmentStatisticsViewSet.as_view({"get": "retrieve"}),
        name="assessment-statistics",
    ),
    path(
        "questions/<str:id>/key-corrections/",
        views.KeyCorrectionViewSet.as_view(COLLECTION),
        name="question-key-correction-list",
    ),
    path("attempts/<str:id>/verify/", views.AttemptViewSet.as_view({"get": "verify"}), name="attempt-verify"),
    path("questions/", views.QuestionViewSet.as_view(COLLECTION), name="question-list"),
    path(
        "questions/<str:id>/",
        views.QuestionViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="question-detail",
    ),
    path("questions/<str:id>/versions/", views.QuestionViewSet.as_view({"get": "versions"}), name="question-versions"),
    path("questions/<str:id>/usage/", views.QuestionViewSet.as_view({"get": "usage"}), name="question-usage"),
    path("rubrics/", views.RubricViewSet.as_view(COLLECTION), name="rubric-list"),
    path("rubrics/<str:id>/", views.RubricViewSet.as_view(ONE), name="rubric-detail"),
    path("rubrics/<str:id>/versions/", views.RubricViewSet.as_view({"get": "versions"}), name="rubric-versions"),
    path("rubrics/<str:id>/usage/", views.RubricViewSet.as_view({"get": "usage"}), name="rubric-usage"),
    path("question-categories/", views.CategoryViewSet.as_view(COLLECTION), name="question-category-list"),
    path("question-categories/<str:id>/", views.CategoryViewSet.as_view(ONE), name="question-category-detail"),
    path("assessments/<str:id>/copy/", views.AssessmentViewSet.as_view({"post": "copy"}), name="assessment-copy"),
    path("assessments/<str:assessment_id>/items/", views.ItemViewSet.as_view(COLLECTION), name="assessment-item-list"),
    path(
        "assessments/<str:assessment_id>/items/reorder/",
        views.ItemViewSet.as_view({"post": "reorder"}),
        name="assessment-item-reorder",
    ),
    path("assessment-items/<str:id>/", views.ItemViewSet.as_view(ONE), name="assessment-item-detail"),
    path("accommodations/", views.AccommodationViewSet.as_view(COLLECTION), name="accommodation-list"),
    path("accommodations/<str:id>/", views.AccommodationViewSet.as_view(ONE), name="accommodation-detail"),
]
