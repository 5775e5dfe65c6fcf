"""``python -m nightdesk.desk``: the desk on the host and port of the settings."""

from __future__ import annotations

import logging

import uvicorn

from nightdesk import logs, settings
from nightdesk.desk.app import create_app


def main() -> None:
    logs.configure("desk")
    # Both would write tokens, which stand in some URLs, into the logs.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    here = settings.load()
    uvicorn.run(
        create_app(here),
        host=here.host,
        port=here.port,
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=5,
    )


if __name__ == "__main__":
    main()
