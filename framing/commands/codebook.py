"""framing codebook: list, show, begin, check and migrate codebooks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from framing.console import notice, progress, record, result, show_text
from framing.options import DatasetFolder, Replace, epilog
from schemas.wording import count

if TYPE_CHECKING:
    from schemas.codebook import Codebook

__all__ = ["register"]

NameOrFile = Annotated[str, typer.Argument(metavar="NAME|FILE", help="A codebook that ships, or a .toml file.")]


def register(app: typer.Typer) -> None:
    group = typer.Typer(
        help="The codebooks that ship, and your own.", no_args_is_help=True, rich_markup_mode=None, epilog=epilog("framing codebook list")
    )
    group.command("list", epilog=epilog("framing codebook list"))(list_all)
    group.command("show", epilog=epilog("framing codebook show loaded-language > mine.toml"))(show)
    group.command("new", epilog=epilog("framing codebook new mine.toml"))(new)
    group.command("check", epilog=epilog("framing codebook check mine.toml"))(check)
    group.command(
        "migrate",
        epilog=epilog('framing codebook migrate dataset --project "Spring corpus" --to mine-2.toml --rename Loaded_Language=Loaded --apply'),
    )(migrate)
    app.add_typer(group, name="codebook")


def list_all() -> None:
    """List the codebooks that ship."""
    from schemas.codebook import list_codebooks, load_codebook

    codebooks = {name: load_codebook(name) for name in list_codebooks()}
    record({"codebooks": [_describe(codebook) for codebook in codebooks.values()]})
    for name, codebook in codebooks.items():
        result(f"{name:16} {codebook.version:8} {_count(codebook)}  {codebook.title}")


def _count(codebook: Codebook) -> str:
    more = "".join(f", {count(len(items), noun)}" for items, noun in ((codebook.attributes, "attribute"), (codebook.actors, "actor")) if items)
    asked = f"{count(len(codebook.labels), 'label'):>9}, {count(len(codebook.questions), 'question')}"
    return f"{asked}{more}{', headlines are marked' if codebook.headlines else ''}{', notes' if codebook.notes else ''}"


def _describe(codebook: Codebook) -> dict[str, Any]:
    names = {"name": codebook.name, "version": codebook.version, "title": codebook.title, "digest": codebook.digest}
    lists = ("labels", "questions", "attributes", "actors")
    return names | {key: [item.name for item in getattr(codebook, key)] for key in lists} | {"headlines": codebook.headlines, "notes": codebook.notes}


def show(name: NameOrFile) -> None:
    """Print a codebook as TOML: the start of one of your own."""
    from schemas.codebook import load_codebook

    codebook = load_codebook(name)
    record(codebook.model_dump(mode="json"))
    show_text(codebook.to_toml())


def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write: .toml.")],
    replace: Replace = False,
) -> None:
    """Write a codebook of your own to begin with: a small one, in which every line is explained."""
    from schemas.template import write_template

    write_template(file, replace=replace)
    record({"codebook": file})
    result(f"a codebook to begin with -> {file}. Write yours into it; `framing codebook check {file}` says whether all is well")


def check(name: NameOrFile) -> None:
    """Check a codebook and say what is wrong with it."""
    from xml.etree import ElementTree as ET

    from annotate.labelstudio.interface import build_interface
    from schemas.codebook import load_codebook

    codebook = load_codebook(name)
    ET.fromstring(build_interface(codebook))  # noqa: S314 - what we have just made
    record(_describe(codebook))
    result(f"{codebook.stamp}: {_count(codebook).strip()}, digest {codebook.digest[:12]}; valid")


def migrate(
    dataset: DatasetFolder,
    to: Annotated[str, typer.Option(metavar="FILE", help="The new codebook, with another version.")],
    project: Annotated[str | None, typer.Option(metavar="TITLE", help="Title of the project in Label Studio that moves along.")] = None,
    rename: Annotated[
        list[str] | None,
        typer.Option(metavar="OLD=NEW", help="A label, question, attribute, or an answer (question.answer), has another name. Repeatable."),
    ] = None,
    merge: Annotated[list[str] | None, typer.Option(metavar="A,B=NEW", help="Several become one. Repeatable.")] = None,
    split: Annotated[
        list[str] | None, typer.Option(metavar="OLD=A,B", help="One becomes several: somebody has to review; until then the first. Repeatable.")
    ] = None,
    drop: Annotated[list[str] | None, typer.Option(metavar="OLD", help="What was marked so is taken away. Repeatable.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Do it. Without this the plan is shown, and nothing is changed.")] = False,
) -> None:
    """Move a dataset, and its project in Label Studio, to a changed codebook.

    Refuses to leave annotations behind under a name that the new codebook does not have. Every row that changes is written
    to the dataset's history. A migration that was interrupted is finished by the same command.
    """
    from framing.migrating import Migration
    from schemas.codebook import load_codebook

    migration = Migration(dataset, load_codebook(to), project, rename or [], merge or [], split or [], drop or [])
    for line in migration.describe():
        result(line)
    if not apply:
        result("nothing was changed; add --apply to do it")
        return
    with progress("migrating") as update:
        done = migration.apply(update)
    if done.reviews:
        to_review = f"{count(done.reviews, 'row', 'is', 'are')} to be reviewed"
        notice(f"{to_review}; {done.audit} lists them, and Label Studio says so beside the span")
    record({"codebook": migration.plan.new.stamp, "rows": done.rows, "reviews": done.reviews, "audit": done.audit})
    result(f"{count(done.rows, 'row')} moved to {migration.plan.new.stamp}; each is in {done.audit}")
