"""Rasa without TensorFlow, where the model has no use for it."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from nightdesk.bot import lean


def a_model(path: Path, *components: str) -> Path:
    """A model archive whose metadata names ``components``."""
    nodes = {f"run_{number}": {"uses": uses} for number, uses in enumerate(components)}
    content = json.dumps({"predict_schema": {"nodes": nodes}}).encode()
    with tarfile.open(path, "w:gz") as archive:
        info = tarfile.TarInfo("metadata.json")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return path


RULES = "rasa.core.policies.rule_policy.RulePolicy"


@pytest.mark.parametrize(
    ("component", "needed"),
    [
        (RULES, False),
        ("rasa.nlu.featurizers.sparse_featurizer.count_vectors_featurizer.CountVectors", False),
        ("rasa.nlu.classifiers.diet_classifier.DIETClassifier", True),
        ("rasa.nlu.selectors.response_selector.ResponseSelector", True),
        ("rasa.core.policies.ted_policy.TEDPolicy", True),
        ("rasa.core.policies.unexpected_intent_policy.UnexpecTEDIntentPolicy", True),
    ],
)
def test_the_models_own_components_decide(tmp_path: Path, component: str, needed: bool) -> None:
    assert lean.needs_tensorflow(a_model(tmp_path / "m.tar.gz", RULES, component)) is needed


def test_a_component_from_elsewhere_that_names_tensorflow_keeps_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deep_component.py").write_text("import tensorflow as tf\n")
    (tmp_path / "plain_component.py").write_text("import math\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    assert lean.needs_tensorflow(a_model(tmp_path / "a.tar.gz", "deep_component.Deep"))
    assert not lean.needs_tensorflow(a_model(tmp_path / "b.tar.gz", "plain_component.Plain"))


def test_it_can_be_turned_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(lean.KEEP, "1")
    assert lean.needs_tensorflow(a_model(tmp_path / "m.tar.gz", RULES))


def test_every_module_of_rasas_that_imports_tensorflow_is_known() -> None:
    """A Rasa with a new heavy component must not be served with placeholders."""
    import rasa

    root = Path(rasa.__file__).parent
    importing = {
        "rasa." + ".".join(path.relative_to(root).with_suffix("").parts)
        for part in ("nlu", "core")
        for path in (root / part).rglob("*.py")
        if "\nimport tensorflow" in path.read_text(encoding="utf-8")
    }
    assert importing == set(lean._HEAVY)


def test_everything_that_loading_a_model_imports_is_importable_without_it() -> None:
    program = f"""
import sys
from importlib import import_module
from nightdesk.bot import lean
lean.leave_out_tensorflow()
for name in {(*lean._HEAVY, "rasa.graph_components.validators.default_recipe_validator")!r}:
    if not name.endswith(("convert_featurizer", "lm_featurizer")):  # need more than is installed
        import_module(name)
import_module("rasa.core.run")
names = [str(getattr(module, "__file__", "")) for module in sys.modules.values()]
assert not any("site-packages/" + part + "/" in name
               for name in names for part in ("tensorflow", "keras"))
"""
    subprocess.run([sys.executable, "-W", "ignore", "-c", program], check=True)


def test_a_placeholder_is_a_base_class_a_type_and_a_decorator() -> None:
    program = """
from nightdesk.bot import lean
lean.leave_out_tensorflow()
import tensorflow as tf
import tensorflow.keras.backend as K
from tensorflow.types.experimental import TensorLike
@tf.keras.utils.register_keras_serializable(package="x")
class Layer(tf.keras.layers.Layer):
    @tf.function
    def call(self, x: TensorLike) -> tf.Tensor: return x
assert Layer().call(1) == 1
assert not isinstance(1, tf.Tensor)
"""
    subprocess.run([sys.executable, "-c", program], check=True)
