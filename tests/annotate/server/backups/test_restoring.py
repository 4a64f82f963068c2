"""What was backed up comes back as it was, or not at all."""

from __future__ import annotations

import json
import shutil
import signal
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest

from annotate.server.backups import envelope
from annotate.server.backups.digests import digest_tables
from annotate.server.backups.dumps import scratch_database
from annotate.server.backups.envelope import VARIABLE, read_passphrase, unpack
from annotate.server.backups.folder import latest_proven, stage
from annotate.server.backups.manifest import read_manifest
from annotate.server.backups.opening import open_store
from annotate.server.backups.postgresql import open_server
from annotate.server.backups.proving import prove
from annotate.server.backups.restoring import restore
from annotate.server.backups.taking import take_backup
from annotate.server.credentials import read_credentials
from annotate.server.database import Database, connect, read_database
from annotate.server.postgres import is_running, make_cluster, start_cluster
from schemas.errors import FramingError


@pytest.fixture
def backup(data: Path, tmp_path: Path) -> Path:
    return take_backup(data, tmp_path / "kept")


def digests(data: Path) -> object:
    with open_store(read_database(data)) as store:
        return digest_tables(store)


def nothing_is_left(folder: Path, *names: str) -> bool:
    return {path.name for path in folder.iterdir()} == {"lab", "kept", *names}


def test_a_data_folder_that_is_gone_is_made_anew(data: Path, backup: Path, tmp_path: Path) -> None:
    before, credentials = digests(data), read_credentials(data)
    shutil.rmtree(data)
    restore(backup, data)
    assert digests(data) == before
    assert read_credentials(data) == credentials
    assert (data / "media/upload/1/a.csv").read_text() == "what stands in media/upload/1/a.csv"
    assert {(path.stat().st_mode & 0o077) for path in (data, *data.glob("*.*"))} == {0}
    assert nothing_is_left(tmp_path)


def test_what_a_killed_one_left_is_cleared_and_what_only_looks_like_it_stays(data: Path, backup: Path, tmp_path: Path) -> None:
    for name in (".partial-new-0123abcd", ".partial-new-2-0123abcd"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "label_studio.sqlite3").touch()
    restore(backup, tmp_path / "new")
    assert nothing_is_left(tmp_path, "new", ".partial-new-2-0123abcd")


def test_a_backup_is_proved_by_restoring_it(backup: Path) -> None:
    assert latest_proven(backup.parent) is None
    assert prove(backup).rows == 41
    assert latest_proven(backup.parent) == read_manifest(backup).made


def test_a_folder_or_database_with_something_in_it_is_left_alone(data: Path, backup: Path, cluster: Database, tmp_path: Path) -> None:
    for target in (data, data / "people.json"):
        with pytest.raises(FramingError, match="is not empty, and a backup is restored into a folder of its own"):
            restore(backup, target)
    with pytest.raises(FramingError, match=r"is of an SQLite database\. Restore it without --database"):
        restore(backup, tmp_path / "new", cluster)
    assert nothing_is_left(tmp_path)


def damage(backup: Path, how: str) -> None:
    manifest = json.loads((backup / "manifest.json").read_text())
    base = backup / "database.sqlite3"
    match how:
        case "cut off":
            base.write_bytes(base.read_bytes()[:9000])
        case "a bit turned":
            content = bytearray(base.read_bytes())
            content[20_000] ^= 1
            base.write_bytes(content)
        case "a file missing":
            (backup / "media/upload/1/a.csv").unlink()
        case "a link":
            (backup / "media/upload/1/a.csv").unlink()
            (backup / "media/upload/1/a.csv").symlink_to("/etc/hostname")
        case "no manifest":
            (backup / "manifest.json").unlink()
        case "half a manifest":
            (backup / "manifest.json").write_text((backup / "manifest.json").read_text()[:300])
        case "a foreign one":
            (backup / "manifest.json").write_text('{"name": "other"}')
        case "out of the folder":
            manifest["files"]["../../evil"] = manifest["files"].pop("media/upload/1/a.csv")
            (backup / "manifest.json").write_text(json.dumps(manifest))
        case "other rows":
            manifest["tables"]["task"]["rows"] += 1
            (backup / "manifest.json").write_text(json.dumps(manifest))
        case "of a later toolkit":
            (backup / "manifest.json").write_text(json.dumps(manifest | {"format": 2, "news": []}))
        case "of a later Label Studio":
            (backup / "manifest.json").write_text(json.dumps(manifest | {"label_studio": "2.0.0"}))


@pytest.mark.parametrize(
    ("how", "said"),
    [
        ("cut off", "is damaged: this file of the backup is not as it was written"),
        ("a bit turned", "is damaged: this file of the backup is not as it was written"),
        ("a file missing", "is damaged: this file of the backup is missing"),
        ("a link", "a link stands where a file was written"),
        ("no manifest", "is no backup made by `framing labelstudio backup`"),
        ("half a manifest", "manifest.json"),
        ("a foreign one", r"is damaged, or no backup \(made is missing\)"),
        ("out of the folder", "is no name of a file in a folder"),
        ("other rows", r"holds other rows than were backed up \(task has 6 rows and not 7\)"),
        ("of a later toolkit", r"was made by a later version of the toolkit\. Update"),
        ("of a later Label Studio", r"is of Label Studio 2\.0\.0, and this toolkit starts"),
    ],
)
def test_a_damaged_foreign_or_later_backup_is_one_line(how: str, said: str, backup: Path, tmp_path: Path) -> None:
    damage(backup, how)
    with pytest.raises(FramingError, match=said) as told:
        restore(backup, tmp_path / "new")
    assert "\n" not in str(told.value)
    assert nothing_is_left(tmp_path)


def test_secrets_are_sealed_with_a_passphrase_that_is_no_argument(data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "kept").mkdir()
    file = tmp_path / "kept" / "phrase"
    file.write_text("correct horse\nand a second line\n")
    made = take_backup(data, tmp_path / "kept", read_passphrase(file))
    assert b"secret_key" not in (made / "secrets.json").read_bytes()
    for wrong, said in ((None, "is sealed with a passphrase"), ("battery staple", "cannot be opened with this passphrase")):
        with pytest.raises(FramingError, match=said):
            restore(made, tmp_path / "new", passphrase=wrong)
    assert nothing_is_left(tmp_path)
    # It can be opened, too, where the cost is another one by then; but what would fill the memory is refused.
    monkeypatch.setattr(envelope, "COST", {"n": 1 << 14, "r": 8, "p": 2})
    assert unpack(made / "secrets.json", "correct horse")["people.json"] == b"what stands in people.json"
    for dear in ({"n": 1 << 30, "r": 8, "p": 1}, {"n": 0, "r": 8, "p": 1}, {"n": 3, "r": 8, "p": 1}, {}):
        (tmp_path / "dear").write_text(json.dumps(json.loads((made / "secrets.json").read_text()) | {"scrypt": dear}))
        with pytest.raises(FramingError, match="the secrets in it cannot be read"):
            unpack(tmp_path / "dear", "correct horse")
    (tmp_path / "dear").unlink()
    monkeypatch.setenv(VARIABLE, "correct horse")
    restore(made, tmp_path / "new", passphrase=read_passphrase(None))
    assert read_credentials(tmp_path / "new") == read_credentials(data)
    file.write_text("\n")
    with pytest.raises(FramingError, match="holds no passphrase"):
        read_passphrase(file)


def test_a_postgresql_database_is_backed_up_proved_and_restored(moved: Path, make_database: Callable[[], Database], tmp_path: Path) -> None:
    made = take_backup(moved, tmp_path / "kept")
    assert (read_manifest(made).engine, prove(made, read_database(moved)).rows) == ("postgresql", 41)
    with pytest.raises(FramingError, match=r"is not empty \(it has 9 tables\)"):
        restore(made, tmp_path / "new", read_database(moved))
    target = make_database()
    restore(made, tmp_path / "new", target)
    assert digests(tmp_path / "new") == digests(moved)
    assert read_database(tmp_path / "new").url == target.url
    with connect(target) as connection:
        # A number that was another row's once is not given again.
        assert connection.run("INSERT INTO task_completion (was_cancelled, created_at) VALUES (false, now()) RETURNING id") == [[901]]


def test_without_another_database_a_cluster_of_the_folders_own_is_made_and_is_backed_up_while_no_server_runs(moved: Path, tmp_path: Path) -> None:
    made = take_backup(moved, tmp_path / "kept")
    # PostgreSQL's own user has to come there.
    with TemporaryDirectory() as place:
        Path(place).chmod(0o711)
        own = Path(place) / "own"
        restore(made, own)
        again = take_backup(own, tmp_path / "kept")
        assert read_manifest(again).tables == read_manifest(made).tables
        assert (read_database(own).own, is_running(own), prove(again).rows) == (True, False, 41)
        assert {path.name for path in Path(place).iterdir()} == {"own"}


def test_the_cluster_of_one_who_was_killed_is_ended_and_cleared_away(postgres: None) -> None:
    with TemporaryDirectory() as place:
        Path(place).chmod(0o711)
        left = Path(place) / ".partial-own-0123abcd"
        left.mkdir(mode=0o711)
        start_cluster(make_cluster(left))
        server = psutil.Process(int((left / "postgres" / "postmaster.pid").read_text(encoding="utf-8").splitlines()[0]))
        try:
            with stage(Path(place), "own"):
                assert not server.is_running() or server.status() == psutil.STATUS_ZOMBIE
                assert not left.exists()
        finally:
            with suppress(psutil.NoSuchProcess):
                server.send_signal(signal.SIGINT)


def test_what_does_not_fit_is_taken_out_of_postgresql_again(moved: Path, make_database: Callable[[], Database], tmp_path: Path) -> None:
    made, target = take_backup(moved, tmp_path / "kept"), make_database()
    manifest = json.loads((made / "manifest.json").read_text())
    manifest["tables"]["kinds"]["digest"] = "0" * 64
    (made / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(FramingError, match=r"holds other rows than were backed up \(rows of kinds differ\)"):
        restore(made, tmp_path / "new", target)
    with pytest.raises(FramingError, match="rows of kinds differ"):
        prove(made, target)
    with open_server(target) as store:
        assert store.tables() == {}
        assert store.connection.run("SELECT datname FROM pg_database WHERE datname LIKE 'framing_scratch%'") == []
    assert nothing_is_left(tmp_path)


def test_a_scratch_database_that_a_killed_proof_left_is_cleared(cluster: Database) -> None:
    with connect(cluster) as connection:
        connection.run("CREATE DATABASE framing_scratch_00ff")
        with scratch_database(cluster) as one, scratch_database(cluster), connect(one):
            found = connection.run("SELECT count(*) FROM pg_database WHERE datname LIKE 'framing_scratch%'")
        assert found == [[2]]
        assert connection.run("SELECT count(*) FROM pg_database WHERE datname LIKE 'framing_scratch%'") == [[0]]


def test_a_database_that_is_not_there_is_one_line(cluster: Database, tmp_path: Path) -> None:
    wrong = Database(tmp_path, "postgresql://lab:secret@127.0.0.1:1/none")
    for base in (wrong, Database(tmp_path, (cluster.url or "").replace("/labelstudio", "/none"))):
        with pytest.raises(FramingError, match="does not let us in") as told, open_server(base):
            pass
        assert "secret" not in str(told.value)
    with closing(sqlite3.connect(tmp_path / "label_studio.sqlite3")) as base:
        base.execute("CREATE TABLE one (id integer PRIMARY KEY, other integer REFERENCES one (id) DEFERRABLE INITIALLY DEFERRED)")
    with pytest.raises(FramingError, match=r"the database refused \(FOREIGN KEY"), open_store(Database(tmp_path), write=True) as store:
        store.change("INSERT INTO one VALUES (1, 2)")
