"""The SQL of progress: each text is one statement, with the tenant in every condition.

What counts and what is open follows `ContentItemQuerySet` of the courses; a test holds the two together.
"""

from typing import Final


def _on_one_line(sql: str) -> str:
    """Spare the spaces: the driver keeps the parsed form of texts up to 4,096 characters only."""
    return " ".join(sql.split())


# Items that learners can see, as `i`: published, as are the module and every parent (depth is at most 3).
_REACHABLE: Final = """
    FROM courses_contentitem i
    JOIN courses_module m ON m.tenant_id = i.tenant_id AND m.id = i.module_id AND m.is_published
"""
# Most items have no parent; asked in this form, those cost no look-up.
_IS_REACHABLE: Final = """
    i.tenant_id = %(tenant)s AND i.is_published AND (i.parent_id IS NULL OR EXISTS (
        SELECT 1 FROM courses_contentitem p1
        WHERE p1.tenant_id = i.tenant_id AND p1.id = i.parent_id AND p1.is_published
        AND (p1.parent_id IS NULL OR EXISTS (
            SELECT 1 FROM courses_contentitem p2
            WHERE p2.tenant_id = p1.tenant_id AND p2.id = p1.parent_id AND p2.is_published
        ))
    ))
"""

# Answers no row where there is no such item; without an enrolment its columns are NULL.
REPORT: Final = _on_one_line(f"""
WITH item AS (
    SELECT i.id, i.course_id, i.module_id {_REACHABLE}
    JOIN courses_course c ON c.tenant_id = i.tenant_id AND c.id = i.course_id AND c.status = 'published'
    WHERE i.id = %(item)s AND {_IS_REACHABLE}
), standing AS (
    SELECT e.id, e.status, e.expires_at <= %(now)s::timestamptz AS is_over
    FROM enrollments_enrollment e
    WHERE e.tenant_id = %(tenant)s AND e.user_id = %(user)s AND e.course_id = (SELECT course_id FROM item)
    FOR UPDATE
), module AS (
    SELECT EXISTS (
        SELECT 1 FROM courses_moduleprerequisite q
        WHERE q.tenant_id = %(tenant)s AND q.kind = 'required' AND q.module_id = (SELECT module_id FROM item)
        AND (
            SELECT 100 * count(p.id) < q.minimum_completion * count(*) {_REACHABLE}
            LEFT JOIN enrollments_contentprogress p
                ON p.tenant_id = i.tenant_id AND p.enrollment_id = (SELECT id FROM standing)
                AND p.content_item_id = i.id AND p.status = 'completed'
            WHERE i.module_id = q.required_module_id AND i.is_required AND {_IS_REACHABLE}
        )
    ) AS is_locked
), written AS (
    INSERT INTO enrollments_contentprogress AS row (
        id, tenant_id, enrollment_id, content_item_id, status, percentage, position_seconds, time_spent_seconds,
        attempts, sequence, first_viewed_at, updated_at, completed_at
    )
    SELECT
        %(id)s, %(tenant)s, standing.id, item.id, %(status)s::text, %(percentage)s::int,
        coalesce(%(position)s::int, 0),
        %(time_spent)s::int, %(attempts)s::int, coalesce(%(sequence)s::bigint, 0), %(now)s::timestamptz,
        %(now)s::timestamptz,
        CASE WHEN %(status)s::text = 'completed' THEN %(now)s::timestamptz END
    FROM item, standing, module
    WHERE standing.status IN ('active', 'completed') AND standing.is_over IS NOT TRUE AND NOT module.is_locked
    ON CONFLICT (tenant_id, enrollment_id, content_item_id) DO UPDATE SET
        status = CASE WHEN 'completed' IN (row.status, excluded.status) THEN 'completed'
                      WHEN 'in_progress' IN (row.status, excluded.status) THEN 'in_progress'
                      ELSE 'not_started' END,
        percentage = greatest(row.percentage, excluded.percentage),
        position_seconds = CASE
            WHEN %(position)s::int IS NULL THEN row.position_seconds
            WHEN %(sequence)s::bigint IS NULL AND row.sequence = 0 THEN excluded.position_seconds
            WHEN excluded.sequence > row.sequence THEN excluded.position_seconds
            WHEN excluded.sequence = row.sequence THEN greatest(row.position_seconds, excluded.position_seconds)
            ELSE row.position_seconds END,
        sequence = CASE WHEN %(position)s::int IS NULL THEN row.sequence
                        ELSE greatest(row.sequence, excluded.sequence) END,
        time_spent_seconds = greatest(row.time_spent_seconds, excluded.time_spent_seconds),
        attempts = greatest(row.attempts, excluded.attempts),
        updated_at = excluded.updated_at,
        completed_at = coalesce(row.completed_at, excluded.completed_at)
    RETURNING row.content_item_id, row.status, row.percentage, row.position_seconds, row.time_spent_seconds,
        row.attempts, row.sequence, row.completed_at, row.updated_at
)
SELECT item.course_id, standing.id, standing.status, standing.is_over, module.is_locked, written.*
FROM item CROSS JOIN module LEFT JOIN standing ON true LEFT JOIN written ON true
""")  # noqa: S608  made of constants

_PERCENTAGE: Final = "CASE WHEN counted.total = 0 THEN 0 ELSE round(100.0 * counted.done / counted.total, 2) END"
_IS_FINISHED: Final = "e.status = 'active' AND counted.total > 0 AND counted.done = counted.total"

# One enrolment, which the transaction has locked: what was achieved at completion never goes down.
RECALCULATE: Final = f"""
WITH counted AS (
    SELECT count(*) AS total, count(p.id) AS done {_REACHABLE}
    LEFT JOIN enrollments_contentprogress p
        ON p.tenant_id = i.tenant_id AND p.enrollment_id = %(enrollment)s
        AND p.content_item_id = i.id AND p.status = 'completed'
    WHERE i.course_id = %(course)s AND i.is_required AND {_IS_REACHABLE}
)
UPDATE enrollments_enrollment e SET
    progress_percentage = CASE WHEN e.status = 'completed' THEN greatest(e.progress_percentage, {_PERCENTAGE})
                               ELSE {_PERCENTAGE} END,
    status = CASE WHEN {_IS_FINISHED} THEN 'completed' ELSE e.status END,
    completed_at = CASE WHEN {_IS_FINISHED} THEN %(now)s::timestamptz ELSE e.completed_at END,
    version = CASE WHEN {_IS_FINISHED} THEN e.version + 1 ELSE e.version END,
    resume_item_id = coalesce(%(item)s::uuid, e.resume_item_id),
    last_activity_at = CASE WHEN %(item)s::uuid IS NULL THEN e.last_activity_at ELSE %(now)s::timestamptz END
FROM counted
WHERE e.tenant_id = %(tenant)s AND e.id = %(enrollment)s
RETURNING e.course_id, e.user_id, e.status, e.progress_percentage, e.completed_at
"""  # noqa: S608  made of constants

# All enrolments of a course, which the transaction has locked; only rows that change are written.
RECALCULATE_COURSE: Final = f"""
WITH required AS (
    SELECT i.id {_REACHABLE} WHERE i.course_id = %(course)s AND i.is_required AND {_IS_REACHABLE}
), counted AS (
    SELECT e.id, (SELECT count(*) FROM required) AS total, count(required.id) AS done
    FROM enrollments_enrollment e
    LEFT JOIN enrollments_contentprogress p
        ON p.tenant_id = e.tenant_id AND p.enrollment_id = e.id AND p.status = 'completed'
    LEFT JOIN required ON required.id = p.content_item_id
    WHERE e.tenant_id = %(tenant)s AND e.course_id = %(course)s AND e.status <> 'completed'
    GROUP BY e.id
)
UPDATE enrollments_enrollment e SET
    progress_percentage = {_PERCENTAGE},
    status = CASE WHEN {_IS_FINISHED} THEN 'completed' ELSE e.status END,
    completed_at = CASE WHEN {_IS_FINISHED} THEN %(now)s::timestamptz ELSE e.completed_at END,
    version = CASE WHEN {_IS_FINISHED} THEN e.version + 1 ELSE e.version END
FROM counted
WHERE e.tenant_id = %(tenant)s AND e.id = counted.id
    AND (e.progress_percentage <> {_PERCENTAGE} OR {_IS_FINISHED})
RETURNING e.id, e.user_id, e.status
"""  # noqa: S608  made of constants
