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
        p.status AS progress_status, p.percentage, p.position_seconds, p.completed_at
    FROM courses_contentitem i
    JOIN enrollments_enrollment e
        ON e.tenant_id = $1 AND e.course_id = $2 AND e.user_id = $3 AND e.status IN ('active', 'completed')
    LEFT JOIN enrollments_contentprogress p
        ON p.tenant_id = $1 AND p.enrollment_id = e.id AND p.content_item_id = i.id
    WHERE i.tenant_id = $1 AND i.course_id = $2 AND i.is_published
    ORDER BY i."order", i.id
"""
