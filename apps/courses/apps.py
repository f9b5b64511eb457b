from django.apps import AppConfig


class CoursesConfig(AppConfig):
    name = "apps.courses"
    label = "courses"

    def ready(self) -> None:
        from apps.courses.file_uses import CourseFiles  # noqa: PLC0415  needs models
        from apps.files.uses import register_use_provider  # noqa: PLC0415

        register_use_provider(CourseFiles())
