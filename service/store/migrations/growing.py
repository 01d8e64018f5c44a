"""The triggers by which the database refuses to change the audit, in each database's words."""

from __future__ import annotations

_COMPACTED = (
    "coalesce((SELECT max(CAST(subject AS {integer})) FROM audit WHERE action = 'audit.compacted'), 0)"
)
_CHANGES = (("audit", "UPDATE"), ("audit", "DELETE"), ("seals", "UPDATE"))
_REFUSED = "'the audit only ever grows'"


def refusals(dialect: str) -> list[str]:
    """Return the statements. Seals may go once the chain itself says that they are no longer needed."""
    if dialect == "postgresql":
        return _of_postgres()
    refuse = f"BEGIN SELECT RAISE(ABORT, {_REFUSED}); END"
    made = [
        f"CREATE TRIGGER {table}_refuses_{change.lower()} BEFORE {change} ON {table} {refuse}"
        for table, change in _CHANGES
    ]
    unless = f"WHEN OLD.id > {_COMPACTED.format(integer='INTEGER')}"
    return [*made, f"CREATE TRIGGER seals_refuses_delete BEFORE DELETE ON seals {unless} {refuse}"]


def _of_postgres() -> list[str]:
    refuse, run = f"RAISE EXCEPTION {_REFUSED};", "EXECUTE FUNCTION audit_only_grows()"
    unless = f"IF OLD.id > {_COMPACTED.format(integer='BIGINT')} THEN {refuse} END IF; RETURN OLD;"
    begin = "RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
    made = [
        f"CREATE FUNCTION audit_only_grows() {begin} {refuse} END $$",
        f"CREATE FUNCTION seals_only_grow() {begin} {unless} END $$",
    ]
    for table, change in _CHANGES:
        name = f"{table}_refuses_{change.lower()}"
        made.append(f"CREATE TRIGGER {name} BEFORE {change} ON {table} FOR EACH ROW {run}")
    made += [
        f"CREATE TRIGGER {table}_refuses_truncate BEFORE TRUNCATE ON {table} {run}"
        for table in ("audit", "seals")
    ]
    delete = "BEFORE DELETE ON seals FOR EACH ROW EXECUTE FUNCTION seals_only_grow()"
    return [*made, f"CREATE TRIGGER seals_refuses_delete {delete}"]
