from django.urls import path

from apps.gradebook.views.cells import GradeViewSet
from apps.gradebook.views.grid import GradebookGridViewSet
from apps.gradebook.views.history import GradebookHistoryViewSet
from apps.gradebook.views.own import OwnGradesViewSet

urlpatterns = [
    path(
        "courses/<str:course_id>/gradebook/grid/", GradebookGridViewSet.as_view({"get": "grid"}), name="gradebook-grid"
    ),
    path(
        "courses/<str:course_id>/gradebook/mine/", OwnGradesViewSet.as_view({"get": "retrieve"}), name="gradebook-own"
    ),
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
        "courses/<str:course_id>/gradebook/history/",
        GradebookHistoryViewSet.as_view({"get": "history"}),
        name="gradebook-history",
    ),
]
