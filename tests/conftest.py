"""What tests of several wings share: one real Label Studio for the whole session, and a real Chromium."""

from __future__ import annotations

import gc
import json
import os
import re
import shutil
import tempfile
import threading
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NoReturn

for _threads in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "POLARS_MAX_THREADS"):
    # Tables and matrices here are small: with several threads they take up to six times the processor time, and the other processors have tests of
    # their own. Set before the libraries are loaded.
    os.environ.setdefault(_threads, "1")

import polars as pl
import pytest
from hypothesis import settings

from annotate.labelstudio import Access, read_credentials, sign_up, start_server, stop_server
from annotate.server.embedded import PROCESS_FILE
from annotate.server.postgres import find_program, make_cluster
from schemas.errors import FramingError
from schemas.tables import Articles, conform

# No test is about speed, so none may fail on a slow machine, or because it has to wait for a kernel to be compiled.
# Fewer than the usual hundred examples, with which the whole suite would take more than ten minutes on two cores.
settings.register_profile("framing", deadline=None, database=None, derandomize=True, max_examples=30)
settings.load_profile("framing")
# As `framing` itself does: what the suite holds on to, some million objects, is not looked through for each thousand new ones.
gc.set_threshold(200_000)
# Files of tests that take half a minute or more.
LONG = (
    "test_commands.py",
    "test_notebook.py",
    "test_page.py",
    "test_pages.py",
    "test_plots.py",
    "test_quotations.py",
    "test_sample.py",
    "test_scoring.py",
    "test_tracing.py",
)
# Files that talk to the server, about half of the time that all of them take.
EXCHANGE = ("test_carrying.py", "test_demo.py", "test_doubts.py", "test_download.py", "test_faults.py", "test_people.py", "test_upload.py")


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """A process takes a file of tests at a time; those that talk to the server are taken by two, so that two servers are started: one for what
    is sent and comes back, one for screens, suggestions and commands; and those that look at the models of the tests by one, which trains them
    once; and those that make databases of PostgreSQL by one, which makes one cluster."""
    from xdist.scheduler import LoadScopeScheduling

    class FewServers(LoadScopeScheduling):  # type: ignore[misc]
        def _split_scope(self, nodeid: str) -> str:
            file = nodeid.split("::", maxsplit=1)[0]
            if _talks_to_the_server(config.rootpath / file):
                return f"server for {'exchange' if Path(file).name in EXCHANGE else 'others'}"
            if _makes_clusters(config.rootpath / file):
                return "clusters"
            return "models" if _looks_at_models(config.rootpath / file) else file

    return FewServers(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that no process works alone at the end."""
    items.sort(key=lambda item: (not _talks_to_the_server(item.path), not _looks_at_models(item.path), item.path.name not in LONG))


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


@cache
def _talks_to_the_server(path: Path) -> bool:
    return re.search(r"\b(?:access|server_data)\b", path.read_text(encoding="utf-8")) is not None


@cache
def _makes_clusters(path: Path) -> bool:
    return path.is_relative_to(Path(__file__).parent / "annotate" / "server") and "postgres" in path.read_text(encoding="utf-8").lower()


@cache
def _looks_at_models(path: Path) -> bool:
    asked = r"def test[^)]*\b(?:model|small_model|page_model|evaluation|model_folder)\b"
    return "classifiers" in path.parts and re.search(asked, path.read_text(encoding="utf-8")) is not None


def skip_here(reason: str) -> NoReturn:
    """Skip on a user's machine; in CI a missing server or browser is a failure."""
    if os.environ.get("CI"):
        pytest.fail(f"{reason}; in CI this test must run")
    pytest.skip(reason)


@pytest.fixture(scope="session", autouse=True)
def _own_data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The key of the tests is not the user's, and theirs stays out of it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("FRAMING_LABELSTUDIO_DATA", str(tmp_path_factory.mktemp("owner")))
        yield


@pytest.fixture(scope="session", autouse=True)
def _few_vectors() -> Iterator[None]:
    """What is trained here knows the 4,000 most frequent words by their vectors, not 80,000, which a training takes seconds for; and folds are
    trained one after the other, where the other processor is at work anyway."""
    from classifiers.evaluation import parallel
    from classifiers.features import vectors

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vectors, "MOST_WORDS", 4_000)
        patch.setattr(parallel, "cpu_count", lambda: 1)
        yield


@pytest.fixture(scope="session", autouse=True)
def _memory_is_kept() -> Iterator[None]:
    """Commands that score archives have their process give back what it frees at once. A process of tests runs many commands, and would from
    the first of these on ask the system anew for the memory of every array."""
    from framing import memory

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(memory, "give_back_freed_memory", lambda: None)
        yield


@pytest.fixture(scope="session")
def study(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the pages of the docs speak of: to be copied, and not to be changed."""
    from tests.studies import prepare_study

    folder = tmp_path_factory.mktemp("study")
    prepare_study(folder)
    return folder


def has_postgres() -> bool:
    try:
        find_program("initdb")
    except FramingError:
        return False
    return True


@pytest.fixture(scope="session")
def postgres() -> None:
    """PostgreSQL is on this machine."""
    if not has_postgres():
        skip_here("PostgreSQL is not on this machine")


@pytest.fixture(scope="session")
def server_data() -> Iterator[Path]:
    """The data folder of a running embedded server. Of the two servers of a session the one that is not for what is sent and comes back is on
    PostgreSQL, where it is on this machine; and a single one with FRAMING_TEST_DATABASE=postgresql."""
    if not shutil.which("uv") and not shutil.which("label-studio"):
        skip_here("neither uv nor label-studio is on the PATH")
    # What the database's own user must come to is in no folder of pytest's, which is its owner's alone.
    folder = Path(tempfile.mkdtemp(prefix="framing-server-"))
    folder.chmod(0o711)
    data = folder / "data"
    data.mkdir()
    try:
        asking = Path(os.environ["PYTEST_CURRENT_TEST"].partition("::")[0]).name
        beside = "PYTEST_XDIST_WORKER" in os.environ and asking not in EXCHANGE
        if (beside or os.environ.get("FRAMING_TEST_DATABASE") == "postgresql") and has_postgres():
            make_cluster(data)
            # It need not outlive a power cut.
            with (data / "postgres" / "postgresql.conf").open("a", encoding="utf-8") as settings:
                settings.write("fsync = off\n")
        # None of those that a server takes by itself: one that is killed finds it free when it is started anew.
        last = {"port": 8200 + os.getpid() % 800, "pid": os.getpid(), "created": 0.0}
        (data / PROCESS_FILE).write_text(json.dumps(last), encoding="utf-8")
        start_server(data)
        with pytest.MonkeyPatch.context() as patch:
            # What is sent to this server is sealed with the key in its data folder.
            patch.setenv("FRAMING_LABELSTUDIO_DATA", str(data))
            yield data
    finally:
        stop_server(data)
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def access(server_data: Path) -> Access:
    """The administrator's access to that server."""
    from annotate.server.embedded import running_address

    address = running_address(server_data)
    assert address is not None
    return Access(address, read_credentials(server_data).token)


@pytest.fixture
def title() -> str:
    """A project title that no other test uses."""
    return f"test {uuid.uuid4().hex[:8]}"


@cache
def _sign_up(access: Access, name: str) -> Access:
    return sign_up(access, f"{name}@example.com", f"password-of-{name}")


@pytest.fixture
def make_person(access: Access) -> Callable[[str], Access]:
    """Sign up a new person, whose password is `password-of-NAME`, and give their access."""
    # Once for each name and server: a server takes its time over a password.
    return lambda name: _sign_up(access, name)


@pytest.fixture
def make_articles() -> Callable[..., pl.DataFrame]:
    """A table of articles from texts by id."""

    def make(**texts: str) -> pl.DataFrame:
        return conform(
            pl.DataFrame({"article_id": list(texts), "text": list(texts.values()), "title": [f"On {name}" for name in texts]}), Articles, "test"
        )

    return make


@pytest.fixture(scope="session")
def start_chromium() -> Callable[..., AbstractContextManager[object]]:
    """Starts a headless Chromium, driven by selenium, with its profile in a new folder, and variables of the environment."""

    @contextmanager
    def start(profile: Path, **environment: str) -> Iterator[object]:
        from selenium import webdriver

        chromium, chromedriver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
        if not chromium or not chromedriver:
            skip_here("chromium and chromedriver are not both installed")
        options = webdriver.ChromeOptions()
        options.binary_location = chromium
        quiet = ("--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync")
        for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--window-size=1400,1000", f"--user-data-dir={profile}", *quiet):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
        driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(chromedriver, env={**os.environ, **environment}))
        yield driver
        driver.quit()

    return start


@pytest.fixture
def browser(tmp_path: Path, start_chromium: Callable[..., AbstractContextManager[object]]) -> Iterator[object]:
    """A headless Chromium, driven by selenium."""
    with start_chromium(tmp_path / "profile") as driver:
        yield driver


class Answering:
    """A real HTTP server of chat completions that does as it is told: `plan` gives, for the text that is asked about and how often it was asked
    before, a status, a body and headers, or an exception to drop the connection by. `asked` counts the texts, `bodies` keeps what was sent."""

    def __init__(self, plan: Callable[[str, int], tuple[int, object] | tuple[int, object, dict[str, str]] | None]) -> None:
        self.asked: Counter[str] = Counter()
        self.bodies: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                text = body["messages"][-1]["content"].split("\n")[1]
                before = outer.asked[text]
                outer.asked[text] += 1
                outer.bodies.append(body)
                outer.headers.append({name.lower(): value for name, value in self.headers.items()})
                planned = plan(text, before)
                if planned is None:
                    # Without a word.
                    self.close_connection = True
                    return
                status, content, headers = (*planned, {})[:3]
                data = content if isinstance(content, bytes) else json.dumps(content).encode()
                self.send_response(status)
                for name, value in ({"content-type": "application/json", "content-length": str(len(data))} | headers).items():
                    self.send_header(name, value)
                self.end_headers()
                with suppress(OSError):
                    self.wfile.write(data)

            def log_message(self, *arguments: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.address = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @staticmethod
    def say(content: str | None, finish: str = "stop", **message: object) -> dict[str, Any]:
        """The body of a completion."""
        choice = {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": content} | message}
        usage = {"prompt_tokens": 1000, "completion_tokens": 10}
        return {"object": "chat.completion", "model": "echo-1-0613", "created": 1_790_000_000, "choices": [choice], "usage": usage}


@pytest.fixture
def answering() -> Iterator[Callable[..., Answering]]:
    """Make a server that answers as it is told; it ends with the test."""
    servers: list[Answering] = []

    def make(plan: Callable[..., Any]) -> Answering:
        servers.append(Answering(plan))
        return servers[-1]

    yield make
    for one in servers:
        one.server.shutdown()
        one.server.server_close()
