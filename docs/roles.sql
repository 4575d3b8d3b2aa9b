-- The role that the product runs as on PostgreSQL: it may read and write, and neither change nor delete evidence.
-- Run as the owner of the database, once it is migrated and after each later migration:
--     psql -d NAME -f docs/roles.sql
-- then let a login of the product be a member (GRANT sjt_app TO login) or set the role in its address
-- (options "-c role=sjt_app"). The triggers refuse the same; the privileges also refuse TRUNCATE and the
-- disabling of a trigger, which only the owner of a table may do.

DO $$ BEGIN
    IF NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'sjt_app') THEN
        CREATE ROLE sjt_app NOLOGIN;
    END IF;
END $$;

GRANT USAGE ON SCHEMA public TO sjt_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO sjt_app;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO sjt_app;
REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM sjt_app;

-- Every table with a trigger that always refuses: 8 is the bit of DELETE, 16 that of UPDATE (pg_trigger.tgtype).
DO $$ DECLARE kept record; BEGIN
    FOR kept IN
        SELECT tgrelid::regclass AS name, (tgtype & 8) > 0 AS deletes
        FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
        WHERE proname = 'refuse_change' AND tgqual IS NULL
    LOOP
        EXECUTE 'REVOKE ' || CASE WHEN kept.deletes THEN 'DELETE' ELSE 'UPDATE' END || ' ON ' || kept.name || ' FROM sjt_app';
    END LOOP;
END $$;
