"""The floor: the least that answers the same bytes. FastAPI routes, asyncpg, orjson and hand-written SQL.

No authentication, no policies, no validation, no logging: a header names tenant and user. Row-level security
holds here too; each tenant has a pool whose connections are told its id once. Connections are not reset
between requests, statements are prepared once.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import asyncpg
import orjson
from fastapi import FastAPI, Request, Response

from bench import floor_exams
from bench import floor_sql as sql

CONNECTIONS = 8
TENANTS = "BENCH_TENANTS"
PAGE = 20
pools: dict[str, Any] = {}


class PlainConnection(asyncpg.Connection):  # type: ignore[misc]  # untyped as well
    """One without the round trip that cleans up when a connection goes back to its pool."""

    def get_reset_query(self) -> str:
        return ""


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    for tenant in os.environ[TENANTS].split(","):
        pools[tenant] = await asyncpg.create_pool(
            os.environ["DATABASE_URL"],
            min_size=CONNECTIONS,
            max_size=CONNECTIONS,
            connection_class=PlainConnection,
            server_settings={"app.tenant_id": tenant},
        )
    yield
    for pool in pools.values():
        await pool.close()


app = FastAPI(lifespan=lifespan, openapi_url=None)


def _json(content: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(content, option=orjson.OPT_UTC_Z), status, media_type="application/json")


def _page(request: Request, count: int, rows: list[dict[str, Any]]) -> Response:
    following = None
    if count > PAGE:
        query = "&".join(["page=2", *([request.url.query] if request.url.query else [])])
        following = f"http://{request.headers['host']}{request.url.path}?{query}"
    return _json({"count": count, "next": following, "previous": None, "results": rows})


@app.get("/health")
async def health() -> Response:
    return Response("ok")


@app.get("/api/courses/")
async def courses(request: Request, status: str) -> Response:
    tenant = request.headers["x-tenant"]
    found = await pools[tenant].fetch(sql.COURSES, tenant, status)
    rows = []
    for record in found:
        row = dict(record)
        row["instructors"] = orjson.Fragment(row["instructors"])
        del row["total"]
        rows.append(row)
    return _page(request, found[0]["total"], rows)


@app.get("/api/courses/{course}/modules/")
async def modules(request: Request, course: str) -> Response:
    tenant = request.headers["x-tenant"]
    async with pools[tenant].acquire() as connection:
        found = await connection.fetch(sql.MODULES, tenant, course)
        items = await connection.fetch(sql.ITEMS, tenant, course, request.headers["x-user"])
    rows = {
        record["id"]: {
            **record,
            "prerequisites": orjson.Fragment(record["prerequisites"] or b"[]"),
            "is_locked": False,
            "lock_reason": None,
            "items": [],
        }
        for record in found
    }
    for item in items:
        rows[item["module"]]["items"].append(_item(item))
    return _page(request, len(rows), list(rows.values()))


def _item(record: Any) -> dict[str, Any]:
    progress = None
    if record["progress_status"] is not None:
        progress = {
            "status": record["progress_status"],
            "percentage": record["percentage"],
            "position_seconds": record["position_seconds"],
            "completed_at": record["completed_at"],
        }
    return {
        "id": record["id"],
        "module": record["module"],
        "parent": record["parent"],
        "title": record["title"],
        "content_type": record["content_type"],
        "order": record["order"],
        "is_required": record["is_required"],
        "is_free_preview": record["is_free_preview"],
        "is_published": record["is_published"],
        "duration_minutes": record["duration_minutes"],
        "version": record["version"],
        "is_locked": False,
        "lock_reason": None,
        "text_content": record["text_content"],
        "payload": orjson.Fragment(record["payload"]),
        "file": None if record["file"] is None else orjson.Fragment(record["file"]),
        "progress": progress,
        "children": [],
    }


@app.get("/api/enrollments/my/")
async def enrollments(request: Request) -> Response:
    tenant = request.headers["x-tenant"]
    found = await pools[tenant].fetch(sql.MY_ENROLLMENTS, tenant, request.headers["x-user"])
    return _page(request, found[0]["total"], [_enrollment(record) for record in found])


def _enrollment(record: Any) -> dict[str, Any]:
    resume = None
    if record["resume_item"] is not None:
        resume = {
            "content_item": record["resume_item"],
            "module": record["resume_module"],
            "title": record["resume_title"],
            "content_type": record["resume_type"],
            "position_seconds": record["resume_position"] or 0,
        }
    return {
        "id": record["id"],
        "status": record["status"],
        "source": record["source"],
        "enrolled_at": record["enrolled_at"],
        "last_activity_at": record["last_activity_at"],
        "completed_at": record["completed_at"],
        "expires_at": record["expires_at"],
        "version": record["version"],
        "course": {
            "id": record["course"],
            "title": record["course_title"],
            "slug": record["course_slug"],
            "thumbnail_url": record["thumbnail_url"],
        },
        "progress_percentage": record["progress_percentage"],
        "resume": resume,
    }


@app.post("/api/progress/")
async def progress(request: Request) -> Response:
    tenant = request.headers["x-tenant"]
    report = orjson.loads(await request.body())
    now = datetime.now(UTC)
    async with pools[tenant].acquire() as connection, connection.transaction():
        row = await connection.fetchrow(
            sql.REPORT, tenant, request.headers["x-user"], report["content_item"], uuid4(), report["status"], now
        )
        standing = await connection.fetchrow(
            sql.RECALCULATE, tenant, row["enrollment_id"], row["course_id"], report["content_item"], now
        )
    return _json(
        {
            "content_item": row["content_item"],
            "status": row["status"],
            "percentage": row["percentage"],
            "position_seconds": row["position_seconds"],
            "time_spent_seconds": row["time_spent_seconds"],
            "attempts": row["attempts"],
            "sequence": row["sequence"],
            "completed_at": row["completed_at"],
            "updated_at": row["updated_at"],
            "enrollment": dict(standing),
        }
    )


@app.patch("/api/attempts/{attempt}/")
async def take(request: Request, attempt: str) -> Response:
    tenant, user = request.headers["x-tenant"], request.headers["x-user"]
    body = orjson.loads(await request.body())
    async with pools[tenant].acquire() as connection, connection.transaction():
        answer = await floor_exams.take(connection, tenant, user, attempt, body, datetime.now(UTC))
    return _json(answer)
