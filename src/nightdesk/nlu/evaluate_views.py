"""What each view of the text is worth: ``python -m nightdesk.nlu.evaluate_views``.

Two ways to leave sentences out: by line, and by block, a block being all that one writer wrote in
one variety (harder, for nobody repeats the voice of another). Spans are those that people
annotated, each left out with chance 0.3, in training and in asking: about what is missed in use.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold

from nightdesk.nlu import features as f
from nightdesk.nlu.annotated import Example, read_tsv
from nightdesk.nlu.classifier_model import COST, FOLDS, fit
from nightdesk.nlu.data_files import read_folder

MISSED = 0.3
VARIANTS: dict[str, tuple[f.View, ...]] = {
    "characters": (f.characters,),
    "kinds": (f.kinds,),
    "characters, kinds": (f.characters, f.kinds),
    **{f"all but {view.__name__}": tuple(v for v in f.VIEWS if v is not view) for view in f.VIEWS},
    "all": f.VIEWS,
}


def utterances_of(examples: Sequence[Example], seed: int = 20) -> list[f.Utterance]:
    """The examples as the classifier trains on them."""
    chance = random.Random(seed)
    return [
        f.Utterance.of(
            e.text, [(s.start, s.end, s.entity) for s in e.spans if chance.random() >= MISSED]
        )
        for e in examples
    ]


def main() -> None:
    """Print one row per variant; the arguments are evaluation files."""
    examples, test = read_folder(Path("data/nlu")), list(read_tsv(map(Path, sys.argv[1:])))
    seen, unseen = utterances_of(examples), utterances_of(test)
    wanted = np.array([example.intent for example in examples])
    labels = np.unique(wanted)
    blocks = [f"{example.source}/{example.variety}" for example in examples]
    print(f"{len(examples)} sentences, {len(set(blocks))} blocks, {len(test)} for measuring")
    for name, views in VARIANTS.items():
        vocabulary = f.Vocabulary.learn(seen, views)
        rows = vocabulary.matrix(seen)
        figures = []
        for folds in (StratifiedKFold(FOLDS), StratifiedGroupKFold(FOLDS)):
            splitter = type(folds)(FOLDS, shuffle=True, random_state=0)
            right = np.zeros(len(wanted), bool)
            for kept, left_out in splitter.split(rows, wanted, blocks):
                weights, bias = fit(rows[kept], wanted[kept], labels, COST)
                understood = labels[(rows[left_out] @ weights + bias).argmax(axis=1)]
                right[left_out] = understood == wanted[left_out]
            figures.append(right.mean())
        if test:
            weights, bias = fit(rows, wanted, labels, COST)
            understood = labels[(vocabulary.matrix(unseen) @ weights + bias).argmax(axis=1)]
            figures.append(np.mean(understood == [example.intent for example in test]))
        print(f"{name:34}" + "".join(f"{figure:8.1%}" for figure in figures), flush=True)


if __name__ == "__main__":
    main()
