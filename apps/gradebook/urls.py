from django.urls import path

from apps.gradebook.views.cells import GradeViewSet
from apps.gradebook.views.history import GradebookHistoryViewSet

urlpatterns = [
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
