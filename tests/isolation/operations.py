"""Every operation of the API, from its own schema, and how to aim it at somebody's rows."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from drf_spectacular.generators import SchemaGenerator

UUID_PATTERN = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
PARAMETER = re.compile(r"\{(\w+)\}")

# The collection in front of a path parameter → the name of the row that fills it.
ROW_OF_COLLECTION = {
    "tenants": "tenant",
    "domains": "domain",
    "users": "user",
    "invitations": "invitation",
    "groups": "group",
    "members": "user",
    "sessions": "session",
    "courses": "course",
    "instructors": "user",
    "modules": "module",
    "content": "content_item",
    "enrollments": "enrollment",
    "assessments": "assessment",
    "assessment-items": "assessment_item",
    "questions": "question",
    "question-categories": "question_category",
    "rubrics": "rubric",
    "accommodations": "accommodation",
    "attempts": "attempt",
    "grade-categories": "grade_category",
    "grade-items": "grade_item",
    "grade-scales": "grade_scale",
    "grades": "user",
    "final-grades": "user",
    "certificates": "certificate",
    "templates": "template",
    "verify": "certificate_number",
    "files": "file",
    "folders": "folder",
    "uploads": "upload",
    "versions": "version_number",
    "trash": "trash_entry",
    "jobs": "job",
    "images": "picture_token",
    "avatars": "avatar_token",
}

# The field of a body, or the parameter of a query → the name of the row that it refers to.
ROW_OF_FIELD = {
    "course": "course",
    "required_course": "course",
    "user": "user",
    "users": "user",
    "user_ids": "user",
    "instructor": "user",
    "group": "group",
    "module": "module",
    "required_module": "module",
    "parent": "content_item",
    "content_item": "content_item",
    "enrollment": "enrollment",
    "assessment": "assessment",
    "question": "question",
    "category": "question_category",
    "draw_category": "question_category",
    "rubric": "rubric",
    "attempt": "attempt",
    "item": "grade_item",
    "scale": "grade_scale",
    "template": "template",
    "tenant": "tenant_slug",
    "file": "file",
    "replaces": "file",
    "thumbnail_file": "file",
    "folder": "folder",
    "owner": "user",
    "uploaded_by": "user",
}

# Where the same field refers to something else: the beginning of the path → the names of the rows.
ROW_OF_FIELD_BELOW = {
    "/api/files/folders/": {"parent": "folder"},
    "/api/courses/{course_id}/grade": {"category": "grade_category", "ids": "grade_item"},
    "/api/grade-items/": {"category": "grade_category"},
}

Rows = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path, with an example of its body; a form has the names of its fields, one of them `file`."""

    method: str
    path: str
    query: tuple[str, ...]
    body: Any
    is_form: bool = False

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_write(self) -> bool:
        return self.method != "GET"

    def url(self, rows: Rows) -> str:
        """Fill the path with ids of `rows`."""
        url = self.path
        for name in PARAMETER.findall(self.path):
            before = url.split(f"{{{name}}}")[0].rstrip("/").rsplit("/", 1)[-1]
            kind = "prerequisite_of_" + url.split("/")[2] if before == "prerequisites" else ROW_OF_COLLECTION[before]
            url = url.replace(f"{{{name}}}", rows[kind], 1)
        return url

    def body_about(self, rows: Rows) -> Any:
        """Return the example body with every reference pointing at `rows`."""
        if self.is_form:
            return {name: rows[kind] for name, kind in self.row_of_field.items() if name in self.body}
        return _aim(self.body, rows, self.row_of_field, field="")

    def query_about(self, rows: Rows) -> dict[str, str]:
        """Return the query parameters that refer to rows, pointing at `rows`."""
        kinds = self.row_of_field
        return {name: rows[kinds[name]] for name in self.query if name in kinds}

    @property
    def row_of_field(self) -> Mapping[str, str]:
        """The field of a body or query → the name of the row that it refers to, in this operation."""
        other = next((kinds for path, kinds in ROW_OF_FIELD_BELOW.items() if self.path.startswith(path)), {})
        kinds = {**ROW_OF_FIELD, **other}
        return {name: kind for name, kind in kinds.items() if not (self.is_form and name == "file")}


def _aim(value: Any, rows: Rows, kinds: Mapping[str, str], field: str) -> Any:
    if isinstance(value, dict):
        return {key: _aim(entry, rows, kinds, key) for key, entry in value.items()}
    if isinstance(value, list):
        return [_aim(entry, rows, kinds, field) for entry in value]
    if isinstance(value, str) and UUID_PATTERN.fullmatch(value):
        return rows.get(kinds.get(field, ""), value)
    return rows[kinds[field]] if field in kinds and value is not None else value


def operations() -> Iterator[Operation]:
    """Yield every operation of the installed API."""
    schema = SchemaGenerator().get_schema(public=True)
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            if method in {"get", "post", "put", "patch", "delete"}:
                query = tuple(p["name"] for p in operation.get("parameters", ()) if p["in"] == "query")
                form = _form_of(operation, schema)
                yield Operation(method.upper(), path, query, form or _example_of(operation), is_form=form is not None)


def _form_of(operation: Mapping[str, Any], schema: Mapping[str, Any]) -> list[str] | None:
    """Return the names of the form's fields; None where the body is no form with a file."""
    content = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" not in content or "application/json" in content:
        return None
    form = content["multipart/form-data"]["schema"]
    if "$ref" in form:
        form = schema["components"]["schemas"][form["$ref"].rsplit("/", 1)[-1]]
    return list(form["properties"])


def _example_of(operation: Mapping[str, Any]) -> Any:
    content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    examples = list(content.get("examples", {}).values())
    return examples[0]["value"] if examples else {}
