"""Who may do what to the platform's own resources."""

from apps.core.policies import Policy, anyone, has, platform_staff


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
