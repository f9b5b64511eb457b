from django.apps import AppConfig


class AssessmentsConfig(AppConfig):
    name = "apps.assessments"
    label = "assessments"

    def ready(self) -> None:
        from apps.assessments.file_uses import HandedInFiles  # noqa: PLC0415  needs models
        from apps.files.uses import register_use_provider  # noqa: PLC0415

        register_use_provider(HandedInFiles())
