"""What Rasa's tracker tells about a message."""

from nightdesk.desk.rasa import answer_after
from nightdesk.desk.records import Answer, Reply


def user(key):
    return {"event": "user", "text": "x", "metadata": {"message_id": key}}


def bot(text, **data):
    return {"event": "bot", "text": text, "data": data}


def test_the_bots_events_after_the_message_are_its_answer():
    events = [user("a"), bot("A"), user("b"), {"event": "action"}, bot("B"), bot("C"), user("c")]
    assert answer_after(events, "b").replies == [Reply("B"), Reply("C")]


def test_a_message_that_was_not_carried_out_has_no_answer():
    assert (
        answer_after([user("a"), bot("A"), {"event": "user", "metadata": None}], "b").replies == []
    )


def test_the_last_attempt_counts():
    events = [user("a"), bot("half"), user("a"), bot("whole")]
    assert answer_after(events, "a").replies == [Reply("whole")]


def test_an_event_is_cut_into_messages_as_rasas_own_channel_cuts_it():
    event = bot("一\n\n二", image="https://shop.example/a.png", buttons=None)
    expected = [Reply("一"), Reply("二"), Reply(image="https://shop.example/a.png")]
    assert answer_after([user("a"), event], "a").replies == expected


def test_buttons_keep_their_payload_and_fall_back_to_their_title():
    buttons = [{"title": "好", "payload": "/affirm"}, {"title": "不"}]
    event = bot("确认吗？\n\n共 2 件", buttons=buttons)
    expected = Reply("确认吗？\n\n共 2 件", buttons=(("好", "/affirm"), ("不", "不")))
    assert answer_after([user("a"), event], "a").replies == [expected]


def test_a_reply_that_nobody_can_see_is_none():
    assert answer_after([user("a"), bot(None, custom={"x": 1}), bot("")], "a").replies == []


def test_the_facts_of_the_turn_are_taken_off_and_shown_to_nobody():
    turn = {"intent": "place_order", "understood": True}
    events = [user("a"), bot("记上了"), bot(None, custom={"turn": turn})]
    assert answer_after(events, "a") == Answer([Reply("记上了")], turn)
