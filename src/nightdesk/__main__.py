"""``python -m nightdesk``: the command line."""

from nightdesk.cli import app

app(prog_name="nightdesk")
