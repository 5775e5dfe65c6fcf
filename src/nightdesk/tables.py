"""Every model of the database, imported so that it stands on ``Base.metadata``."""

from nightdesk.backends import idempotency
from nightdesk.backends.knowledge import model as knowledge
from nightdesk.backends.orders import model as orders
from nightdesk.backends.scheduling import model as scheduling
from nightdesk.backends.tickets import model as tickets
from nightdesk.desk import model as desk
from nightdesk.desk.handoff import model as handoff
from nightdesk.desk.handoff.workplace import model as workplace

__all__ = [
    "desk",
    "handoff",
    "idempotency",
    "knowledge",
    "orders",
    "scheduling",
    "tickets",
    "workplace",
]
