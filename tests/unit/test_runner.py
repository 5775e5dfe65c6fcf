"""A model's graph, run in order: what dask gives, in every case that Rasa has."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.exceptions import GraphComponentException, GraphRunError
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema, SchemaNode
from rasa.engine.runner.dask import DaskGraphRunner
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage

from nightdesk.bot.runner import InOrderGraphRunner


class Step(GraphComponent):
    """Appends its name to what it is given."""

    def __init__(self, name: str) -> None:
        self._name = name

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Step:
        return cls(config["name"])

    def one(self, text: str) -> str:
        return f"{text}-{self._name}"

    def both(self, left: str, right: str) -> str:
        return f"({left}+{right})"

    def fail(self, text: str) -> str:
        raise ValueError(text)


def node(name: str, function: str, needs: dict[str, str], **more: Any) -> SchemaNode:
    return SchemaNode(
        needs=needs,
        uses=Step,
        constructor_name="create",
        fn=function,
        config={"name": name},
        eager=True,
        **more,
    )


SCHEMA = GraphSchema(
    {
        "join": node("join", "both", {"left": "left", "right": "right"}, is_target=True),
        "right": node("right", "one", {"text": "start"}),
        "left": node("left", "one", {"text": "start"}),
        "start": node("start", "one", {"text": "__message__"}),
        "failing": node("failing", "fail", {"text": "start"}),
        "starved": node("starved", "one", {"text": "__nobody__"}),
    }
)


@pytest.fixture(params=[DaskGraphRunner, InOrderGraphRunner])
def runner(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    storage = LocalModelStorage.create(tmp_path)
    return request.param.create(SCHEMA, storage, ExecutionContext(SCHEMA, "model"))


def test_each_node_runs_after_those_that_it_needs(runner: Any) -> None:
    assert runner.run({"__message__": "hi"}) == {"join": "(hi-start-left+hi-start-right)"}


def test_targets_alone_are_run_and_given(runner: Any) -> None:
    both = runner.run({"__message__": "hi"}, ["left", "start"])
    assert both == {"left": "hi-start-left", "start": "hi-start"}


def test_a_second_run_knows_nothing_of_the_first(runner: Any) -> None:
    runner.run({"__message__": "first"}, ["start"])
    assert runner.run({"__message__": "second"}, ["start"]) == {"start": "second-start"}


def test_what_nobody_provides_is_an_error(runner: Any) -> None:
    with pytest.raises(GraphRunError, match="Missing input"):
        runner.run({"__message__": "hi"}, ["starved"])


def test_a_failing_node_is_named(runner: Any) -> None:
    with pytest.raises(GraphComponentException, match="failing"):
        runner.run({"__message__": "hi"}, ["failing"])
