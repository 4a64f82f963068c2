"""The labelling screen of a project, sealed: the codebook and the record in it are believed only if the owner's key made them so."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from annotate.labelstudio.client import WRITE
from annotate.labelstudio.interface import build_instruction, build_interface, read_interface, read_record
from annotate.labelstudio.ledger import Ledger, identify
from annotate.labelstudio.record import Record
from schemas.codebook import Codebook
from schemas.errors import FramingError

if TYPE_CHECKING:
    from label_studio_sdk.base_client import LabelStudioBase as LabelStudio

__all__ = ["Screen", "describe_project", "open_screen", "write_screen"]

_SEAL = re.compile(r"<!-- framing-toolkit seal (?P<json>\{[^<>]*?\}) -->\n")
ADOPT = "If it is your project, of an earlier version or another machine: `framing labelstudio adopt --project TITLE` seals it as it is"


@dataclass(frozen=True)
class Screen:
    """The codebook and the record of a project; `forged` says that the server has others, which nobody with the key has put there."""

    codebook: Codebook
    record: Record
    forged: bool = False


def open_screen(project: Any, title: str, ledger: Ledger, *, accept: bool = False) -> Screen:
    """The codebook and the record of a project, as they were sealed or accepted last.

    With `accept` whatever the server has is taken, and remembered. FramingError if there is nothing to be believed.
    """
    name, config = identify(project), str(project.label_config)
    known = ledger.recall(name)
    edition = _read_edition(config, name, ledger)
    believed = config == known.screen or (edition is not None and edition >= known.edition)
    if not believed and known.screen is not None and not accept:
        return Screen(read_interface(known.screen, title), read_record(known.screen, title), forged=True)
    screen = Screen(read_interface(config, title), read_record(config, title))
    if not believed and not accept:
        raise FramingError(
            "its codebook and record have no seal of a key that is known here, so anybody may have written them",
            title,
            f"Bring the owner's key (`framing labelstudio key`), or take them with --accept. {ADOPT}",
        )
    if config != known.screen:
        # Only a project that was never sealed here may have tasks without a seal.
        accepted = known.accepted or (known.screen is None and not believed)
        ledger.remember(name, known.model_copy(update={"screen": config, "edition": max(known.edition, edition or 0), "accepted": accepted}))
    return screen


def write_screen(client: LabelStudio, project: Any, codebook: Codebook, record: Record, ledger: Ledger) -> None:
    """Give the project this codebook and record, sealed."""
    name = identify(project)
    known = ledger.recall(name)
    edition = max(known.edition, _read_edition(str(project.label_config), name, ledger) or 0) + 1
    config = build_interface(codebook, record)
    seal = json.dumps({"edition": edition, "seal": ledger.seal("screen", name, str(edition), config)})
    config = f"<!-- framing-toolkit seal {seal} -->\n{config}"
    client.projects.update(
        project.id,
        label_config=config,
        expert_instruction=build_instruction(codebook, record),
        description=describe_project(codebook),
        request_options=WRITE,
    )
    ledger.remember(name, known.model_copy(update={"screen": config, "edition": edition}))


def describe_project(codebook: Codebook) -> str:
    return f"Codebook {codebook.stamp}, digest {codebook.digest[:12]}. Made by framing-toolkit."


def _read_edition(config: str, name: str, ledger: Ledger) -> int | None:
    """Which edition of the screen the seal is for; None if there is none that is believed."""
    match = _SEAL.match(config)
    if match is None:
        return None
    try:
        found = json.loads(match["json"])
        edition, seal = int(found["edition"]), found["seal"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return None
    return edition if ledger.believes(seal, "screen", name, str(edition), config[match.end() :]) else None
