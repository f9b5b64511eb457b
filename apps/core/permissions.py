"""Who may do what to the platform's own resources."""

from typing import Any

from django.db.models import QuerySet

from apps.core.policies import M, Policy, anyone, authenticated, has, on_object, platform_staff

deleted_it = authenticated & on_object(lambda actor, entry: entry.deleted_by_id == actor.id)
sees_all_trash = has("trash:read") | has("trash:write")
started_it = authenticated & on_object(lambda actor, job: job.created_by_id == actor.id)
sees_all_jobs = has("jobs:read") | has("jobs:write")


class TenantPolicy(Policy):
    """Tenants are the business of the platform's staff; everybody may see whose login page this is."""

    rules = {
        "current": anyone,
        "list": platform_staff,
        "retrieve": platform_staff,
        "create": platform_staff,
        "update": platform_staff,
        "partial_update": platform_staff,
        "suspend": platform_staff,
        "activate": platform_staff,
        "make_read_only": platform_staff,
        "archive": platform_staff,
    }


class DomainPolicy(Policy):
    """Domains are added and confirmed by the platform's staff."""

    rules = {
        "list": platform_staff,
        "retrieve": platform_staff,
        "create": platform_staff,
        "destroy": platform_staff,
        "verify": platform_staff,
        "make_primary": platform_staff,
    }


class SettingsPolicy(Policy):
    """Settings are read and chosen by those whose roles say so, in their own school."""

    rules = {
        "retrieve": has("settings:read"),
        "partial_update": has("settings:write"),
    }


class TrashPolicy(Policy):
    """Everybody finds what they deleted; who may read or write the trash finds all of it."""

    rules = {
        "list": authenticated,
        "retrieve": authenticated,
        "restore": deleted_it | has("trash:write"),
        "destroy": deleted_it | has("trash:write"),
    }

    @classmethod
    def visible(cls, actor: Any, queryset: QuerySet[M, Any]) -> QuerySet[M, Any]:
        return queryset if sees_all_trash(actor) else queryset.filter(deleted_by_id=actor.id)


class JobPolicy(Policy):
    """Everybody finds the jobs that they started; who may read or write jobs finds all of them.

    Beside that each kind of job is asked: see `apps.core.jobs.selectors`.
    """

    rules = {
        "list": authenticated,
        "retrieve": authenticated,
        "download": authenticated,
        "cancel": started_it | has("jobs:write"),
        "retry": started_it | has("jobs:write"),
    }

    @classmethod
    def visible(cls, actor: Any, queryset: QuerySet[M, Any]) -> QuerySet[M, Any]:
        return queryset if sees_all_jobs(actor) else queryset.filter(created_by_id=actor.id)
