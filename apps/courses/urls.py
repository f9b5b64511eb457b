from typing import Any, Final

from django.urls import path

from apps.courses import views

READ_WRITE: Final[dict[str, Any]] = {"get": "retrieve", "patch": "partial_update", "delete": "destroy"}
COLLECTION: Final[dict[str, Any]] = {"get": "list", "post": "create"}

urlpatterns = [
    path("courses/", views.CourseViewSet.as_view(COLLECTION), name="course-list"),
    path("courses/<str:id>/", views.CourseViewSet.as_view(READ_WRITE), name="course-detail"),
    path("courses/<str:id>/publish/", views.CourseViewSet.as_view({"post": "publish"}), name="course-publish"),
    path("courses/<str:id>/unpublish/", views.CourseViewSet.as_view({"post": "unpublish"}), name="course-unpublish"),
    path("courses/<str:id>/archive/", views.CourseViewSet.as_view({"post": "archive"}), name="course-archive"),
    path(
        "courses/<str:course_id>/instructors/",
        views.CourseInstructorViewSet.as_view(COLLECTION),
        name="course-instructor-list",
    ),
    path(
        "courses/<str:course_id>/instructors/<str:user_id>/",
        views.CourseInstructorViewSet.as_view({"delete": "destroy"}),
        name="course-instructor-detail",
    ),
    path(
        "courses/<str:course_id>/prerequisites/",
        views.CoursePrerequisiteViewSet.as_view(COLLECTION),
        name="course-prerequisite-list",
    ),
    path(
        "courses/<str:course_id>/prerequisites/<str:prerequisite_id>/",
        views.CoursePrerequisiteViewSet.as_view({"delete": "destroy"}),
        name="course-prerequisite-detail",
    ),
    path("courses/<str:course_id>/modules/", views.ModuleViewSet.as_view(COLLECTION), name="module-list"),
    path(
        "courses/<str:course_id>/modules/reorder/",
        views.ModuleViewSet.as_view({"post": "reorder"}),
        name="module-reorder",
    ),
    path("modules/<str:id>/", views.ModuleViewSet.as_view(READ_WRITE), name="module-detail"),
    path("modules/<str:module_id>/content/", views.ItemViewSet.as_view(COLLECTION), name="item-list"),
    path(
        "modules/<str:module_id>/content/reorder/", views.ItemViewSet.as_view({"post": "reorder"}), name="item-reorder"
    ),
    path(
        "modules/<str:module_id>/prerequisites/",
        views.ModulePrerequisiteViewSet.as_view(COLLECTION),
        name="module-prerequisite-list",
    ),
    path(
        "modules/<str:module_id>/prerequisites/<str:prerequisite_id>/",
        views.ModulePrerequisiteViewSet.as_view({"delete": "destroy"}),
        name="module-prerequisite-detail",
    ),
    path("content/<str:id>/", views.ItemViewSet.as_view(READ_WRITE), name="item-detail"),
]
