"""What is said of a data folder's backups."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

from framing.commands.labelstudio.data import describe_backup


def test_the_age_of_the_last_proven_backup_is_said_and_damage_proves_nothing(tmp_path: Path) -> None:
    assert describe_backup(tmp_path).startswith("none was proved yet")
    for name, said in [("new", '{"proved": 3}'), ("newer", "half of"), ("old", json.dumps({"proved": str(datetime.now(UTC) - timedelta(hours=30))}))]:
        (tmp_path / "backups" / name).mkdir(parents=True)
        (tmp_path / "backups" / name / "proved.json").write_text(said, encoding="utf-8")
    assert describe_backup(tmp_path).endswith("UTC, 30 hours old")
