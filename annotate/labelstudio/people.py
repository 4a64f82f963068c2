"""Annotators: their accounts on the server, and entering work in their name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from annotate.labelstudio.access import Access
from annotate.labelstudio.client import READ, authorities, call, connect, explain_errors
from schemas.errors import FramingError

if TYPE_CHECKING:
    from label_studio_sdk.base_client import LabelStudioBase as LabelStudio

__all__ = ["invite", "list_people", "sign_up"]

_CSRF = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


def list_people(client: LabelStudio) -> dict[int, str]:
    """The e-mail address of each user id. Whoever was taken out of the organisation has none, and is called alike: they are told apart by
    their numbers."""
    return {user.id: user.email for user in client.users.list(request_options=READ) if "@" in user.email}


def invite(access: Access) -> str:
    """The address at which colleagues make their accounts. Whoever has it can, until an administrator resets it."""
    with connect(access) as client:
        path = str(call(client, "GET", "api/invite")["invite_url"])
    return f"{access.address}{path}" if path.startswith("/") else path


def sign_up(access: Access, email: str, password: str) -> Access:
    """Make an account as a person would, through the organisation's sign-up page, and return access in that name.

    An account that exists is logged in to instead. Raises FramingError if the server refuses both.
    """
    import httpx

    with (
        explain_errors(access),
        httpx.Client(base_url=access.address, follow_redirects=True, timeout=60, trust_env=False, verify=authorities()) as visitor,
    ):
        invitation = visitor.get("/api/invite", headers={"Authorization": f"Token {access.token}"})
        if invitation.status_code != httpx.codes.OK:
            raise FramingError("the sign-up address was refused", access.address, "Use an administrator's token")
        # Signing up first, for a login of somebody who is not there takes the server as long as one who is. Both twice: a server that is busy may
        # refuse what it takes a moment later; and that an e-mail is known, the page says only in prose.
        for page in 2 * (invitation.json()["invite_url"], "/user/login/"):
            form = _CSRF.search(visitor.get(page).text)
            # Who is let in already is shown no form.
            if form is not None:
                fields = {"csrfmiddlewaretoken": form[1], "email": email, "password": password}
                visitor.post(page, data=fields, headers={"Referer": access.address})
            token = visitor.get("/api/current-user/token")
            if token.is_server_error and "does not exist" in token.text:
                # Now and then the server makes an account without one.
                own = {"Referer": access.address, "X-CSRFToken": visitor.cookies.get("csrftoken") or ""}
                token = visitor.post("/api/current-user/reset-token", headers=own)
            if token.is_success:
                return Access(access.address, token.json()["token"])
    raise FramingError(f"cannot sign up or log in as {email}", access.address, "Does the account exist with another password?")
