"""The same content is the same rows in SQLite and in PostgreSQL."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from annotate.server.backups.digests import differences, digest_table, digest_tables
from annotate.server.backups.opening import open_store
from annotate.server.backups.postgresql import open_server
from annotate.server.backups.rows import plain
from annotate.server.database import Database, connect, read_database


def test_tables_keys_links_and_kinds_are_told_alike_by_both_engines(data: Path, moved: Path) -> None:
    with open_store(Database(data)) as one, open_store(read_database(moved)) as other:
        # What PostgreSQL computes is no column of its own.
        tables = {name: table.only(column.name for column in table.columns if column.name != "search_vector") for name, table in one.tables().items()}
        assert {name: (table, set(table.links)) for name, table in tables.items()}.keys() == other.tables().keys()
        for name, table in tables.items():
            same = other.tables()[name]
            assert (set(table.columns), table.key, set(table.links)) == (set(same.columns), same.key, set(same.links))
        kinds = {column.name: column.kind for table in tables.values() for column in table.columns}
    assert kinds["data"] == "json"
    assert (kinds["is_labeled"], kinds["created_at"], kinds["unique_id"], kinds["raw"], kinds["price"]) == (
        "boolean",
        "time",
        "uuid",
        "bytes",
        "decimal",
    )


def test_every_kind_of_value_has_one_form(moved: Path) -> None:
    with open_store(read_database(moved)) as store:
        empty, full = sorted(store.read(store.tables()["kinds"]), key=lambda row: row[0], reverse=True)
        readings = store.tables()["task_completion"].only(["id", "created_at", "was_cancelled", "parent_annotation_id"])
        assert list(store.read(readings, "id", [5, 4000])) == [(5, True, "2026-11-30T08:00:00.000000Z", 3)]
    assert full == ("0" * 31 + "7", -1, 1 << 62, "12.5", "2026-02-28", b"\0\xff\\x", 0.1, "\\N \\. \r\n\t\u2028")
    assert empty[1:] == (None,) * 7
    assert plain("time", "2026-11-30T08:00:00.5+00:00") == "2026-11-30T08:00:00.500000Z"


def test_rows_written_in_other_words_have_the_same_digest(data: Path, make_database: Callable[[], Database]) -> None:
    base = make_database()
    with connect(base) as connection:
        connection.run("CREATE TABLE kept (id int PRIMARY KEY, at timestamptz, data jsonb)")
        connection.run("""INSERT INTO kept VALUES (2, NULL, '"x"'), (1, '2026-11-30 10:00:00.5+02', '{"b": 1.0, "a": [1e20, "\u00e9", 0.10]}')""")
    plain_text = """{"a":[100000000000000000000.0,"\\u00e9",1e-1],"b":1}"""
    with closing(sqlite3.connect(data / "label_studio.sqlite3")) as other, other:
        other.execute('CREATE TABLE kept (id integer PRIMARY KEY, at datetime, data text CHECK ((JSON_VALID("data") OR "data" IS NULL)))')
        other.executemany("INSERT INTO kept VALUES (?, ?, ?)", [(1, "2026-11-30 08:00:00.500000", plain_text), (2, None, '"x"')])
    with open_server(base) as one, open_store(Database(data)) as two:
        assert digest_table(one, one.tables()["kept"]) == digest_table(two, two.tables()["kept"])


def test_what_differs_is_told_by_table(data: Path) -> None:
    with open_store(Database(data)) as store:
        before = digest_tables(store)
    with open_store(Database(data), write=True) as store:
        store.change("UPDATE task SET total_annotations = 9 WHERE id = 3")
        store.change("INSERT INTO member (project_id, user_id) VALUES (2, 1)")
        store.change("DROP TABLE kinds")
        after = digest_tables(store)
    assert differences(before, after) == ["the table kinds is missing", "member has 4 rows and not 3", "rows of task differ"]
    assert differences(before, before) == []
