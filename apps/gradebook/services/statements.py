"""The SQL of cells: each text is one statement, with the tenant in every condition."""

from typing import Final

# What other cells of the item are written under goes on; a change of the item itself waits, and is waited for.
HOLD_ITEM: Final = """
SELECT id, course_id, max_points FROM gradebook_gradeitem
WHERE tenant_id = %(tenant)s::uuid AND assessment_id = %(assessment)s::uuid
FOR SHARE
"""

# Empty cells for those who have a graded attempt and no cell yet.
ADD_CELLS: Final = """
INSERT INTO gradebook_grade
    (id, tenant_id, item_id, user_id, is_excused, late_penalty_percentage, feedback, graded_at, version)
SELECT new.id, %(tenant)s::uuid, %(item)s::uuid, new.user_id, false, 0, '', now(), 1
FROM unnest(%(ids)s::uuid[], %(users)s::uuid[]) AS new(id, user_id)
WHERE EXISTS (
    SELECT FROM assessments_attempt attempt
    WHERE attempt.tenant_id = %(tenant)s::uuid AND attempt.assessment_id = %(assessment)s::uuid
        AND attempt.user_id = new.user_id AND attempt.status = 'graded'
)
ON CONFLICT DO NOTHING
"""

# The cells that differ, and the history of those where another score stands now.
WRITE_CELLS: Final = """
WITH given AS (
    SELECT * FROM unnest(%(ids)s::uuid[], %(scores)s::numeric[], %(attempts)s::uuid[], %(penalties)s::numeric[],
        %(moments)s::timestamptz[]) AS given(id, score, attempt_id, penalty, graded_at)
), noted AS (
    INSERT INTO gradebook_gradebookchange
        (id, tenant_id, course_id, item_id, user_id, kind, from_score, to_score, reason, occurred_at)
    SELECT change.id, %(tenant)s::uuid, %(course)s::uuid, %(item)s::uuid, change.user_id, 'attempt',
        change.from_score, change.to_score, '', clock_timestamp()
    FROM unnest(%(changes)s::uuid[], %(users)s::uuid[], %(from_scores)s::numeric[], %(to_scores)s::numeric[])
        AS change(id, user_id, from_score, to_score)
)
UPDATE gradebook_grade grade SET
    score = given.score, attempt_id = given.attempt_id, late_penalty_percentage = given.penalty,
    graded_at = CASE WHEN grade.override IS NULL AND NOT grade.is_excused THEN given.graded_at ELSE grade.graded_at END,
    graded_by_id = CASE WHEN grade.override IS NULL AND NOT grade.is_excused THEN NULL ELSE grade.graded_by_id END,
    version = grade.version + 1
FROM given WHERE grade.tenant_id = %(tenant)s::uuid AND grade.id = given.id
"""
