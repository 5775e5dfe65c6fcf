"""Rasa without TensorFlow, for models that have no use for it.

Rasa 3.6 imports TensorFlow wherever it goes, about seven seconds and 300 MB, for classes that a
model of count vectors and rules never touches. Where the model's own metadata names no such
component, the import is answered with placeholders. ``NIGHTDESK_KEEP_TENSORFLOW=1`` turns this off.
"""

from __future__ import annotations

import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import sys
import tarfile
import types
from collections.abc import Sequence
from pathlib import Path
from typing import Any

KEEP = "NIGHTDESK_KEEP_TENSORFLOW"

# The modules of Rasa's own components that compute with TensorFlow.
_HEAVY = (
    "rasa.nlu.classifiers.diet_classifier",
    "rasa.nlu.selectors.response_selector",
    "rasa.nlu.featurizers.dense_featurizer.convert_featurizer",
    "rasa.nlu.featurizers.dense_featurizer.lm_featurizer",
    "rasa.core.policies.ted_policy",
    "rasa.core.policies.unexpected_intent_policy",
)

_LEFT_OUT = frozenset({"tensorflow", "keras", "tensorflow_addons", "tensorflow_hub"})


def needs_tensorflow(model: str | Path) -> bool:
    """Whether a component of the trained ``model`` (a ``.tar.gz``) computes with TensorFlow."""
    if os.environ.get(KEEP):
        return True
    with tarfile.open(model) as archive:
        metadata = archive.extractfile("metadata.json")
        assert metadata is not None, f"{model} is not a model of Rasa"
        schema = json.load(metadata)["predict_schema"]["nodes"]
    modules = {node["uses"].rpartition(".")[0] for node in schema.values()}
    ours = {name for name in modules if not name.startswith("rasa.")}
    return bool(modules.intersection(_HEAVY)) or any(_imports_tensorflow(name) for name in ours)


def _imports_tensorflow(module: str) -> bool:
    spec = importlib.util.find_spec(module)
    source = Path(spec.origin).read_text(encoding="utf-8") if spec and spec.origin else ""
    return "tensorflow" in source


class _Placeholder:
    """Stands for any class of TensorFlow, as a base class or a type."""

    def __init__(self, *_args: Any, **_kwargs: Any) -> None:
        pass

    def __init_subclass__(cls, **_kwargs: Any) -> None:
        pass

    def __class_getitem__(cls, _item: Any) -> Any:
        return cls


class _Absent(types.ModuleType):
    """A module of which every public name is a placeholder."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__: list[str] = []
        self.__version__ = "0"

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name not in ("__internal__", "__operators__"):
            raise AttributeError(name)
        if name[:1].islower():
            return _Absent(f"{self.__name__}.{name}")
        return type(name, (_Placeholder,), {})

    def __call__(self, *args: Any, **_kwargs: Any) -> Any:
        return args[0] if args and callable(args[0]) else self


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(
        self, name: str, path: Sequence[str] | None, target: types.ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name.partition(".")[0] in _LEFT_OUT:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> types.ModuleType:
        return _Absent(spec.name)

    def exec_module(self, module: types.ModuleType) -> None:
        pass


def leave_out_tensorflow() -> None:
    """From here on, ``import tensorflow`` gives placeholders. Before any import of Rasa's."""
    if "tensorflow" not in sys.modules:
        sys.meta_path.insert(0, _Finder())
