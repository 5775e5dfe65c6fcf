"""``python -m nightdesk.desk``: the desk on the host and port of the settings."""

from __future__ import annotations

import gc
import logging
import resource

import uvicorn

from nightdesk import logs, settings
from nightdesk.desk.app import create_app

_OPEN_FILES = 65_536


def allow_open_files() -> None:
    """Raise this process's limit of open files as far as it may, to ``_OPEN_FILES`` at most.

    Each customer's push is one; the usual limit of 1024 would shut out the thousandth customer.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(hard, _OPEN_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def main() -> None:
    logs.configure("desk")
    # Both would write tokens, which stand in some URLs, into the logs.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    allow_open_files()
    here = settings.load()
    app = create_app(here)
    gc.freeze()  # What was made until now stays; a customer's turn need not wait for a look at it.
    uvicorn.run(
        app,
        host=here.host,
        port=here.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
