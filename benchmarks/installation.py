"""`uv run python -m benchmarks.installation` measures what an installation weighs: the core, and each extra by itself.

Each is installed into a new environment, as `uv pip install` does it. Megabytes (of a million bytes) are those of site-packages, without byte code.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Sequence
from importlib.metadata import Distribution, distributions
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parents[1]
# Libraries that are named of each installation: the heaviest.
NAMED = 5
MEGABYTE = 1e6


def main() -> None:
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    core = measure(())
    print("| installed | packages | MB | of these the heaviest |\n| --- | --- | --- | --- |")
    print(_row("the core", core, Counter()))
    for extra in extras:
        print(_row(f"with {extra}", measure([extra]), core))
    print(_row("with all", measure(list(extras)), core))


def measure(extras: Sequence[str]) -> Counter[str]:
    """Bytes of each package that the toolkit with these extras brings, its own among them."""
    uv = shutil.which("uv")
    if uv is None:
        sys.exit("uv is not on the PATH")
    with TemporaryDirectory() as name:
        subprocess.run([uv, "venv", "--quiet", "--python", sys.executable, name], check=True)
        what = f"{ROOT}[{','.join(extras)}]" if extras else str(ROOT)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", f"{name}/bin/python", what], check=True, cwd=ROOT)
        (packages,) = Path(name).glob("lib/python*/site-packages")
        return Counter({one.metadata["Name"]: _weigh(one) for one in distributions(path=[str(packages)])})


def _weigh(package: Distribution) -> int:
    paths = [Path(str(file.locate())) for file in package.files or ()]
    return sum(path.stat().st_size for path in paths if path.is_file() and path.suffix != ".pyc")


def _row(what: str, weights: Counter[str], core: Counter[str]) -> str:
    heaviest = (weights - core).most_common(NAMED)
    named = ", ".join(f"{name} {weight / MEGABYTE:.0f}" for name, weight in heaviest)
    return f"| {what} | {len(weights)} | {weights.total() / MEGABYTE:.0f} | {named} |"


if __name__ == "__main__":
    main()
