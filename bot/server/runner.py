"""Step 3, inside Rasa: runs the trained graph without planning it anew for every message.

Rasa has dask plan and schedule each run of a graph of a few nodes: a tenth of a turn, three times in each. Here the
order of the nodes is found once.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from graphlib import TopologicalSorter
from typing import Any

from rasa.core import processor
from rasa.engine.exceptions import GraphRunError
from rasa.engine.runner.dask import DaskGraphRunner


class PlannedGraphRunner(DaskGraphRunner):
    """Runs the same nodes with the same inputs as its parent."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._plan_for = cache(self._find_plan)

    def run(
        self, inputs: dict[str, Any] | None = None, targets: Sequence[str] | None = None
    ) -> dict[str, Any]:
        """The targets' results by name. Raises GraphRunError."""
        wanted = tuple(targets or self._graph_schema.target_names)
        results = {name: (name, value) for name, value in (inputs or {}).items()}
        try:
            for name, needs in self._plan_for(wanted):
                results[name] = self._instantiated_nodes[name](*[results[need] for need in needs])
        except RuntimeError as error:
            raise GraphRunError("Error running runner.") from error
        return dict(results[name] for name in wanted)

    def _find_plan(self, targets: tuple[str, ...]) -> list[tuple[str, tuple[str, ...]]]:
        nodes = self._graph_schema.minimal_graph_schema(list(targets)).nodes
        order = TopologicalSorter({name: node.needs.values() for name, node in nodes.items()}).static_order()
        return [(name, tuple(nodes[name].needs.values())) for name in order if name in nodes]


def install() -> None:
    """Have models that are loaded from now on run by it."""
    processor.DaskGraphRunner = PlannedGraphRunner
