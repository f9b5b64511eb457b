"""The SQL of `users_accounts_of`, run by the migrations: the accounts that a person who logs in may mean.

Arguments: the address, and the tenant that the request names (NULL for none). It sees across tenants for as
long as it runs, and answers at most two rows: with a tenant, its account before one of the platform's staff;
without, one of the staff before the others.
"""

CREATE_ACCOUNTS_OF = """
CREATE OR REPLACE FUNCTION users_accounts_of(p_email text, p_tenant uuid)
RETURNS TABLE (
    password text, slug text, name text, tenant_status text,
    user_id uuid, user_tenant_id uuid, email text, first_name text, last_name text, roles text[],
    is_platform_staff boolean, status text, language text, time_zone text, version integer
) LANGUAGE plpgsql VOLATILE AS $accounts$
#variable_conflict use_column
DECLARE
    v_platform text := coalesce(current_setting('app.platform', true), '');
BEGIN
    PERFORM set_config('app.platform', 'on', true);
    RETURN QUERY
    SELECT u.password::text, t.slug::text, t.name::text, t.status::text,
           u.id, u.tenant_id, u.email::text, u.first_name::text, u.last_name::text, u.roles::text[],
           u.is_platform_staff, u.status::text, u.language::text, u.time_zone::text, u.version
    FROM users_user u
    LEFT JOIN core_tenant t ON t.id = u.tenant_id
    WHERE lower(u.email) = lower(p_email)
      AND (p_tenant IS NULL OR u.tenant_id = p_tenant OR u.tenant_id IS NULL)
    ORDER BY (u.tenant_id IS NULL) = (p_tenant IS NULL) DESC, u.id
    LIMIT 2;
    PERFORM set_config('app.platform', v_platform, true);
END $accounts$
"""

DROP_ACCOUNTS_OF = "DROP FUNCTION IF EXISTS users_accounts_of(text, uuid)"
