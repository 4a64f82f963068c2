"""Which backups there are, and which of them are kept."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from annotate.server.backups.folder import find_folder, latest_proven, list_backups, mark_proven, name_backup, superfluous

NOW = datetime(2026, 11, 30, 20, 0, tzinfo=UTC)


def make(folder: Path, *times: datetime) -> None:
    for made in times:
        (folder / name_backup(made)).mkdir()
        (folder / name_backup(made) / "manifest.json").touch()


def test_seven_days_four_weeks_and_the_latest_proven_one_are_kept(tmp_path: Path) -> None:
    every_six_hours = [NOW - timedelta(hours=6 * i) for i in range(4 * 60)]
    make(tmp_path, *every_six_hours)
    proven = sorted(every_six_hours)[3]
    mark_proven(tmp_path / name_backup(proven))
    gone = {backup.path for backup in superfluous(list_backups(tmp_path), NOW)}
    kept = [backup.made for backup in list_backups(tmp_path) if backup.path not in gone]
    # The 30th of November is a Monday; of each earlier week Sunday's last is kept.
    days = [NOW - timedelta(days=i) for i in range(7)]
    sundays = [NOW - timedelta(days=1 + 7 * i) for i in range(3)]
    assert kept == sorted({proven, *days, *sundays})
    assert superfluous([backup for backup in list_backups(tmp_path) if backup.path not in gone], NOW) == []


def test_what_has_no_manifest_or_another_name_is_no_backup(tmp_path: Path) -> None:
    assert (list_backups(tmp_path / "none"), latest_proven(tmp_path)) == ([], None)
    make(tmp_path, NOW, NOW - timedelta(days=1))
    (tmp_path / "2026-12-01T00-00-00Z").mkdir()
    (tmp_path / ".partial-1").mkdir()
    (tmp_path / "2026-99-01T00-00-00Z").mkdir()
    (tmp_path / "2026-99-01T00-00-00Z" / "manifest.json").touch()
    assert [backup.made for backup in list_backups(tmp_path)] == [NOW - timedelta(days=1), NOW]
    mark_proven(tmp_path / name_backup(NOW - timedelta(days=1)))
    assert latest_proven(tmp_path) == NOW - timedelta(days=1)
    assert find_folder(tmp_path / "lab") == tmp_path / "lab-backups"
