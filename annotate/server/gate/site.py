"""The address that people use: which requests are really for it, and how it stands in for the server's own in headers."""

from __future__ import annotations

from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from annotate.server.gate.identity import CSRF, SESSION, Credential
from annotate.server.gate.refusals import Refused
from annotate.server.gate.upstream import Header
from schemas.errors import FramingError

if TYPE_CHECKING:
    from starlette.datastructures import Headers

__all__ = ["READING", "Site", "find_session"]

READING = ("GET", "HEAD")
_PORTS = {"http": 80, "https": 443}
# Of a visitor's headers the server is sent these: what a proxy would say of the visitor, another method or another host is not among them.
_PASSED = ("accept", "accept-language", "content-type", "if-none-match", "if-modified-since", "range", "user-agent", "x-requested-with")
# Of the server's, these are a matter between it and the gate, or would let other sites read.
_DROPPED = (
    "connection",
    "keep-alive",
    "proxy-authenticate",
    "proxy-connection",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "server",
    "date",
    "access-control-allow-origin",
    "access-control-allow-credentials",
    "access-control-expose-headers",
    "set-cookie",
    "location",
    "x-frame-options",
    "referrer-policy",
    "x-content-type-options",
    "strict-transport-security",
    "content-security-policy",
    "content-security-policy-report-only",
    "cross-origin-opener-policy",
    "www-authenticate",
    "alt-svc",
)
# The page runs scripts of its own only in part from files; where it may send what it holds, and who may show it in a frame, is for us to say.
_POLICY = "connect-src 'self' blob: data:; form-action 'self'; frame-ancestors 'none'; base-uri 'self'; object-src 'none'"
SAFETY: tuple[Header, ...] = (
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "same-origin"),
    ("x-frame-options", "DENY"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
)


class Site:
    """`public` is the address people use, `upstream` the server's. FramingError if either is none."""

    def __init__(self, public: str, upstream: str) -> None:
        self.public, self.upstream = _read_origin(public), _read_origin(upstream)
        self.secure = self.public.startswith("https:")

    def judge(self, method: str, headers: Headers) -> None:
        """Refused if a request is not for this site, or was made by a page of another."""
        hosts = headers.getlist("host")
        if len(hosts) != 1 or _with_port(f"{self.public.partition(':')[0]}://{hosts[0].lower()}") != _with_port(self.public):
            raise Refused(421, "this name is not served here")
        origins, referers = headers.getlist("origin"), headers.getlist("referer")
        site, reads = headers.get("sec-fetch-site", "same-origin"), method in READING
        foreign = any(origin.lower() != self.public for origin in origins)
        if foreign or (site not in ("same-origin", "none") and not (reads and headers.get("sec-fetch-mode") == "navigate")):
            raise Refused(403, "pages of other sites may not ask")
        if not reads and "authorization" not in headers and not origins and not any(_origin_of(one) == self.public for one in referers):
            # Whoever shows a session has a browser, and a browser says which page asks.
            raise Refused(403, "this request does not say which page it comes from")

    def pass_headers(self, headers: Headers, credential: Credential) -> list[Header]:
        """What the server is sent: whom it is from, and that it was asked at its own address."""
        passed = [(name, value) for name in _PASSED if (value := headers.get(name)) is not None]
        own = [("origin", self.upstream), ("referer", self.upstream + "/"), ("accept-encoding", "identity")]
        return passed + own + credential.headers()

    def answer_headers(self, response: httpx.Response, *, strict: bool) -> list[Header]:
        """What the visitor is sent of the server's headers. `strict`: nobody is led to another site. Refused if they would be."""
        kept = [(name.lower(), value) for name, value in response.headers.multi_items() if name.lower() not in _DROPPED]
        if (location := response.headers.get("location")) is not None:
            kept.append(("location", self._own_location(location, strict=strict)))
        return [*kept, *SAFETY, ("content-security-policy", _POLICY), *self.answer_cookies(response)]

    def answer_cookies(self, response: httpx.Response) -> list[Header]:
        """The server's cookies, of this site alone, and not readable to a script."""
        return [("set-cookie", self._own_cookie(name, morsel)) for name, morsel in read_cookies(response).items() if name in (SESSION, CSRF)]

    def _own_cookie(self, name: str, morsel: dict[str, str]) -> str:
        parts = [f"{name}={morsel['value']}", "Path=/", "HttpOnly", "SameSite=Lax"]
        parts += ["Secure"] * self.secure + [f"Max-Age={morsel['max-age']}"] * morsel["max-age"].isdecimal()
        return "; ".join(parts)

    def _own_location(self, location: str, *, strict: bool) -> str:
        if location.startswith(self.upstream + "/"):
            location = location.removeprefix(self.upstream)
        is_inside = location.startswith("/") and not location.startswith(("//", "/\\"))
        if strict and not is_inside:
            raise Refused(502, "the server wants to lead you to another site")
        return location


def read_cookies(response: httpx.Response) -> dict[str, dict[str, str]]:
    """The cookies that the server sets: value and how long each holds."""
    found: dict[str, dict[str, str]] = {}
    for line in response.headers.get_list("set-cookie"):
        try:
            for name, morsel in SimpleCookie(line).items():
                found[name] = {"value": morsel.coded_value, "max-age": str(morsel["max-age"])}
        except CookieError:
            continue
    return found


def find_session(response: httpx.Response) -> str:
    """The session's cookie that an answer sets, or an empty string."""
    return read_cookies(response).get(SESSION, {}).get("value", "")


def _read_origin(address: str) -> str:
    try:
        parts = urlsplit(address.strip().rstrip("/"))
        sound = parts.scheme in _PORTS and bool(parts.hostname) and parts.port != 0 and not (parts.username or parts.password)
    except ValueError:
        sound = False
    if not sound or parts.path or parts.query:
        raise FramingError("is not the address of a site", address[:200], "It looks like https://labels.example.org:8443")
    return f"{parts.scheme}://{parts.netloc.lower()}".removesuffix(f":{_PORTS[parts.scheme]}")


def _origin_of(address: str) -> str:
    try:
        parts = urlsplit(address)
        return f"{parts.scheme}://{parts.netloc.lower()}"
    except ValueError:
        return ""


def _with_port(origin: str) -> tuple[str, int | None] | None:
    try:
        parts = urlsplit(origin)
        return (parts.netloc.rpartition("@")[0] + (parts.hostname or ""), parts.port or _PORTS[parts.scheme])
    except (ValueError, KeyError):
        return None
