"""The desk's own sentences, and the language of what a customer writes."""

from __future__ import annotations

import re

LANGUAGES = ("zh", "en")

_CHINESE = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f]")
_WORD = re.compile(r"[A-Za-z]{2,}")
# One word that is no abbreviation, model or order number: those stand in Chinese too.
_ENGLISH_WORD = re.compile(r"\W*(?:hi|[A-Za-z]*[a-z]{3,})\W*")

_SENTENCES = {
    "promise": {
        "zh": "抱歉，系统现在没有回应。您的话已经记下，恢复后马上在这里回复您，不用重发。",
        "en": "Sorry, our system is not answering right now. Your message is kept and will be "
        "answered here as soon as it is back; there is no need to send it again.",
    },
    "given_up": {
        "zh": "很抱歉，您说的“{text}”我们一直没能处理好，已转给同事跟进，工单号 {ticket_no}。",
        "en": "We are sorry: we could not deal with “{text}”. A colleague will follow it up; "
        "your ticket is {ticket_no}.",
    },
    "order_sent": {
        "zh": "让您久等了，刚才那单已经下好，订单号 {order_no}，合计 {total} {currency}。",
        "en": "Thank you for waiting: your order is placed now. The order number is {order_no}, "
        "total {total} {currency}.",
    },
    "appointment_sent": {
        "zh": "让您久等了，刚才的预约已经约好，预约号 {appointment_no}。",
        "en": "Thank you for waiting: your appointment is booked. Its number is {appointment_no}.",
    },
    "ticket_sent": {
        "zh": "您的事已经转给同事，工单号 {ticket_no}。",
        "en": "Your request is with a colleague now; the ticket is {ticket_no}.",
    },
    "ticket_outcome": {
        "zh": "您的工单 {ticket_no} 已经处理好了：{outcome}",
        "en": "Your ticket {ticket_no} is resolved: {outcome}",
    },
    "write_refused": {
        "zh": "很抱歉，刚才记下的那件事系统没能办成，同事会尽快联系您处理。",
        "en": "We are sorry: what we kept for you could not be completed. A colleague will "
        "contact you about it.",
    },
    "safety_now": {
        "zh": "人的安全最要紧：请先离开危险的地方，有明火打 119，"
        "有人受伤打 120。这件事马上交给同事。",
        "en": "Safety first: please get away from the danger, and call your local emergency number "
        "for a fire or an injury (119 and 120 in mainland China). A colleague is told at once.",
    },
    "callback_offer": {
        "zh": "要是想跟同事说，他们 {when} 上班；留个电话，到时第一时间给您回电。",
        "en": "If you would rather talk to a colleague: they are back at {when}. Leave a number "
        "and they will call you first thing.",
    },
    "callback_offer_some_time": {
        "zh": "要是想跟同事说，留个电话，会有人给您回电。",
        "en": "If you would rather talk to a colleague, leave a number and somebody will call.",
    },
    "callback_button": {"zh": "留电话，请同事回电", "en": "Have a colleague call me"},
    "handoff_next": {
        "zh": "正在为您转接同事，您是下一位，请稍等。",
        "en": "Connecting you to a colleague; you are next.",
    },
    "handoff_wait": {
        "zh": "正在为您转接同事，前面还有 {ahead} 位，请稍等。",
        "en": "Connecting you to a colleague; {ahead} ahead of you.",
    },
    "handoff_about": {"zh": "大约要等 {minutes} 分钟。", "en": " It takes about {minutes} min."},
    "handoff_joined": {
        "zh": "{agent}（人工）来为您服务。",
        "en": "{agent}, a colleague of ours, is with you now.",
    },
    "handoff_transferred": {
        "zh": "已为您转给{agent}（人工）。",
        "en": "You are with {agent}, another colleague, now.",
    },
    "handoff_back": {
        "zh": "{agent}（人工）先到这里，接下来由智能助手继续为您服务。",
        "en": "{agent} has handed you back to the assistant.",
    },
    "handoff_recap": {"zh": "刚才说好的：{recap}", "en": "What was agreed: {recap}"},
    "handoff_withdrawn": {
        "zh": "好的，不等了，由智能助手继续为您服务。",
        "en": "All right, no more waiting: the assistant is with you again.",
    },
    "handoff_unserved": {
        "zh": "抱歉让您久等，同事们这会儿都在忙，没能接上您。",
        "en": "We are sorry: all our colleagues are busy, and nobody could come in time.",
    },
    "handoff_closed": {
        "zh": "这次人工服务已结束。还有事随时写给我们。",
        "en": "This conversation with our colleague has ended. Write to us again at any time.",
    },
    "too_long": {
        "zh": "这条消息太长了，请分成几条发，每条不超过 {limit} 个字。",
        "en": "This message is too long. Please send it in parts of at most {limit} characters.",
    },
    "empty": {"zh": "请写点什么再发送。", "en": "Please write something first."},
    "too_fast": {
        "zh": "消息发得太快了，请过 {seconds} 秒再发。",
        "en": "That is too fast for us. Please try again in {seconds} seconds.",
    },
    "too_many_waiting": {
        "zh": "您前面的消息还在处理，请稍等一下再发。",
        "en": "We are still working on your earlier messages. Please wait a moment.",
    },
    "unknown_button": {
        "zh": "这个按钮已经失效，请直接写给我们。",
        "en": "This button no longer works. Please write to us instead.",
    },
    "session_over": {
        "zh": "会话已过期，请刷新页面重新开始。",
        "en": "This session has ended. Please reload the page to start again.",
    },
    "body_too_large": {
        "zh": "发送的内容太大了。",
        "en": "What you sent is too large.",
    },
    "greeting": {
        "zh": "您好，这里是{name}，我们的智能助手全天在线。想买什么、要办什么，直接说就行。",
        "en": "Hello, this is {name}. Our assistant is here around the clock: just say what you "
        "would like to buy or need done.",
    },
}

QUICK_REPLIES = {
    "zh": ("你能做什么？", "我要下单", "转人工"),
    "en": ("What can you do?", "I'd like to order", "Talk to a person"),
}


def say(sentence: str, language: str, **values: object) -> str:
    """The desk's ``sentence`` in ``language``, Chinese where that is not spoken here."""
    forms = _SENTENCES[sentence]
    return forms.get(language, forms["zh"]).format(**values)


def language_of(text: str) -> str | None:
    """``zh`` or ``en`` by the script of ``text``; None when it tells neither (``QM2026``, 👍)."""
    if _CHINESE.search(text):
        return "zh"
    english = len(_WORD.findall(text)) > 1 or _ENGLISH_WORD.fullmatch(text)
    return "en" if english else None


def language_of_header(accept_language: str) -> str:
    """The first language of ``Accept-Language`` that is spoken here, else Chinese.

    The header's order stands for its weights, as browsers send it (RFC 9110, 12.5.4).
    """
    for item in accept_language.lower().split(","):
        language = item.split(";")[0].strip().split("-")[0]
        if language in LANGUAGES:
            return language
    return "zh"
