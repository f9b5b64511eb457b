"""Background jobs: to look at, to stop and to try again."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from apps.core.admin.base import TenantModelAdmin
from apps.core.jobs import cancel_job, retry_job
from apps.core.models import Job, JobRow


@admin.register(Job)
class JobAdmin(TenantModelAdmin):
    """What runs in the background, and how it went."""

    read_permission = "jobs:read"
    write_permission = "jobs:write"
    list_display = ("kind", "state", "done", "total", "attempts", "created_by_id", "created_at", "finished_at")
    list_filter = ("state", "kind")
    search_fields = ("request_id",)
    fields = (
        "kind", "state", "done", "total", "rows_done", "rows_unchanged", "rows_failed", "error_code", "error_detail",
        "attempts", "created_by_id", "subject_id", "request_id", "result_name", "result_size", "created_at",
        "started_at", "heartbeat_at", "cancel_requested_at", "finished_at", "expires_at",
    )  # fmt: skip
    ordering = ("-created_at", "-id")
    actions = ("cancel", "retry")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Leave out what the page does not show: parameters may be large."""
        return super().get_queryset(request).defer("parameters", "result")

    @admin.action(description="Cancel", permissions=["write"])
    def cancel(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Stop the chosen jobs: all of them, or none when one has ended."""
        jobs = [cancel_job(job=job, by=self.actor(request)) for job in queryset.order_by("created_at", "id")]
        self.message_user(request, f"{len(jobs)} jobs were cancelled, or stop soon.")

    @admin.action(description="Try again", permissions=["write"])
    def retry(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """Put the chosen jobs back in the queue: all of them, or none when one has not failed."""
        jobs = [retry_job(job=job, by=self.actor(request)) for job in queryset.order_by("created_at", "id")]
        self.message_user(request, f"{len(jobs)} jobs are being tried again.")


@admin.register(JobRow)
class JobRowAdmin(TenantModelAdmin):
    """What jobs did with the rows of their input; to look at only."""

    read_permission = "jobs:read"
    list_display = ("job", "index", "state", "code", "field")
    list_filter = ("state",)
    fields = ("job", "index", "state", "code", "field", "detail")
    ordering = ("job", "index", "id")
    list_select_related = ("job",)
