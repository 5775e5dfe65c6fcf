"""The training data: how it is read and added to, what its check finds, and that ours is sound."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from nightdesk.nlu import data_check as checks
from nightdesk.nlu.annotated import Example, parse_markdown
from nightdesk.nlu.cli import app
from nightdesk.nlu.data_examples import (
    CAPABILITY_OF,
    ENTITIES,
    INTENTS,
    DataError,
    read_strictly,
    to_markdown,
)
from nightdesk.nlu.data_files import add, bare, read_file, read_folder, rewrite, texts_of

ROOT = Path(__file__).parents[2]
DATA, HELD_OUT = ROOT / "data" / "nlu", ROOT / "tests" / "data" / "nlu"


def example(marked: str, intent: str = "place_order", variety: str = "zh-standard") -> Example:
    text, spans = parse_markdown(marked)
    return Example(text, spans, intent, variety, "somebody")


def test_markdown_is_read_and_written_alike() -> None:
    marked = "来[两箱](quantity)[5W-30机油](product)，谢"
    assert to_markdown(example(marked)) == marked


@pytest.mark.parametrize(
    "line",
    [
        "place_order\t来一箱",
        "buy\t来一箱\tzh-standard",
        "place_order\t来一箱\tmandarin",
        "place_order\t来[一箱](amount)\tzh-standard",
        "place_order\t来[一箱 ](quantity)\tzh-standard",
        "place_order\t \tzh-standard",
    ],
)
def test_a_line_that_cannot_be_trained_on_is_refused_by_number(tmp_path: Path, line: str) -> None:
    file = tmp_path / "lines.tsv"
    file.write_text(f"greet\t你好\tzh-standard\n{line}\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"lines\.tsv:2"):
        read_strictly(file)


def test_what_is_added_is_read_back_whole(tmp_path: Path) -> None:
    given = [
        example("来[两箱](quantity)机油"),
        example("cancel it: now", "cancel_order", "en"),
        example("'quoted' # not a comment", "greet", "en"),
    ]
    assert add(tmp_path, given)[0] == 3
    assert sorted(map(repr, read_folder(tmp_path))) == sorted(map(repr, given))
    assert (tmp_path / "orders" / "en.yml").is_file()


def test_adding_again_and_rewriting_change_nothing(tmp_path: Path) -> None:
    add(tmp_path, [example("来[两箱](quantity)机油")])
    file = tmp_path / "orders" / "zh-standard.yml"
    before = file.read_text("utf-8")
    added, left_out = add(tmp_path, [example("来两箱机油！")])
    rewrite(tmp_path)
    assert (added, len(left_out)) == (0, 1)
    assert file.read_text("utf-8") == before


def test_no_line_of_an_evaluation_set_is_added(tmp_path: Path) -> None:
    added, left_out = add(tmp_path, [example("来两箱機油")], refused=["来两箱机油?"])
    assert added == 0
    assert "evaluation" in left_out[0]


def test_the_command_adds_what_is_good_and_says_what_is_not(tmp_path: Path) -> None:
    lines = tmp_path / "lines.tsv"
    lines.write_text("greet\t你好\tzh-standard\nnonsense\n", encoding="utf-8")
    options = ["--source", "me", "--folder", str(tmp_path / "d"), "--held-out", str(tmp_path)]
    (tmp_path / "held.txt").write_text("", encoding="utf-8")
    result = CliRunner().invoke(app, ["data", "add", str(lines), *options[:4], *options[4:]])
    assert "refused: lines.tsv:2" in result.output


def test_rasa_reads_our_files_as_we_do(tmp_path: Path) -> None:
    from rasa.shared.nlu.training_data.loading import load_data

    add(tmp_path, [example("来[两箱](quantity)机油"), example("算了", "stop", "yue")])
    messages = load_data(str(tmp_path)).training_examples
    found = {message.get("text"): message for message in messages}
    assert found["来两箱机油"].get("entities")[0]["entity"] == "quantity"
    assert found["算了"].get("metadata")["intent"] == {"variety": "yue", "writer": "somebody"}


def kinds(findings: object) -> list[str]:
    return [finding.kind for finding in findings]  # type: ignore[attr-defined]


def test_a_sentence_with_two_labels_is_grave() -> None:
    found = list(checks.duplicates([example("不要了"), example("不要了！", "deny")]))
    assert [finding.grave for finding in found] == [True]
    assert "deny and place_order" in found[0].text


def test_a_copy_of_a_test_sentence_is_found_even_when_changed_a_little() -> None:
    held_out = ["请问我上周买的那两箱机油发货了没有", "不用了"]
    copied = [example("请问我上周买的那三箱机油发货了没有"), example("不用了"), example("不用")]
    assert kinds(checks.overlaps(copied, held_out)) == [
        "in an evaluation set",
        "near an evaluation set",
    ]


def test_near_duplicates_are_found_within_an_intent_only() -> None:
    one, two = "麻烦帮我看一下快递到哪里了", "麻烦帮我看一下快递到哪里啦"
    assert len(list(checks.near_duplicates([example(one), example(two)]))) == 1
    assert not list(checks.near_duplicates([example(one), example(two, "track_order")]))


def test_a_frame_filled_thrice_is_a_series() -> None:
    frame = [example(f"来一箱[{name}](product)吧") for name in ("机油", "雨刮", "脚垫")]
    assert kinds(checks.series(frame)) == ["series"]
    assert not list(checks.series(frame[:2]))


def test_a_common_beginning_is_told() -> None:
    same = [example(f"请问{tail}") for tail in ("甲", "乙", "丙")]
    assert kinds(checks.first_words(same)) == ["beginning"]


def test_a_variety_with_few_sentences_is_told() -> None:
    few = {finding.text for finding in checks.balance([example(f"来{n}箱") for n in range(9)])}
    assert "place_order, zh-standard: 9" not in few
    assert "greet, wu: 0" in few


def test_a_word_that_is_rarely_another_kind_is_told() -> None:
    often = [example(f"要{n}[机油](product)") for n in range(4)]
    assert kinds(checks.boundaries([*often, example("[机油](service)多少")])) == ["two kinds"]


def test_a_sentence_under_the_wrong_label_is_contradicted_by_the_others() -> None:
    good = [example(f"我的快递到哪了{n}", "track_order") for n in "甲乙丙丁戊己庚辛"]
    good += [example(f"给我来两箱油{n}") for n in "甲乙丙丁戊己庚辛"]
    wrong = example("我的快递到哪了呀")
    found = list(checks.contradictions([*good, wrong], sure=0.5))
    assert any(wrong.text in finding.text for finding in found)


def test_our_training_data_has_nothing_grave() -> None:
    examples = read_folder(DATA)
    grave = [f for f in checks.check(examples, texts_of(HELD_OUT)) if f.grave]
    assert len(examples) > 20_000
    assert grave == []


def test_our_files_are_in_canonical_form_and_in_their_place() -> None:
    from nightdesk.nlu.data_files import render

    for path in sorted(DATA.rglob("*.yml")):
        examples = list(read_file(path))
        assert path.read_text("utf-8") == render(examples), path
        assert {CAPABILITY_OF[item.intent] for item in examples} == {path.parent.name}
        assert {item.variety for item in examples} == {path.stem}


def test_every_intent_and_entity_of_the_taxonomy_is_in_the_domain() -> None:
    import yaml

    domain = yaml.safe_load((ROOT / "domain.yml").read_text("utf-8"))
    named = {next(iter(i)) if isinstance(i, dict) else i for i in domain["intents"]}
    entities = {next(iter(e)) if isinstance(e, dict) else e for e in domain["entities"]}
    assert set(INTENTS) <= named
    assert entities >= ENTITIES


def test_duplicates_are_compared_without_script_case_and_signs() -> None:
    assert bare("訂單 ABC，取消！") == bare("订单abc取消")
    assert bare("？！") == "？！"


@pytest.mark.parametrize(
    ("marked", "border"),
    [
        ("is [the filter](product) in", "the "),
        ("see you [on friday](time)", "on "),
        ("[那张茶几](product)还在吗", "那"),
        ("is the [filter](product) in", None),
        ("be there [in an hour](time)", None),
        ("the [21st](time) then", None),
    ],
)
def test_a_word_inside_a_border_that_others_leave_outside_is_told(
    marked: str, border: str | None
) -> None:
    told = [f.text for f in checks.borders([example(marked)]) if f.kind == "border"]
    assert [text.split("'")[1] for text in told] == ([border] if border else [])


def test_a_day_that_is_left_unmarked_is_told() -> None:
    [finding] = checks.borders([example("摘下来[明天](time)还，周六再来"), example("你好")])
    assert finding.kind == "left out"
    assert finding.text.startswith("[周六](time)")


def test_our_data_draws_its_borders_alike() -> None:
    """A few are meant as they are: 听日复听日, black friday, 面料标32支."""
    assert len(list(checks.borders(read_folder(DATA)))) <= 15
