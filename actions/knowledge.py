"""Frequent questions, answered from the shop's live knowledge base; nothing is made up."""

from __future__ import annotations

from actions.clerk.action import ClerkAction
from actions.clerk.conversation import Conversation

CHOICES = 3
WORTH_OFFERING = 0.3
"""The score from which an entry is offered as what may be meant."""


class AskFaq(ClerkAction):
    """The answer, verbatim; or the nearest questions to choose from; or that it is not known."""

    action = "action_ask_faq"

    def respond(self, conversation: Conversation) -> None:
        turn = conversation.turn
        entries, answerable = conversation.services.knowledge.search(
            turn.text, conversation.language
        )
        if answerable:
            conversation.lines.append(entries[0].answer)
            return
        likely = [entry for entry in entries if entry.score >= WORTH_OFFERING][:CHOICES]
        if likely:
            questions = "\n".join(f"· {entry.question}" for entry in likely)
            conversation.say("knowledge_did_you_mean", questions=questions)
        else:
            conversation.say("knowledge_unknown")
            conversation.offer((conversation.wording("button_human"), "/request_human"))
