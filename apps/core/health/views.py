"""Probes: is the process alive, and can it serve? Neither says where anything is."""

from http import HTTPStatus

import psutil
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe

from apps.core.health.checks import configured_checks, run_checks

_process = psutil.Process()


@require_safe
def live(request: HttpRequest) -> HttpResponse:
    """`/health`: the process answers; nothing else is asked."""
    del request
    return JsonResponse({"status": "ok"})


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """`/ready`: everything that this installation is set up with answers; 503 when one thing does not."""
    del request
    findings = run_checks(configured_checks())
    is_ready = all(finding.is_up for finding in findings.values())
    body = {
        "status": "ok" if is_ready else "unavailable",
        "checks": {
            name: {"status": "up" if finding.is_up else "down", "latency_ms": finding.latency_ms}
            for name, finding in findings.items()
        },
        "process": {
            "cpu_percent": _process.cpu_percent(),  # since the last probe
            "memory_bytes": _process.memory_info().rss,
        },
    }
    return JsonResponse(body, status=HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE)
