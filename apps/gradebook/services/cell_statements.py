"""The SQL of what people change in cells: each text is one statement, with the tenant in every condition."""

from typing import Final

_WANTED: Final = """
SELECT grade.* FROM unnest(%(items)s::uuid[], %(users)s::uuid[]) AS wanted(item_id, user_id)
JOIN gradebook_grade grade ON grade.tenant_id = %(tenant)s::uuid
    AND grade.item_id = wanted.item_id AND grade.user_id = wanted.user_id
"""
READ_CELLS: Final = _WANTED
# In the order in which everybody locks several cells.
LOCK_CELLS: Final = f"{_WANTED} ORDER BY grade.item_id, grade.user_id FOR UPDATE OF grade"

# An assessment may have filled a cell that was not there to be locked: that one is left alone and not returned.
WRITE_CELLS: Final = """
INSERT INTO gradebook_grade AS grade
    (id, tenant_id, item_id, user_id, override, is_excused, late_penalty_percentage, feedback, graded_by_id, graded_at,
    version)
SELECT given.id, %(tenant)s::uuid, given.item_id, given.user_id, given.override, given.is_excused, 0, given.feedback,
    given.graded_by_id, given.graded_at, given.version
FROM unnest(%(ids)s::uuid[], %(items)s::uuid[], %(users)s::uuid[], %(overrides)s::numeric[], %(excused)s::bool[],
    %(feedbacks)s::text[], %(graders)s::uuid[], %(moments)s::timestamptz[], %(versions)s::int[])
    AS given(id, item_id, user_id, override, is_excused, feedback, graded_by_id, graded_at, version)
ON CONFLICT (tenant_id, item_id, user_id) DO UPDATE SET
    override = excluded.override, is_excused = excluded.is_excused, feedback = excluded.feedback,
    graded_by_id = excluded.graded_by_id, graded_at = excluded.graded_at, version = excluded.version
WHERE grade.version = excluded.version - 1
RETURNING grade.item_id, grade.user_id
"""
