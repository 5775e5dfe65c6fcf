"""``NIGHTDESK_AGENT_DESK``: where the people on duty work."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlsplit

import httpx

from nightdesk.desk.handoff.workplace.chatwoot import Chatwoot
from nightdesk.desk.handoff.workplace.workplace import Workplace
from nightdesk.desk.handoff.workplace.zammad import Zammad
from nightdesk.settings import WrongSettingError

KIND = "NIGHTDESK_AGENT_DESK"
URL = f"{KIND}_URL"
TOKEN = f"{KIND}_TOKEN"
SECRET = f"{KIND}_SECRET"
ACCOUNT = f"{KIND}_ACCOUNT"
INBOX = f"{KIND}_INBOX"
GROUP = f"{KIND}_GROUP"


def workplace(environ: Mapping[str, str], client: httpx.AsyncClient) -> Workplace | None:
    """The system that ``environ`` names; None: the console is all there is.

    Raises:
        WrongSettingError: a variable is wrong or missing; the message names it, not its value.
    """
    kind = environ.get(KIND) or "console"
    if kind == "console":
        return None
    if kind not in ("chatwoot", "zammad"):
        raise WrongSettingError(f"{KIND} must be console, chatwoot or zammad")
    url, token, secret = _url(environ), _given(environ, TOKEN), _given(environ, SECRET)
    if kind == "zammad":
        return Zammad(client, url, token, _given(environ, GROUP), secret)
    account, inbox = _number(environ, ACCOUNT), _number(environ, INBOX)
    return Chatwoot(client, url, token, account, inbox, secret)


def _given(environ: Mapping[str, str], name: str) -> str:
    if not (value := environ.get(name, "").strip()):
        raise WrongSettingError(f"{KIND} needs {name}")
    return value


def _number(environ: Mapping[str, str], name: str) -> int:
    value = _given(environ, name)
    if not value.isdecimal():
        raise WrongSettingError(f"{name} must be a number, as in the address of its page")
    return int(value)


def _url(environ: Mapping[str, str]) -> str:
    value = _given(environ, URL).rstrip("/")
    try:
        parts = urlsplit(value)
        right = parts.scheme in ("http", "https") and parts.hostname and not parts.query
    except ValueError:
        right = False
    if not right:
        raise WrongSettingError(f"{URL} must be a URL, https://…")
    return value
