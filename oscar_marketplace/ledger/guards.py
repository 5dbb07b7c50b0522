"""The triggers that protect the books in the database itself (migration ``0003_ledger_guards``)."""

from oscar_marketplace.ledger.models import LedgerAccount, LedgerPosting, LedgerTransaction

BOOKS = (LedgerAccount, LedgerTransaction, LedgerPosting)


def missing_guards(connection) -> list[str]:
    """Names of triggers that should be there and are not; other databases than SQLite and PostgreSQL have none."""
    if connection.vendor == "sqlite":
        wanted = {f"{model._meta.db_table}_{act}" for model in BOOKS for act in ("UPDATE", "DELETE")}
        query = "SELECT name FROM sqlite_master WHERE type = 'trigger'"
    elif connection.vendor == "postgresql":
        wanted = {f"{model._meta.db_table}.mkt_ledger_written_once" for model in BOOKS}
        wanted |= {f"{model._meta.db_table}.mkt_ledger_balances" for model in (LedgerTransaction, LedgerPosting)}
        query = "SELECT tgrelid::regclass || '.' || tgname FROM pg_trigger WHERE tgenabled <> 'D'"
    else:
        return []
    with connection.cursor() as cursor:
        cursor.execute(query)
        there = {row[0] for row in cursor.fetchall()}
    return sorted(wanted - there)
