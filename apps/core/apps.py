from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.module_loading import autodiscover_modules


class CoreConfig(AppConfig):
    name = "apps.core"
    label = "core"
    verbose_name = "Platform"

    def ready(self) -> None:
        from apps.core import checks  # noqa: F401, PLC0415  registers the system checks
        from apps.core.tenancy.locks import apply_locks_after_migrate  # noqa: PLC0415  needs models
        from apps.core.trash import checks as trash_checks  # noqa: F401, PLC0415  registers the system checks

        post_migrate.connect(apply_locks_after_migrate, sender=self)
        autodiscover_modules("setting_definitions", "handlers", "jobs")
