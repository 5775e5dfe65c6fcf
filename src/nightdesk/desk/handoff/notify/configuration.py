"""The places that the environment names. What is wrong is said at start, without the value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

import httpx

from nightdesk.certificates import trusted
from nightdesk.desk.handoff.notify.dingtalk import DingTalk
from nightdesk.desk.handoff.notify.feishu import Feishu
from nightdesk.desk.handoff.notify.mail import Mail, Server
from nightdesk.desk.handoff.notify.target import Target
from nightdesk.desk.handoff.notify.webhook import Webhook
from nightdesk.desk.handoff.notify.wecom import WeCom
from nightdesk.settings import WrongSettingError

WECOM = "NIGHTDESK_NOTIFY_WECOM"
DINGTALK = "NIGHTDESK_NOTIFY_DINGTALK"
FEISHU = "NIGHTDESK_NOTIFY_FEISHU"
SMTP = "NIGHTDESK_NOTIFY_SMTP"
WEBHOOK = "NIGHTDESK_NOTIFY_WEBHOOK"
_SECRET = "_SECRET"
_KNOWN = {
    WECOM,
    DINGTALK,
    DINGTALK + _SECRET,
    FEISHU,
    FEISHU + _SECRET,
    SMTP,
    WEBHOOK,
    WEBHOOK + _SECRET,
}
_PORTS = {"smtp": 587, "smtps": 465}
_ADDRESS = re.compile(r"[^@\s,<>]+@[^@\s,<>]+")


def client() -> httpx.AsyncClient:
    """The client for the outer world: through the proxy of the environment, but to this machine."""
    return httpx.AsyncClient(
        verify=trusted(environment=True),
        mounts={"all://127.0.0.1": None, "all://localhost": None},
    )


def targets(environ: Mapping[str, str], client: httpx.AsyncClient) -> list[Target]:
    """The places that ``environ`` names.

    Raises:
        WrongSettingError: a variable is wrong; the message names it, and not its value.
    """
    unknown = [name for name in environ if name.startswith("NIGHTDESK_NOTIFY_")]
    if unknown := sorted(set(unknown) - _KNOWN):
        raise WrongSettingError(
            f"there is no {', '.join(unknown)}; there are {', '.join(sorted(_KNOWN))}"
        )
    found: list[Target] = []
    if url := environ.get(WECOM, ""):
        _demand("key" in parse_qs(_web(WECOM, url).query), WECOM, "must have ?key=…")
        found.append(WeCom(client, url))
    if url := environ.get(DINGTALK, ""):
        query = parse_qs(_web(DINGTALK, url).query)
        _demand("access_token" in query, DINGTALK, "must have ?access_token=…")
        found.append(DingTalk(client, url, environ.get(DINGTALK + _SECRET, "")))
    if url := environ.get(FEISHU, ""):
        _demand("/hook/" in _web(FEISHU, url).path, FEISHU, "must be …/open-apis/bot/v2/hook/…")
        found.append(Feishu(client, url, environ.get(FEISHU + _SECRET, "")))
    if url := environ.get(SMTP, ""):
        found.append(_mail(url))
    if url := environ.get(WEBHOOK, ""):
        _web(WEBHOOK, url)
        secret = environ.get(WEBHOOK + _SECRET, "")
        _demand(len(secret) >= 16, WEBHOOK + _SECRET, "must have at least 16 characters")
        found.append(Webhook(client, url, secret))
    for name in (DINGTALK, FEISHU, WEBHOOK):
        _demand(not environ.get(name + _SECRET) or bool(environ.get(name)), name, "is missing")
    return found


def _web(variable: str, url: str) -> SplitResult:
    parts = _parts(variable, url)
    _demand(
        parts.scheme in ("http", "https") and bool(parts.hostname),
        variable,
        "must be the robot's or webhook's whole URL, https://…",
    )
    return parts


def _mail(url: str) -> Mail:
    parts = _parts(SMTP, url)
    form = "must be smtp[s]://user:password@host:port?from=a@b&to=c@d,e@f"
    _demand(parts.scheme in _PORTS and bool(parts.hostname) and not parts.path, SMTP, form)
    given = parse_qs(parts.query)
    _demand(set(given) <= {"from", "to"}, SMTP, f"has an unknown part after “?”; it {form}")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    sender = given.get("from", [user])[-1]
    to = [address.strip() for address in given.get("to", [""])[-1].split(",")]
    for address in (sender, *to):
        fits = _ADDRESS.fullmatch(address)
        _demand(bool(fits), SMTP, f"has a sender or recipient that is no address; it {form}")
    _demand(not password or bool(user), SMTP, "has a password without a user")
    return Mail(
        Server(
            host=str(parts.hostname),
            port=parts.port or _PORTS[parts.scheme],
            tls=parts.scheme == "smtps",
            user=user,
            password=password,
        ),
        sender,
        to,
    )


def _parts(variable: str, url: str) -> SplitResult:
    try:
        parts = urlsplit(url.strip())
        _ = parts.port
    except ValueError:
        raise WrongSettingError(f"{variable} is no URL") from None
    return parts


def _demand(holds: bool, variable: str, rule: str) -> None:
    if not holds:
        raise WrongSettingError(f"{variable} {rule}")
