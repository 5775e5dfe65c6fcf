"""Whatever happens to a file, reading it ends in a merchant or in its mistakes, nothing else."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nightdesk.merchant.problems import MerchantErrors
from nightdesk.merchant.reader import Merchant, read
from nightdesk.settings import ROOT

SHOP = ROOT / "tests" / "unit" / "shop"
FILES = sorted(path.name for path in SHOP.iterdir())
NASTY = [
    b'"', b",", b"\n", b"\r", b"\r\n", b"|", b";", b"\t", b"\x00", b"\xff\xfe", b"\xef\xbb\xbf",
    b"\xe4\xb8", b"\xa1\xa1", b"'", b"*", b"-1", b"1e9", b"NaN", b"inf", b"=1+1", b": ", b"- ",
    b"&a ", b"*a", b"{", b"}", b"[", "９".encode(), "\u2028".encode(), b"\xed\xa0\x80",
    b"24:00", b"99:99", b"#REF!", b"%", b"!!python/object:os.system ", b"<script>", b"0.5",
]  # fmt: skip
PIECES = st.one_of(st.sampled_from(NASTY), st.binary(min_size=1, max_size=12))
EDITS = st.lists(
    st.tuples(
        st.sampled_from(FILES),
        st.floats(min_value=0, max_value=1),
        st.integers(min_value=0, max_value=20),
        PIECES,
    ),
    min_size=1,
    max_size=6,
)


@given(EDITS)
@settings(
    max_examples=100,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
def test_a_mutated_folder_is_read_or_refused_with_its_mistakes(
    edits: list[tuple[str, float, int, bytes]],
) -> None:
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(shutil.copytree(SHOP, Path(temporary) / "shop"))
        for file, at, cut, piece in edits:
            raw = (folder / file).read_bytes()
            place = int(at * len(raw))
            (folder / file).write_bytes(raw[:place] + piece + raw[place + cut :])
        try:
            check_merchant(read(folder))
        except MerchantErrors as errors:
            check_mistakes(errors)


def check_merchant(merchant: Merchant) -> None:
    assert merchant.profile.name_zh
    assert all(product.stock >= 0 and product.price >= 0 for product in merchant.products)
    assert len({product.sku for product in merchant.products}) == len(merchant.products)


def check_mistakes(errors: MerchantErrors) -> None:
    assert errors.problems
    for problem in (*errors.problems, *errors.warnings):
        assert problem.file in FILES
        assert problem.row is None or problem.row >= 1
        assert all((*problem.what, *problem.right))
