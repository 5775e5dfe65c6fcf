"""``python -m nightdesk.backends NAME --port PORT``: one backend as a process of its own."""

from __future__ import annotations

from typing import Annotated

import typer
import uvicorn

from nightdesk import logs, settings
from nightdesk.backends.apps import NAMES, backend_app
from nightdesk.backends.knowledge.neighbours import Neighbours
from nightdesk.database import Database, connect, migrate
from nightdesk.merchant.profile import load_profile


def serve(
    name: Annotated[str, typer.Argument(help=f"One of {', '.join(NAMES)}.")],
    port: Annotated[int, typer.Option(help="The port to listen on.")],
    host: Annotated[str, typer.Option(help="The address to listen on.")] = "127.0.0.1",
) -> None:
    """Serve one backend over HTTP, with the database and the merchant of the environment."""
    if name not in NAMES:
        raise typer.BadParameter(f"there is no backend {name!r}; there are {', '.join(NAMES)}")
    logs.configure(name)
    here = settings.load()
    engine = connect(here.database_url)
    migrate(engine)
    profile = load_profile(here.merchant)
    app = backend_app(
        Database(engine),
        profile,
        here.service_token(),
        [name],
        Neighbours.of(here, profile),
    )
    uvicorn.run(app, host=host, port=port, log_config=None, access_log=False)


if __name__ == "__main__":
    typer.run(serve)
