"""Runs a model's graph without a scheduler.

Rasa hands each prediction to dask, which builds, sorts and schedules the graph anew: three times
for one message, for a chain of nodes that never run side by side. Here the order of the nodes is
found once, and they are called in it.
"""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import Any

import rasa.core.processor
from rasa.engine.graph import GraphNode
from rasa.engine.runner.dask import DaskGraphRunner


class InOrderGraphRunner(DaskGraphRunner):
    """As :class:`DaskGraphRunner`: the same nodes, inputs, outputs and errors."""

    def run(
        self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None
    ) -> dict[str, Any]:
        """The outputs of ``targets`` (by default all of the schema), by name."""
        wanted = tuple(targets or self._graph_schema.target_names)
        known: dict[str, Any] = dict(inputs or {})
        for name, node, needs in self._in_order(wanted):
            # What nobody provides is handed on by its name, and the node says what it misses.
            given = [(need, known[need]) if need in known else need for need in needs]
            known[name] = node(*given)[1]
        return {name: known[name] for name in wanted}

    def _in_order(self, targets: tuple[str, ...]) -> list[tuple[str, GraphNode, list[str]]]:
        """The nodes that lead to ``targets``, each after those that it needs."""
        orders: dict[tuple[str, ...], list[tuple[str, GraphNode, list[str]]]]
        orders = self.__dict__.setdefault("_orders", {})
        if targets not in orders:
            nodes = self._graph_schema.minimal_graph_schema(list(targets)).nodes
            order = TopologicalSorter({name: node.needs.values() for name, node in nodes.items()})
            orders[targets] = [
                (name, self._instantiated_nodes[name], list(nodes[name].needs.values()))
                for name in order.static_order()
                if name in nodes
            ]
        return orders[targets]


def use_in_order_runner() -> None:
    """Models that this process loads from here on are run in order."""
    rasa.core.processor.DaskGraphRunner = InOrderGraphRunner
