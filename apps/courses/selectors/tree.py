"""A course as its reader may see it: modules, the items in them, and the items nested under those.

One place decides what is open, what is locked and why; the lists and the single items of the API are cut from
the same tree. Three statements, whatever the size: modules, the reader's standing, items.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias
from uuid import UUID

import orjson
from django.db import connection
from django.db.models import F, Func, JSONField, QuerySet

from apps.courses.access import CourseAccess, completed_share, get_course_access
from apps.courses.choices import PrerequisiteKind
from apps.courses.models import Course
from apps.users.models import User

Node: TypeAlias = dict[str, Any]

NOT_ENROLLED: Final = "not_enrolled"
MODULE_LOCKED: Final = "module_locked"

_PREREQUISITES: Final = Func(
    "modules__tenant_id",
    "modules__id",
    template="""(
        SELECT jsonb_agg(jsonb_build_object(
            'id', p.id, 'kind', p.kind, 'minimum_completion', p.minimum_completion,
            'required_module', p.required_module_id
        ) ORDER BY p.created_at, p.id)
        FROM courses_moduleprerequisite p WHERE (p.tenant_id, p.module_id) = (%(expressions)s)
    )""",
    output_field=JSONField(),
)
_ITEMS: Final = """
    SELECT i.id, i.module_id, i.parent_id, i.title, i.content_type, i."order", i.is_required, i.is_free_preview,
        i.is_published, i.duration_minutes, i.version,
        CASE WHEN {open} THEN i.payload ->> 'text_content' END,
        CASE WHEN {open} THEN (i.payload - 'text_content')::text END,
        CASE WHEN {open} AND i.file_id IS NOT NULL THEN (
            SELECT json_build_object(
                'id', f.id, 'name', f.name, 'media_type', f.media_type, 'size_bytes', f.size_bytes,
                'download_url', '/api/files/' || f.id || '/download/'
            )::text FROM files_file f WHERE f.tenant_id = i.tenant_id AND f.id = i.file_id
        ) END
    FROM courses_contentitem i
    WHERE i.tenant_id = %(tenant)s AND i.course_id = %(course)s {shown}
    ORDER BY i."order", i.id
"""


@dataclass(frozen=True, slots=True)
class CourseTree:
    """The modules of a course in order, and every item of them by id."""

    course_id: UUID
    modules: list[Node]
    items: Mapping[UUID, Node]

    def module(self, module_id: UUID) -> Node | None:
        """Return one module; None when the reader may not know of it."""
        return next((module for module in self.modules if module["id"] == module_id), None)


def course_tree(
    courses: QuerySet[Course], reader: User, *, reads_all: bool, payload_of: UUID | None = None
) -> CourseTree | None:
    """Return the one course of `courses` as `reader` may see it; None when there is none.

    Args:
        courses: what the reader may know of, narrowed to one; with `is_taught` where the reader is an author.
        reader: for whom.
        reads_all: whether the reader sees all courses of the school from inside.
        payload_of: leave out the payloads of all items but this one.
    """
    rows = _modules(courses)
    if not rows:
        return None
    head = rows[0]
    from_inside = reads_all or bool(head.get("is_taught"))
    access = get_course_access(reader, head["id"])
    modules = [_module(row) for row in rows if row["modules__id"] and (from_inside or row["modules__is_published"])]
    is_open = from_inside or access.is_enrolled
    items = _items(head, shown_all=from_inside, payloads="all" if is_open else "previews", payload_of=payload_of)
    nodes = {row[0]: _item(row, access, is_open=is_open) for row in items}
    reached = _nest(modules, nodes)
    if not from_inside:
        _lock(modules, access)
    return CourseTree(course_id=head["id"], modules=modules, items=reached)


def _modules(courses: QuerySet[Course]) -> list[Node]:
    """Fetch the course and its modules, prerequisites included: one row per module, or one without any."""
    names = [
        "id", "tenant_id", "modules__id", "modules__title", "modules__description", "modules__order",
        "modules__is_published", "modules__version",
    ]  # fmt: skip
    if "is_taught" in courses.query.annotations:
        names.append("is_taught")
    rows = courses.order_by(F("modules__order").asc(), F("modules__id").asc())
    return list(rows.values(*names, prerequisites_json=_PREREQUISITES))


def _module(row: Node) -> Node:
    return {
        "id": row["modules__id"],
        "course": row["id"],
        "title": row["modules__title"],
        "description": row["modules__description"],
        "order": row["modules__order"],
        "is_published": row["modules__is_published"],
        "version": row["modules__version"],
        "prerequisites": row["prerequisites_json"] or [],
        "is_locked": False,
        "lock_reason": None,
        "items": [],
    }


def _items(head: Node, *, shown_all: bool, payloads: str, payload_of: UUID | None) -> list[tuple[Any, ...]]:
    is_open = "TRUE" if payloads == "all" else "i.is_free_preview"
    if payload_of is not None:
        is_open += " AND i.id = %(payload_of)s"
    sql = _ITEMS.format(open=is_open, shown="" if shown_all else "AND i.is_published")
    with connection.cursor() as cursor:
        cursor.execute(sql, {"tenant": head["tenant_id"], "course": head["id"], "payload_of": payload_of})
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _item(row: tuple[Any, ...], access: CourseAccess, *, is_open: bool) -> Node:
    is_locked = not (is_open or row[7])
    return {
        "id": row[0],
        "module": row[1],
        "parent": row[2],
        "title": row[3],
        "content_type": row[4],
        "order": row[5],
        "is_required": row[6],
        "is_free_preview": row[7],
        "is_published": row[8],
        "duration_minutes": row[9],
        "version": row[10],
        "is_locked": is_locked,
        "lock_reason": NOT_ENROLLED if is_locked else None,
        "text_content": row[11],
        # As PostgreSQL wrote it: parsing what is only sent on would be the dearest part of the request.
        "payload": None if row[12] is None else orjson.Fragment(row[12]),
        "file": None if row[13] is None else orjson.Fragment(row[13]),
        "progress": access.progress.get(row[0]),
        "children": [],
    }


def _nest(modules: list[Node], nodes: Mapping[UUID, Node]) -> dict[UUID, Node]:
    """Hang each item under its parent or module; return those that can be reached from a shown module."""
    by_id = {module["id"]: module for module in modules}
    for node in nodes.values():
        if node["parent"] is None:
            if (module := by_id.get(node["module"])) is not None:
                module["items"].append(node)
        elif (parent := nodes.get(node["parent"])) is not None:
            parent["children"].append(node)
    return {node["id"]: node for module in modules for node in _walk(module["items"])}


def _walk(nodes: list[Node]) -> Iterator[Node]:
    for node in nodes:
        yield node
        yield from _walk(node["children"])


def _lock(modules: list[Node], access: CourseAccess) -> None:
    """Close the modules whose required modules the reader has not completed far enough."""
    by_id = {module["id"]: module for module in modules}
    for module in modules:
        missing = [
            reason
            for prerequisite in module["prerequisites"]
            if (reason := _missing(prerequisite, by_id.get(UUID(prerequisite["required_module"])), access))
        ]
        if missing:
            module["is_locked"] = True
            module["lock_reason"] = " ".join(missing)
            for node in _walk(module["items"]):
                node.update(is_locked=True, lock_reason=MODULE_LOCKED, text_content=None, payload=None, file=None)


def _missing(prerequisite: Node, required: Node | None, access: CourseAccess) -> str | None:
    """Say what is missing; a recommendation or a module that learners cannot see is never missed."""
    if prerequisite["kind"] != PrerequisiteKind.REQUIRED or required is None:
        return None
    wanted = prerequisite["minimum_completion"]
    done = _completion(required, access)
    if done >= wanted:
        return None
    return f"Complete “{required['title']}” first: {done} % of the {wanted} % that are needed."


def _completion(module: Node, access: CourseAccess) -> int:
    """Return the completed share of the module's required items, in whole per cent, rounded down."""
    return completed_share([node["id"] for node in _walk(module["items"]) if node["is_required"]], access)
