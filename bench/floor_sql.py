"""The statements of the floor. Ids come as text: that is how they leave."""

COURSES = """
    SELECT c.id::text, c.title, c.slug, c.description, c.category, c.tags, c.difficulty_level, c.status, c.language,
        c.duration_minutes, c.price_amount, c.price_currency, c.seat_limit, c.seats_taken, c.self_enrollment,
        c.thumbnail_url, c.module_count, c.item_count, c.published_at, c.created_at, c.updated_at,
        (SELECT coalesce(jsonb_agg(jsonb_build_object('id', u.id, 'name', u.first_name || ' ' || u.last_name)
            ORDER BY l."order", l.id), '[]')
         FROM courses_courseinstructor l JOIN users_user u ON u.id = l.user_id
         WHERE l.tenant_id = c.tenant_id AND l.course_id = c.id) AS instructors,
        (SELECT count(*) FROM courses_course t WHERE t.tenant_id = $1 AND t.status = $2) AS total
    FROM courses_course c
    WHERE c.tenant_id = $1 AND c.status = $2
    ORDER BY c.created_at DESC, c.id DESC
    LIMIT 20
"""

MODULES = """
    SELECT m.id::text, m.course_id::text AS course, m.title, m.description, m."order", m.is_published, m.version,
        (SELECT jsonb_agg(jsonb_build_object('id', p.id, 'kind', p.kind, 'minimum_completion', p.minimum_completion,
            'required_module', p.required_module_id) ORDER BY p.created_at, p.id)
         FROM courses_moduleprerequisite p WHERE p.tenant_id = m.tenant_id AND p.module_id = m.id) AS prerequisites
    FROM courses_module m
    WHERE m.tenant_id = $1 AND m.course_id = $2 AND m.is_published
    ORDER BY m."order", m.id
"""

ITEMS = """
    SELECT i.id::text, i.module_id::text AS module, i.parent_id::text AS parent, i.title, i.content_type, i."order",
        i.is_required, i.is_free_preview, i.is_published, i.duration_minutes, i.version,
        i.payload ->> 'text_content' AS text_content, (i.payload - 'text_content')::text AS payload,
        CASE WHEN i.file_id IS NOT NULL THEN (
            SELECT json_build_object('id', f.id, 'name', f.name, 'media_type', f.media_type,
                'size_bytes', f.size_bytes, 'download_url', '/api/files/' || f.id || '/download/')::text
            FROM files_file f WHERE f.tenant_id = i.tenant_id AND f.id = i.file_id
        ) END AS file,
        p.status AS progress_status, p.percentage, p.position_seconds, p.completed_at
    FROM courses_contentitem i
    JOIN enrollments_enrollment e
        ON e.tenant_id = $1 AND e.course_id = $2 AND e.user_id = $3 AND e.status IN ('active', 'completed')
    LEFT JOIN enrollments_contentprogress p
        ON p.tenant_id = $1 AND p.enrollment_id = e.id AND p.content_item_id = i.id
    WHERE i.tenant_id = $1 AND i.course_id = $2 AND i.is_published
    ORDER BY i."order", i.id
"""

MY_ENROLLMENTS = """
    SELECT e.id::text, e.status, e.source, e.enrolled_at, e.last_activity_at, e.completed_at, e.expires_at, e.version,
        c.id::text AS course, c.title AS course_title, c.slug AS course_slug, c.thumbnail_url,
        e.progress_percentage::float8 AS progress_percentage,
        i.id::text AS resume_item, i.module_id::text AS resume_module, i.title AS resume_title,
        i.content_type AS resume_type, p.position_seconds AS resume_position,
        (SELECT count(*) FROM enrollments_enrollment t WHERE t.tenant_id = $1 AND t.user_id = $2) AS total
    FROM enrollments_enrollment e
    JOIN courses_course c ON c.tenant_id = $1 AND c.id = e.course_id
    LEFT JOIN courses_contentitem i ON i.tenant_id = $1 AND i.id = e.resume_item_id
    LEFT JOIN enrollments_contentprogress p
        ON p.tenant_id = $1 AND p.enrollment_id = e.id AND p.content_item_id = e.resume_item_id
    WHERE e.tenant_id = $1 AND e.user_id = $2
    ORDER BY e.enrolled_at DESC, e.id DESC
    LIMIT 20
"""

REPORT = """
    WITH standing AS (
        SELECT e.id, e.course_id
        FROM courses_contentitem i
        JOIN enrollments_enrollment e ON e.tenant_id = $1 AND e.course_id = i.course_id AND e.user_id = $2
        WHERE i.tenant_id = $1 AND i.id = $3 AND i.is_published AND e.status IN ('active', 'completed')
        FOR UPDATE OF e
    ), written AS (
        INSERT INTO enrollments_contentprogress AS row (
            id, tenant_id, enrollment_id, content_item_id, status, percentage, position_seconds, time_spent_seconds,
            attempts, sequence, first_viewed_at, updated_at, completed_at
        )
        SELECT $4, $1, standing.id, $3, $5, 100, 0, 0, 0, 0, $6, $6, $6 FROM standing
        ON CONFLICT (tenant_id, enrollment_id, content_item_id) DO UPDATE SET
            status = excluded.status, percentage = greatest(row.percentage, excluded.percentage),
            updated_at = excluded.updated_at, completed_at = coalesce(row.completed_at, excluded.completed_at)
        RETURNING row.content_item_id::text AS content_item, row.status, row.percentage, row.position_seconds,
            row.time_spent_seconds, row.attempts, row.sequence, row.completed_at, row.updated_at
    )
    SELECT standing.id AS enrollment_id, standing.course_id, written.* FROM standing, written
"""

RECALCULATE = """
    WITH counted AS (
        SELECT count(*) AS total, count(p.id) AS done
        FROM courses_contentitem i
        JOIN courses_module m ON m.tenant_id = $1 AND m.id = i.module_id AND m.is_published
        LEFT JOIN enrollments_contentprogress p
            ON p.tenant_id = $1 AND p.enrollment_id = $2 AND p.content_item_id = i.id AND p.status = 'completed'
        WHERE i.tenant_id = $1 AND i.course_id = $3 AND i.is_published AND i.is_required
    )
    UPDATE enrollments_enrollment e SET
        progress_percentage = round(100.0 * counted.done / counted.total, 2), resume_item_id = $4,
        last_activity_at = $5
    FROM counted
    WHERE e.tenant_id = $1 AND e.id = $2
    RETURNING e.id::text, e.status, e.progress_percentage::float8 AS progress_percentage, e.completed_at
"""
