from django.urls import path

from apps.enrollments import views
from apps.enrollments.state_machine import Action

urlpatterns = [
    path("enrollments/", views.EnrollmentViewSet.as_view({"get": "list", "post": "create"}), name="enrollment-list"),
    path("enrollments/my/", views.OwnEnrollmentViewSet.as_view({"get": "list"}), name="enrollment-my"),
    path("enrollments/bulk/", views.EnrollmentViewSet.as_view({"post": "bulk"}), name="enrollment-bulk"),
    path(
        "enrollments/<str:id>/",
        views.EnrollmentViewSet.as_view({"get": "retrieve", "patch": "partial_update"}),
        name="enrollment-detail",
    ),
    path(
        "enrollments/<str:id>/history/",
        views.EnrollmentHistoryViewSet.as_view({"get": "list"}),
        name="enrollment-history",
    ),
    *(
        path(
            f"enrollments/<str:id>/{action}/",
            views.EnrollmentViewSet.as_view({"post": action.value}),
            name=f"enrollment-{action}",
        )
        for action in Action
    ),
    path("courses/<str:course_id>/roster/", views.CourseRosterViewSet.as_view({"get": "list"}), name="course-roster"),
    path(
        "courses/<str:course_id>/enrollment-stats/",
        views.CourseStatsViewSet.as_view({"get": "retrieve"}),
        name="course-enrollment-stats",
    ),
    path("progress/", views.ProgressViewSet.as_view({"get": "list", "post": "create"}), name="progress-list"),
    path("progress/bulk/", views.ProgressViewSet.as_view({"post": "bulk"}), name="progress-bulk"),
    path("progress/reset/", views.ProgressViewSet.as_view({"post": "reset"}), name="progress-reset"),
]
