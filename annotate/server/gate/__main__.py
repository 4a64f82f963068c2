"""`python -m annotate.server.gate DATA`: the gate of a data folder whose server runs, until it is stopped; `team.start_team` starts it."""

from __future__ import annotations

import sys
from pathlib import Path

from annotate.server.credentials import read_credentials
from annotate.server.embedded import LOG_FILE, running_address
from annotate.server.gate.application import make_gate
from annotate.server.listening import listen, make_server
from annotate.server.logs import trim_logs_now_and_then
from annotate.server.postgres import LOG
from annotate.server.team import read_way, settle_certificate
from schemas.errors import FramingError

__all__: list[str] = []


def main(data: Path) -> None:
    """Serve. FramingError if the folder has no way in, its server does not run, or its port is taken."""
    way, upstream = read_way(data), running_address(data)
    if way is None or upstream is None:
        raise FramingError("no lab's server runs here", data, "Run `framing labelstudio start --team`")
    certificate = settle_certificate(data, way)
    # Neither Label Studio nor PostgreSQL sees to the log that it is given.
    trim_logs_now_and_then([data / LOG_FILE, data / LOG])
    with listen(way.host, way.port) as listener:
        application = make_gate(upstream, data, read_credentials(data).token, way.public)
        make_server(application, (certificate.path, certificate.key)).run(sockets=[listener])


if __name__ == "__main__":
    try:
        main(Path(sys.argv[1]))
    except FramingError as error:
        sys.exit(str(error))
