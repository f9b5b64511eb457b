"""The OpenAPI schema of every operation: what it takes, what it answers, and how it fails."""

from typing import Any, Final, Literal

from drf_spectacular.openapi import AutoSchema as BaseAutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiResponse
from rest_framework import serializers

from apps.core.errors import Conflict, NotFound, PermissionRefused
from apps.core.http.versions import PreconditionFailed

PROBLEM: Final = "application/problem+json"


class FieldErrorSchema(serializers.Serializer[Any]):
    """One field at fault."""

    field = serializers.CharField(help_text="Dotted path into the body; empty for the body as a whole.")
    code = serializers.CharField(help_text="Stable, for programs.")
    detail = serializers.CharField(help_text="For people.")


class ProblemSchema(serializers.Serializer[Any]):
    """RFC 9457 problem document: every failure of the API has this shape."""

    type = serializers.CharField(default="about:blank")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="What happened, why, and what to do next.")
    code = serializers.CharField(help_text="Stable, for programs.")
    errors = serializers.ListField(child=FieldErrorSchema())  # type: ignore[assignment]  # a field, called as the document calls it
    request_id = serializers.CharField(help_text="Quote it to your operator.")


_FAILURES: dict[str, tuple[str, str, str]] = {
    "400": ("The input is not valid.", "invalid", "Some fields are not valid; see `errors` for each of them."),
    "401": ("The access token is missing, expired or revoked.", "not_authenticated", "Log in, or refresh the token."),
    "403": ("The actor may not do this.", "permission_denied", PermissionRefused.default_detail),
    "404": ("There is no such thing, or the actor may not know of it.", "not_found", NotFound.default_detail),
    "409": ("The request does not fit the present state.", "conflict", Conflict.default_detail),
    "412": ("Somebody else changed the resource.", "precondition_failed", PreconditionFailed.default_detail),
    "429": ("Too many requests.", "throttled", "Too many attempts; try again later."),
    "503": (
        "The database does not answer.",
        "database_unavailable",
        "Nothing was changed. Try again soon.",
    ),
}


def failure(status: str) -> OpenApiResponse:
    """Return the documented failure with this HTTP status."""
    description, code, detail = _FAILURES[status]
    example = {
        "type": "about:blank", "title": description, "status": int(status), "detail": detail, "code": code,
        "errors": [], "request_id": "0198c2f4-9a3e-7c11-8f0a-2b6d1c4e5f60",
    }  # fmt: skip
    return OpenApiResponse(ProblemSchema, description, [OpenApiExample(code, value=example)])


def without_alias(endpoints: list[tuple[str, str, str, Any]], **kwargs: Any) -> list[tuple[str, str, str, Any]]:
    """Preprocessing hook: describe each operation once, though it is also mounted under `/api/v1/`."""
    del kwargs
    return [endpoint for endpoint in endpoints if not endpoint[0].startswith("/api/v1/")]


class AutoSchema(BaseAutoSchema):
    """drf-spectacular's, with the failures that every operation shares."""

    def _get_response_bodies(self, direction: Literal["request", "response"] = "response") -> Any:
        bodies = super()._get_response_bodies(direction)
        for status in self._possible_failures():
            if status not in bodies:
                bodies[status] = self._get_response_for_code(failure(status), status)
        return bodies

    def _get_response_for_code(
        self, serializer: Any, status_code: Any, media_types: Any = None, direction: str = "response"
    ) -> Any:
        """Describe one answer; failures are problem documents, those that an operation words itself too."""
        media_types = media_types or ([PROBLEM] if f"{status_code}"[0] in "45" else None)
        return super()._get_response_for_code(serializer, status_code, media_types, direction)  # type: ignore[no-untyped-call]

    def _possible_failures(self) -> list[str]:
        statuses = ["503"]
        if self.method in {"POST", "PUT", "PATCH", "DELETE"}:
            statuses += ["400", "409"]
        if self.get_auth():
            statuses += ["401", "403"]
        if "{" in self.path:
            statuses.append("404")
        if self.method in {"PUT", "PATCH", "DELETE"}:
            statuses.append("412")
        return sorted(statuses)
