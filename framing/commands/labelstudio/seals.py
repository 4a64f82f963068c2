"""framing labelstudio adopt, key: what tells this machine's projects from others'."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from framing.console import result
from framing.options import Project, epilog
from schemas.wording import count

__all__ = ["register"]


def register(group: typer.Typer) -> None:
    group.command("adopt", epilog=epilog('framing labelstudio adopt --project "Spring corpus"'))(adopt)
    group.command("key", epilog=epilog("framing labelstudio key --to owner.key", "framing labelstudio key --from owner.key"))(key)


def adopt(project: Project) -> None:
    """Seal a project as it stands: one that an earlier version made, or another owner. All work until now is taken.

    Look at it first: whatever somebody has changed there becomes what was sent.
    """
    from annotate.labelstudio import adopt as seal
    from annotate.labelstudio import resolve_access
    from framing.console import progress

    with progress("sealing") as update:
        tasks = seal(project, resolve_access(), update)
    result(f"{project!r} is sealed with the key of this machine: its codebook, its record and {count(tasks, 'task')}")


def key(
    to: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the key into this file, readable by you alone.")] = None,
    source: Annotated[Path | None, typer.Option("--from", metavar="FILE", help="Take the key of another machine from this file.")] = None,
) -> None:
    """Carry the key that seals what is sent to another machine. Whoever has it can forge codebook, record and texts."""
    from annotate.labelstudio import export_key, import_key
    from schemas.errors import FramingError

    if (to is None) == (source is None):
        raise FramingError("one of --to and --from is needed", "labelstudio key", "--to FILE here, then --from FILE on the other machine")
    if to is not None:
        export_key(to)
        result(f"the key -> {to}; delete the file as soon as it has been read on the other machine")
    elif source is not None:
        import_key(source)
        result("what is sent from here is sealed with that key now; delete the file")
