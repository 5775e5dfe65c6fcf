"""What our two trained Rasa components share: how they are made, kept and loaded."""

from __future__ import annotations

from abc import abstractmethod
from contextlib import ExitStack
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from typing_extensions import Self

Learnt = TypeVar("Learnt")


class TrainedComponent(GraphComponent, Generic[Learnt]):
    """A graph component around one ``learnt`` thing, which is ``None`` before training."""

    VERSION: ClassVar[str]
    """Changes when the component, or what it reads, learns differently: Rasa then trains again."""

    def __init__(
        self,
        config: dict[str, Any],
        storage: ModelStorage,
        resource: Resource,
        learnt: Learnt | None = None,
    ) -> None:
        """Untrained unless something ``learnt`` is given."""
        self._config = config
        self._storage = storage
        self._resource = resource
        self._learnt = learnt

    @staticmethod
    @abstractmethod
    def read(folder: Path) -> Learnt:
        """What ``write`` put into ``folder``."""

    @staticmethod
    @abstractmethod
    def write(learnt: Learnt, folder: Path) -> None:
        """Keep what was learnt in ``folder``."""

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Self:
        """An untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Self:
        """The component as it was trained; an untrained one if it never was."""
        with ExitStack() as stack:
            try:
                folder = stack.enter_context(model_storage.read_from(resource))
            except ValueError:  # Rasa's word for a resource that was never written
                return cls(config, model_storage, resource)
            return cls(config, model_storage, resource, cls.read(folder))

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str | None:
        """The version of what is learnt."""
        return cls.VERSION

    def _keep(self, learnt: Learnt) -> Resource:
        """Use ``learnt`` from now on, and store it with the model."""
        self._learnt = learnt
        with self._storage.write_to(self._resource) as folder:
            self.write(learnt, folder)
        return self._resource
