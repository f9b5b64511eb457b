"""The SQL of `users_enter`, run by the migrations; see `entry` for what it is for.

Arguments: tenant, session and account of the token (all NULL without one), slug and domain by which the
request names a tenant, and whether the scope lasts for the transaction only.
Answers no row when the token's session, account or tenant is not there, or the hint names no tenant.
The scope that it leaves behind: the tenant, where there is one; the platform, for its staff outside of
any tenant; otherwise none. The trash is hidden, whatever the connection saw before.
"""

CREATE_ENTER = """
CREATE OR REPLACE FUNCTION users_enter(
    p_tenant uuid, p_session uuid, p_user uuid, p_slug text, p_domain text, p_local boolean
) RETURNS TABLE (
    hint_agrees boolean, tenant_id uuid, slug text, name text, tenant_status text,
    user_id uuid, user_tenant_id uuid, email text, first_name text, last_name text, roles text[],
    is_platform_staff boolean, status text, language text, time_zone text, version integer
) LANGUAGE plpgsql VOLATILE AS $enter$
#variable_conflict use_column
DECLARE
    v_tenant uuid;
BEGIN
    IF p_tenant IS NOT NULL THEN
        PERFORM set_config('app.tenant_id', p_tenant::text, p_local), set_config('app.platform', '', p_local),
                set_config('app.trash', '', p_local);
        RETURN QUERY
            SELECT (p_slug IS NULL OR p_slug = t.slug)
                   AND (p_domain IS NULL OR EXISTS (
                        SELECT 1 FROM core_tenantdomain d
                        WHERE d.tenant_id = t.id AND d.domain = p_domain AND d.verified_at IS NOT NULL)),
                   t.id, t.slug::text, t.name::text, t.status::text,
                   u.id, u.tenant_id, u.email::text, u.first_name::text, u.last_name::text, u.roles::text[],
                   u.is_platform_staff, u.status::text, u.language::text, u.time_zone::text, u.version
            FROM users_session s
            JOIN users_user u ON u.tenant_id = p_tenant AND u.id = s.user_id
            JOIN core_tenant t ON t.id = p_tenant
            WHERE s.tenant_id = p_tenant AND s.id = p_session AND s.user_id = p_user
              AND s.revoked_at IS NULL AND s.expires_at > now();
        RETURN;
    END IF;

    PERFORM set_config('app.tenant_id', '', p_local), set_config('app.platform', 'on', p_local),
            set_config('app.trash', '', p_local);
    SELECT t.id INTO v_tenant FROM core_tenant t WHERE p_slug IS NOT NULL AND t.slug = p_slug;
    IF p_domain IS NOT NULL THEN
        SELECT d.tenant_id INTO v_tenant FROM core_tenantdomain d
        WHERE d.domain = p_domain AND d.verified_at IS NOT NULL AND (p_slug IS NULL OR d.tenant_id = v_tenant);
    END IF;
    IF p_session IS NULL THEN
        RETURN QUERY
            SELECT true, t.id, t.slug::text, t.name::text, t.status::text,
                   NULL::uuid, NULL::uuid, NULL, NULL, NULL, NULL::text[],
                   NULL::boolean, NULL, NULL, NULL, NULL::integer
            FROM core_tenant t WHERE t.id = v_tenant;
    ELSE
        RETURN QUERY
            SELECT (p_slug IS NULL AND p_domain IS NULL) OR v_tenant IS NOT NULL,
                   t.id, t.slug::text, t.name::text, t.status::text,
                   u.id, u.tenant_id, u.email::text, u.first_name::text, u.last_name::text, u.roles::text[],
                   u.is_platform_staff, u.status::text, u.language::text, u.time_zone::text, u.version
            FROM users_session s
            JOIN users_user u ON u.id = s.user_id AND u.tenant_id IS NULL AND u.is_platform_staff
            LEFT JOIN core_tenant t ON t.id = v_tenant
            WHERE s.tenant_id IS NULL AND s.id = p_session AND s.user_id = p_user
              AND s.revoked_at IS NULL AND s.expires_at > now();
    END IF;
    IF NOT FOUND THEN
        PERFORM set_config('app.tenant_id', '', p_local), set_config('app.platform', '', p_local);
    ELSIF v_tenant IS NOT NULL THEN
        PERFORM set_config('app.tenant_id', v_tenant::text, p_local), set_config('app.platform', '', p_local);
    END IF;
END $enter$
"""

DROP_ENTER = "DROP FUNCTION IF EXISTS users_enter(uuid, uuid, uuid, text, text, boolean)"
