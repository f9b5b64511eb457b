from django.apps import AppConfig


class EnrollmentsConfig(AppConfig):
    name = "apps.enrollments"
    label = "enrollments"

    def ready(self) -> None:
        from apps.courses.access import register_access_provider  # noqa: PLC0415  needs models
        from apps.enrollments.selectors import course_access  # noqa: PLC0415

        register_access_provider(course_access)
