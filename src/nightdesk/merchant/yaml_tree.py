"""A YAML file as plain values that remember their lines."""

from __future__ import annotations

from dataclasses import dataclass

import yaml

from nightdesk.merchant.problems import Findings, Say

MAX_DEPTH = 6
MAX_NODES = 20_000


@dataclass(frozen=True)
class Leaf:
    """A scalar, as text (``12315`` stays “12315”); ``line`` counts from 1."""

    line: int
    text: str


@dataclass(frozen=True)
class Items:
    """A list."""

    line: int
    items: tuple[Tree, ...]


@dataclass(frozen=True)
class Keys:
    """A mapping; a key's own line is found in ``lines``."""

    line: int
    values: dict[str, Tree]
    lines: dict[str, int]


Tree = Leaf | Items | Keys


class _Unusable(Exception):
    def __init__(self, line: int, what: Say, right: Say) -> None:
        super().__init__(what.en)
        self.line, self.what, self.right = line, what, right


def parse(file: str, text: str, findings: Findings) -> Keys | None:
    """The mapping that ``text`` holds; ``None`` after reporting why there is none."""
    try:
        _refuse_bombs(text)
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        tree = None if node is None else _tree(node, file, findings)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = error.problem or error.context or "not YAML"
        line = mark.line + 1 if mark else None
        findings.error(
            file,
            line,
            None,
            Say(f"not valid YAML: {problem}", f"不是合法的 YAML:{problem}"),
            Say(
                "“key: value”, lists as “- item”, indented by spaces, special text in quotes",
                "写成“键: 值”,列表用“- 项”,用空格缩进,特殊文字加引号",
            ),
        )
        return None
    except (yaml.YAMLError, ValueError):
        findings.error(
            file,
            None,
            None,
            Say("not valid YAML", "不是合法的 YAML"),
            Say("a small text file of “key: value” lines", "由“键: 值”组成的文本文件"),
        )
        return None
    except _Unusable as error:
        findings.error(file, error.line, None, error.what, error.right)
        return None
    if not isinstance(tree, Keys):
        findings.error(
            file,
            1,
            None,
            Say("the file holds no keys", "文件里没有任何键"),
            Say("lines such as “name_zh: 启明车品”", "例如“name_zh: 启明车品”"),
        )
        return None
    return tree


def _refuse_bombs(text: str) -> None:
    """Refuse references and deep nesting from the stream of events, before a tree is built."""
    depth = nodes = 0
    for event in yaml.parse(text, Loader=yaml.SafeLoader):
        line = event.start_mark.line + 1 if event.start_mark else 1
        nodes += isinstance(event, yaml.NodeEvent)
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent):
            raise _Unusable(
                line,
                Say("references (*name) are not used here", "这里不支持引用(*name)"),
                Say("write the value itself, or quote the text", "直接写出内容;如果是文字请加引号"),
            )
        if depth > MAX_DEPTH or nodes > MAX_NODES:
            raise _Unusable(
                line,
                Say("nested too deeply, or too long", "嵌套过深或内容过长"),
                Say("see docs/merchant.md", "见 docs/merchant.md"),
            )


def _tree(node: yaml.Node, file: str, findings: Findings) -> Tree:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode):
        return Items(line, tuple(_tree(item, file, findings) for item in node.value))
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, file, findings)
    return Leaf(line, str(node.value).strip())


def _mapping(node: yaml.MappingNode, file: str, findings: Findings) -> Keys:
    values: dict[str, Tree] = {}
    lines: dict[str, int] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        key = str(key_node.value).strip() if isinstance(key_node, yaml.ScalarNode) else "?"
        if key in values:
            findings.error(
                file,
                line,
                key,
                Say(f"given twice, first in line {lines[key]}", f"重复了,第 {lines[key]} 行已写过"),
                Say("keep one of them", "保留一个"),
            )
            continue
        values[key] = _tree(value_node, file, findings)
        lines[key] = line
    return Keys(node.start_mark.line + 1, values, lines)
