"""What is said of a data folder's backups."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from annotate.server.backups.folder import mark_proven, name_backup
from annotate.server.backups.manifest import MANIFEST
from framing.commands.labelstudio.data import describe_backup


def test_the_age_of_the_last_proven_backup_is_said_and_one_that_was_not_proved_does_not_count(tmp_path: Path) -> None:
    data, kept = tmp_path / "lab", tmp_path / "lab-backups"
    assert describe_backup(data).startswith("none was proved yet")
    for hours, proven in ((50, True), (30, True), (2, False)):
        backup = kept / name_backup(datetime.now(UTC) - timedelta(hours=hours, seconds=5))
        backup.mkdir(parents=True)
        (backup / MANIFEST).touch()
        if proven:
            mark_proven(backup)
    assert describe_backup(data).endswith("UTC, 30 hours old")
