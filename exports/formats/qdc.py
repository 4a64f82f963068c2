"""REFI-QDA codebook: the codes alone, for programs of qualitative analysis."""

from __future__ import annotations

from pathlib import Path

from exports.formats.material import Losses, Material, say
from exports.formats.refi_qda import DECLARATION, ORIGIN, build_codes, make_element, serialise
from schemas.codebook import Codebook

__all__ = ["write_qdc"]

NAMESPACE = "urn:QDA-XML:codebook:1.0"


def write_qdc(material: Material, folder: Path) -> list[str]:
    """One XML file: labels, questions and attributes of spans as codes, with their values nested in them."""
    losses = Losses()
    root = make_element("CodeBook", xmlns=NAMESPACE, origin=ORIGIN)
    codes = make_element("Codes")
    codebook = material.require_codebook()
    codes.extend(build_codes(codebook, losses, _list_actors(codebook)))
    about = (codebook.version, codebook.description, codebook.instructions, codebook.source)
    losses["parts of the codebook left out (version, description, instructions, source)"] += sum(part is not None for part in about)
    root.append(codes)
    (folder / "codebook.qdc").write_bytes((DECLARATION + serialise(root, losses) + "\n").encode())
    for name, table in material.tables.items():
        losses[f"rows of {name} left out, since a codebook holds codes only"] += table.height
    return say(losses)


def _list_actors(codebook: Codebook) -> dict[str, list[str]]:
    """What an attribute may say that is an actor."""
    return {attribute.name: [actor.name for actor in codebook.actors] for attribute in codebook.attributes if attribute.kind == "actor"}
