"""python -m framing: the command, where it is not on the path."""

from framing.main import run

run()
