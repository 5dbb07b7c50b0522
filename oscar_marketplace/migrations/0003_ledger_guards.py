"""The database itself refuses to change or delete what is in the books, and on PostgreSQL what does not balance.

SQLite drops a table's triggers whenever it rebuilds the table: a later migration that alters one of these tables must
run ``guard`` again. ``manage.py marketplace_ledger verify`` says if one is missing.
"""

from django.db import migrations

TABLES = [
    "oscar_marketplace_ledgeraccount",
    "oscar_marketplace_ledgertransaction",
    "oscar_marketplace_ledgerposting",
]

POSTGRESQL = """
CREATE FUNCTION mkt_ledger_written_once() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the books are append-only: % on % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE FUNCTION mkt_ledger_balances() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    checked bigint;
BEGIN
    IF TG_TABLE_NAME = 'oscar_marketplace_ledgertransaction' THEN
        checked := NEW.id;
    ELSE
        checked := NEW.transaction_id;
    END IF;
    IF NOT EXISTS (SELECT 1 FROM oscar_marketplace_ledgerposting WHERE transaction_id = checked) OR EXISTS (
        SELECT 1 FROM oscar_marketplace_ledgerposting posting
        JOIN oscar_marketplace_ledgeraccount account ON account.id = posting.account_id
        WHERE posting.transaction_id = checked
        GROUP BY account.currency HAVING sum(posting.amount) <> 0
    ) THEN
        RAISE EXCEPTION 'ledger transaction % does not balance', checked
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE CONSTRAINT TRIGGER mkt_ledger_balances AFTER INSERT ON oscar_marketplace_ledgertransaction
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mkt_ledger_balances();
CREATE CONSTRAINT TRIGGER mkt_ledger_balances AFTER INSERT ON oscar_marketplace_ledgerposting
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION mkt_ledger_balances();
"""
POSTGRESQL_TABLE = """
CREATE TRIGGER mkt_ledger_written_once BEFORE UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION mkt_ledger_written_once();
"""
POSTGRESQL_BACK = """
DROP TRIGGER IF EXISTS mkt_ledger_balances ON oscar_marketplace_ledgertransaction;
DROP TRIGGER IF EXISTS mkt_ledger_balances ON oscar_marketplace_ledgerposting;
"""
POSTGRESQL_FUNCTIONS_BACK = "DROP FUNCTION mkt_ledger_balances(); DROP FUNCTION mkt_ledger_written_once();"

SQLITE_TABLE = (
    "CREATE TRIGGER {table}_{act} BEFORE {act} ON {table} "
    "BEGIN SELECT RAISE(ABORT, 'the books are append-only: {act} on {table} refused'); END"
)


def guard(apps, schema_editor) -> None:
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(POSTGRESQL, params=None)
        for table in TABLES:
            schema_editor.execute(POSTGRESQL_TABLE.format(table=table), params=None)
    elif vendor == "sqlite":
        for table in TABLES:
            for act in ("UPDATE", "DELETE"):
                schema_editor.execute(SQLITE_TABLE.format(table=table, act=act))


def unguard(apps, schema_editor) -> None:
    vendor = schema_editor.connection.vendor
    if vendor == "postgresql":
        schema_editor.execute(POSTGRESQL_BACK, params=None)
        for table in TABLES:
            schema_editor.execute(f"DROP TRIGGER IF EXISTS mkt_ledger_written_once ON {table}")
        schema_editor.execute(POSTGRESQL_FUNCTIONS_BACK, params=None)
    elif vendor == "sqlite":
        for table in TABLES:
            for act in ("UPDATE", "DELETE"):
                schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{act}")


class Migration(migrations.Migration):
    dependencies = [("oscar_marketplace", "0002_ledger")]

    operations = [migrations.RunPython(guard, unguard)]
