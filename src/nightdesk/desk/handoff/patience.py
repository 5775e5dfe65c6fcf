"""Nobody is left waiting: who is not served in time goes back to the bot, with a call-back."""

from __future__ import annotations

from starlette.concurrency import run_in_threadpool

from nightdesk import clock, logs
from nightdesk.desk.courier import Courier
from nightdesk.desk.handoff.ownership import Owners
from nightdesk.desk.notifier import Notifier
from nightdesk.desk.options import Options
from nightdesk.desk.periodic import Periodic
from nightdesk.merchant.profile import Profile

log = logs.get(__name__)


class Patience(Periodic):
    """However many look at once, each customer is given back once."""

    failed = "waiting_not_seen_to"

    def __init__(
        self,
        owners: Owners,
        courier: Courier,
        notifier: Notifier,
        profile: Profile,
        options: Options,
    ) -> None:
        super().__init__(options.sweep)
        self._owners = owners
        self._courier = courier
        self._notifier = notifier
        self._profile = profile

    async def round(self) -> None:
        limit = self._profile.escalation.wait_minutes * 60
        due = self._profile.next_opening(clock.now())
        for conversation_id in await run_in_threadpool(self._owners.unserved, limit, due):
            log.warning("not_served_in_time", conversation_id=conversation_id)
            self._notifier.notify(conversation_id)
            self._courier.kick(conversation_id)
