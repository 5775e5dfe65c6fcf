"""An optional judge: a sentence-embedding model behind an OpenAI-compatible ``/v1/embeddings``.

Off unless ``NIGHTDESK_EMBEDDING_URL`` is set. A question's vector is compared with those of every
class's phrasings; how much nearer the nearest one is than usual is added to the class's margin. The
model may be slow, down or wrong: a search then goes on without it, at once.
"""

from __future__ import annotations

import os
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import httpx
import numpy as np
from numpy.typing import NDArray

from nightdesk import logs
from nightdesk.backends.knowledge.index import Floats

log = logs.get(__name__)

BATCH = 64
MOST_CLASSES = 3000  # above it the phrasings are too many to embed
PHRASINGS = 12  # of a class; an entry's own come first
REMEMBERED = 2048  # questions whose vectors are kept


class Silent(Exception):
    """The model gave no usable answer."""


@dataclass(frozen=True)
class Options:
    """How to reach the model. ``url``: with the version, ``http://localhost:8081/v1``.

    ``weight``: what a cosine of 1 above the usual one adds to a margin. ``timeout``: seconds for a
    question, within a customer's turn. ``patience``: seconds for a batch of phrasings. ``pause``:
    seconds without a call after ``misses`` failures in a row. Prefixes: what some models want
    before a question (``query: ``) and before a text (``passage: ``).
    """

    url: str
    model: str = "default"
    key: str = ""
    weight: float = 1.0
    timeout: float = 0.5
    patience: float = 60.0
    misses: int = 3
    pause: float = 30.0
    query_prefix: str = ""
    text_prefix: str = ""

    @classmethod
    def of(cls, environ: Mapping[str, str] = os.environ) -> Options | None:
        """What the environment says; None when no URL is set.

        Raises:
            ValueError: a number is none.
        """
        url = environ.get("NIGHTDESK_EMBEDDING_URL", "").rstrip("/")
        if not url:
            return None

        def given(name: str, default: str) -> str:
            return environ.get(f"NIGHTDESK_EMBEDDING_{name}") or default

        return cls(
            url=url,
            model=given("MODEL", cls.model),
            key=given("KEY", ""),
            weight=float(given("WEIGHT", str(cls.weight))),
            timeout=float(given("TIMEOUT", str(cls.timeout))),
            query_prefix=given("QUERY_PREFIX", ""),
            text_prefix=given("TEXT_PREFIX", ""),
        )


class Embedder:
    """Vectors of length 1 for texts; those of phrasings are kept. Safe to use from many threads."""

    def __init__(self, options: Options, transport: httpx.BaseTransport | None = None) -> None:
        """``transport``: what answers instead of the network, for tests."""
        self.options = options
        headers = {"Authorization": f"Bearer {options.key}"} if options.key else {}
        self._client = httpx.Client(headers=headers, trust_env=False, transport=transport)
        self._known: dict[str, Floats] = {}
        self._questions: OrderedDict[str, Floats] = OrderedDict()
        self._size = 0
        self._failed = 0
        self._resume_at = 0.0
        self._lock = threading.Lock()

    def learn(self, texts: Sequence[str]) -> None:
        """Fetch the vectors of the phrasings that are not known yet.

        Raises:
            Silent: the model gave no usable answer; what came before it is kept.
        """
        missing = [text for text in dict.fromkeys(texts) if text not in self._known]
        prefix, patience = self.options.text_prefix, self.options.patience
        for start in range(0, len(missing), BATCH):
            batch = missing[start : start + BATCH]
            vectors = self._ask([prefix + text for text in batch], patience)
            self._known.update(zip(batch, vectors, strict=True))

    def known(self, text: str) -> Floats | None:
        """The vector of a phrasing, if it has been fetched."""
        return self._known.get(text)

    def question(self, text: str) -> Floats:
        """The vector of a customer's question, masked before it is sent. Raises ``Silent``."""
        text = logs.mask(text)
        with self._lock:
            found = self._questions.get(text)
        if found is None:
            prefix = self.options.query_prefix
            (found,) = self._ask([prefix + text], self.options.timeout)
            with self._lock:
                self._questions[text] = found
                if len(self._questions) > REMEMBERED:
                    self._questions.popitem(last=False)
        return found

    def _ask(self, texts: list[str], timeout: float) -> list[Floats]:
        if time.monotonic() < self._resume_at:
            raise Silent("paused after failures")
        try:
            response = self._client.post(
                f"{self.options.url}/embeddings",
                json={"model": self.options.model, "input": texts, "encoding_format": "float"},
                timeout=timeout,
            )
            response.raise_for_status()
            vectors = self._vectors(response.json(), len(texts))
        except (httpx.HTTPError, httpx.InvalidURL, ValueError, KeyError, TypeError) as error:
            self._miss(error)
            raise Silent(repr(error)) from error
        self._failed = 0
        return vectors

    def _vectors(self, body: dict[str, list[dict[str, object]]], wanted: int) -> list[Floats]:
        """The vectors in the order of the texts. Raises ``ValueError`` for what is no answer."""
        rows = sorted(body["data"], key=lambda row: int(str(row["index"])))
        matrix = np.array([row["embedding"] for row in rows], np.float32)
        norms = np.linalg.norm(matrix, axis=-1)
        if matrix.ndim != 2 or len(matrix) != wanted:
            raise ValueError(f"{matrix.shape} numbers for {wanted} texts")
        if self._size not in (0, matrix.shape[1]):
            raise ValueError(f"vectors of {matrix.shape[1]} numbers, before of {self._size}")
        if not np.isfinite(norms).all() or not norms.all():
            raise ValueError("a vector without a direction")
        self._size = matrix.shape[1]
        return list((matrix / norms[:, None]).astype(np.float32))

    def _miss(self, error: Exception) -> None:
        self._failed += 1
        if self._failed >= self.options.misses:
            self._failed = (
                self.options.misses - 1
            )  # the first failure after the pause begins another
            self._resume_at = time.monotonic() + self.options.pause
        log.warning("embedding_silent", error=repr(error)[:200])


class Embedded:
    """The judge over the classes of one ranker: ``texts[i]`` are the phrasings of class ``i``."""

    def __init__(self, texts: Sequence[Sequence[str]], embedder: Embedder | None) -> None:
        self._embedder = embedder if len(texts) <= MOST_CLASSES else None
        self._texts = [tuple(one[:PHRASINGS]) for one in texts] if self._embedder else []
        self._vectors: tuple[NDArray[np.intp], Floats] | None = None  # of which class, and what
        self._collect()

    def prepare(self) -> None:
        """Fetch the vectors that are missing. Takes as long as the model takes; never raises."""
        if self._embedder is None:
            return
        try:
            self._embedder.learn([text for texts in self._texts for text in texts])
        except Silent as error:
            log.warning("phrasings_not_embedded", error=str(error)[:200])
        self._collect()

    def added(self, margins: Floats, question: str) -> Floats:
        """``margins``, one a class, with what the meaning of ``question`` says for each."""
        embedder, vectors = self._embedder, self._vectors
        if embedder is None or vectors is None:
            return margins
        owners, matrix = vectors
        try:
            near = matrix @ embedder.question(question)
        except (Silent, ValueError):
            return margins
        best = np.full(len(margins), -np.inf, np.float32)
        np.maximum.at(best, owners, near)
        usual = np.float32(np.median(best[np.isfinite(best)]))
        above = np.where(np.isfinite(best), np.maximum(best - usual, 0), 0)
        result: Floats = (margins + embedder.options.weight * above).astype(np.float32)
        return result

    def _collect(self) -> None:
        """The known vectors as one matrix; a class without any gets nothing added."""
        if self._embedder is None:
            return
        rows, owners = [], []
        for owner, texts in enumerate(self._texts):
            for text in texts:
                vector = self._embedder.known(text)
                if vector is not None:
                    rows.append(vector)
                    owners.append(owner)
        if rows:
            self._vectors = np.array(owners, np.intp), np.stack(rows)


@lru_cache(maxsize=1)
def configured() -> Embedder | None:
    """The embedder that the environment names; one a process."""
    options = Options.of()
    return Embedder(options) if options else None
