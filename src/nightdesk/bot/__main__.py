"""``python -m nightdesk.bot --model FILE``: Rasa's server on this installation's settings.

The same server as ``rasa run``, with our logs, on the private address, and without the rest of
Rasa's command line, which takes seconds to import.
"""

from __future__ import annotations

import argparse
import logging
import os

from nightdesk import logs, settings
from nightdesk.bot import lean
from nightdesk.merchant import tidy


def main() -> None:
    """Serve the model until a signal ends the process."""
    parser = argparse.ArgumentParser(prog="python -m nightdesk.bot")
    parser.add_argument("--model", required=True)
    model = parser.parse_args().model
    here = settings.load()
    logs.configure("rasa")
    log = logs.get(__name__)
    folder = here.data / "rasa"

    tidy.use(here)
    os.environ["NIGHTDESK_RASA_TOKEN"] = here.rasa_token()  # the channel asks for it too
    if not lean.needs_tensorflow(model):
        lean.leave_out_tensorflow()
    # Imported late: what lean leaves out must be left out before.
    from rasa.core.run import serve_application
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.common import configure_library_logging

    from nightdesk.bot.endpoint import OpenEndpoint
    from nightdesk.bot.once import work_out_once
    from nightdesk.bot.runner import use_in_order_runner

    use_in_order_runner()
    work_out_once()
    endpoints = AvailableEndpoints.read_endpoints(str(folder / "endpoints.yml"))
    if endpoints.action:
        endpoints.action = OpenEndpoint.of(endpoints.action)
    configure_library_logging()
    for name in ("sanic.root", "sanic.error"):  # Rasa cuts these off from the root's handler
        logging.getLogger(name).addHandler(logging.getLogger().handlers[0])
    log.info("rasa_starting", model=model, port=here.rasa_port)
    serve_application(
        model,
        interface=here.private_host,
        port=here.rasa_port,
        credentials=str(folder / "credentials.yml"),
        endpoints=endpoints,
        auth_token=here.rasa_token(),
        enable_api=True,
    )


if __name__ == "__main__":
    main()
