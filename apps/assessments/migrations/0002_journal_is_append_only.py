"""No role changes an entry of a journal, and none goes but with its attempt."""

from typing import ClassVar

from django.db import migrations

# The check of a deletion waits for the end of the transaction, when the attempt, too, has gone or has not. It looks
# for the attempt as the entry's own school, whatever scope is open by then.
GUARD = """
CREATE FUNCTION assessments_journal_stays() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    scope text := current_setting('app.tenant_id', true);
    is_kept boolean;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        RAISE EXCEPTION 'An entry of the journal is never changed.' USING ERRCODE = 'restrict_violation';
    END IF;
    PERFORM set_config('app.tenant_id', OLD.tenant_id::text, true);
    SELECT EXISTS (
        SELECT 1 FROM assessments_attempt WHERE tenant_id = OLD.tenant_id AND id = OLD.attempt_id
    ) INTO is_kept;
    PERFORM set_config('app.tenant_id', coalesce(scope, ''), true);
    IF is_kept THEN
        RAISE EXCEPTION 'An entry of the journal goes only with its attempt.' USING ERRCODE = 'restrict_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER assessments_journal_is_not_changed BEFORE UPDATE ON assessments_journalentry
    FOR EACH ROW EXECUTE FUNCTION assessments_journal_stays();
CREATE CONSTRAINT TRIGGER assessments_journal_is_not_cut AFTER DELETE ON assessments_journalentry
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION assessments_journal_stays();
"""
UNGUARD = """
DROP TRIGGER assessments_journal_is_not_cut ON assessments_journalentry;
DROP TRIGGER assessments_journal_is_not_changed ON assessments_journalentry;
DROP FUNCTION assessments_journal_stays();
"""


class Migration(migrations.Migration):
    dependencies: ClassVar = [("assessments", "0001_initial")]

    operations: ClassVar = [migrations.RunSQL(GUARD, UNGUARD)]
