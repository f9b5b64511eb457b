"""What the admin of all these models share."""

from apps.assessments.permissions import READ_ALL, WRITE_ALL
from apps.core.admin import TenantModelAdmin


class AssessmentsAdmin(TenantModelAdmin):
    """What the admin of all these models share."""

    read_permission = READ_ALL
    write_permission = WRITE_ALL
