"""Loads a merchant into the backends: all of it or nothing, as often as one likes."""

from __future__ import annotations

from nightdesk import logs
from nightdesk.backends.knowledge import catalogue as knowledge
from nightdesk.backends.orders import catalogue as orders
from nightdesk.backends.scheduling import catalogue as scheduling
from nightdesk.database import Database
from nightdesk.merchant.reader import Merchant

log = logs.get(__name__)


def load(merchant: Merchant, database: Database) -> dict[str, int]:
    """Replace the catalogues by ``merchant``'s, in one transaction; the rows loaded, by file.

    What the folder no longer names is withdrawn, not deleted: orders and appointments point at it.
    """
    with database.write() as session:
        orders.replace_products(session, merchant.products)
        scheduling.replace_branches(session, merchant.branches)
        scheduling.replace_services(session, merchant.services)
        knowledge.replace_faqs(session, merchant.faqs)
        knowledge.replace_faults(session, merchant.faults)
    rows = {
        "products": len(merchant.products),
        "branches": len(merchant.branches),
        "services": len(merchant.services),
        "faq": len(merchant.faqs),
        "faults": len(merchant.faults),
    }
    log.info("merchant_loaded", merchant=merchant.profile.name_zh, **rows)
    return rows
