from typing import Any, Final

from django.urls import path

from apps.gradebook.views.bulk import BulkEditViewSet
from apps.gradebook.views.categories import GradeCategoryViewSet
from apps.gradebook.views.cells import GradeViewSet
from apps.gradebook.views.exports import GradebookExportViewSet
from apps.gradebook.views.finals import FinalGradeViewSet
from apps.gradebook.views.grid import GradebookGridViewSet
from apps.gradebook.views.history import GradebookHistoryViewSet
from apps.gradebook.views.items import GradeItemViewSet
from apps.gradebook.views.own import OwnGradesViewSet
from apps.gradebook.views.scales import GradeScaleViewSet
from apps.gradebook.views.setup import GradebookViewSet

COLLECTION: Final[dict[str, Any]] = {"get": "list", "post": "create"}
ONE: Final[dict[str, Any]] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}

urlpatterns = [
    path(
        "courses/<str:course_id>/gradebook/grid/", GradebookGridViewSet.as_view({"get": "grid"}), name="gradebook-grid"
    ),
    path(
        "courses/<str:course_id>/gradebook/mine/", OwnGradesViewSet.as_view({"get": "retrieve"}), name="gradebook-own"
    ),
    path(
        "courses/<str:course_id>/gradebook/",
        GradebookViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="gradebook-detail",
    ),
    path(
        "courses/<str:course_id>/grade-categories/",
        GradeCategoryViewSet.as_view(COLLECTION),
        name="grade-category-list",
    ),
    path("grade-categories/<str:id>/", GradeCategoryViewSet.as_view(ONE), name="grade-category-detail"),
    path("courses/<str:course_id>/grade-items/", GradeItemViewSet.as_view(COLLECTION), name="grade-item-list"),
    path(
        "courses/<str:course_id>/grade-items/reorder/",
        GradeItemViewSet.as_view({"post": "reorder"}),
        name="grade-item-reorder",
    ),
    path("grade-items/<str:id>/", GradeItemViewSet.as_view(ONE), name="grade-item-detail"),
    path("grade-items/<str:id>/post/", GradeItemViewSet.as_view({"post": "post_item"}), name="grade-item-post"),
    path("grade-items/<str:id>/hide/", GradeItemViewSet.as_view({"post": "hide_item"}), name="grade-item-hide"),
    path("grade-scales/", GradeScaleViewSet.as_view(COLLECTION), name="grade-scale-list"),
    path("grade-scales/<str:id>/", GradeScaleViewSet.as_view(ONE), name="grade-scale-detail"),
    path(
        "grade-items/<str:id>/grades/<str:user_id>/",
        GradeViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="grade-detail",
    ),
    path(
        "grade-items/<str:id>/grades/<str:user_id>/history/",
        GradeViewSet.as_view({"get": "history"}),
        name="grade-history",
    ),
    path(
        "courses/<str:course_id>/gradebook/bulk-edit/",
        BulkEditViewSet.as_view({"post": "bulk_edit"}),
        name="gradebook-bulk-edit",
    ),
    path(
        "courses/<str:course_id>/gradebook/exports/",
        GradebookExportViewSet.as_view({"post": "export"}),
        name="gradebook-export",
    ),
    path("courses/<str:course_id>/final-grades/", FinalGradeViewSet.as_view({"get": "list"}), name="final-grade-list"),
    path(
        "courses/<str:course_id>/final-grades/freeze/",
        FinalGradeViewSet.as_view({"post": "freeze"}),
        name="final-grade-freeze",
    ),
    path(
        "courses/<str:course_id>/final-grades/unfreeze/",
        FinalGradeViewSet.as_view({"post": "unfreeze"}),
        name="final-grade-unfreeze",
    ),
    path(
        "courses/<str:course_id>/final-grades/<str:user_id>/",
        FinalGradeViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="final-grade-detail",
    ),
    path(
        "courses/<str:course_id>/gradebook/history/",
        GradebookHistoryViewSet.as_view({"get": "history"}),
        name="gradebook-history",
    ),
]
