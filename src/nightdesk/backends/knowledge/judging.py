"""What the ranker's judges count for, and how sure it is of the item that they put first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp

import numpy as np
from numpy.typing import NDArray

from nightdesk.backends.knowledge.index import Floats

RIVALS = 10  # items that the first one is compared with
ALONE = 3.0  # the lead over the background where there is none


@dataclass(frozen=True)
class Judging:
    """Constants of one kind of item; fitted by ``calibrate``.

    ``weights``: by judge, a conditional logit of the right item (McFadden). ``confidence``: by
    evidence, and ``bias``: a logistic of "the first one is right". ``answer_from``: the confidence
    from which the first one is given as the answer.
    """

    weights: Mapping[str, float]
    confidence: Mapping[str, float]
    answer_from: float

    def confidence_of(self, found: Mapping[str, float]) -> float:
        """How likely the first item is the right one, 0 to 1, by the evidence ``found``."""
        logit = self.confidence["bias"]
        logit += sum(self.confidence[name] * value for name, value in found.items())
        return 1 / (1 + exp(-max(-30.0, min(30.0, logit))))


QUESTIONS = Judging(
    weights={
        "margin": 0.9,
        "meaning": 0.65,
        "words": 0.93,
        "profile": 2.8,
        "nearest": 0.28,
        "whole": 0.5,
    },
    confidence={"bias": 1.25, "margin": 0.43, "background": 0.27, "share": 1.49},
    answer_from=0.8,
)
# Wrong advice is worse than a question back. The likeness to a fault's own words gave nothing.
FAULTS = Judging(
    weights={"margin": 0.85, "meaning": 0.85, "words": 0.93, "profile": 2.39},
    confidence={"bias": 0.9, "margin": 0.94, "background": 0.46, "share": 1.05},
    answer_from=0.86,
)


def evidence(
    margins: Floats, speaks: Floats, total: Floats, order: NDArray[np.intp]
) -> dict[str, float]:
    """What speaks for the first item of ``order``, which are the best ones that may be shown.

    Its margin, how much more margin and meaning speak for it than for the background, and the
    logarithm of its share among its rivals.
    """
    first = order[0]
    background = speaks[len(total) :]
    rivals = total[order[:RIVALS]]
    return {
        "margin": float(margins[first]),
        "background": float(speaks[first] - background.max()) if len(background) else ALONE,
        "share": -float(np.log(np.exp(rivals - rivals[0]).sum())),
    }
