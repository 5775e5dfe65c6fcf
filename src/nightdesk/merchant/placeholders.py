"""Whether the placeholders of an answer name what there is, and what would be right."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from nightdesk.merchant import cells
from nightdesk.merchant.problems import Say
from nightdesk.placeholders import BRANCH, FIGURES, PRODUCT, SERVICE, SHOP, Placeholder, braces

_KINDS = {
    PRODUCT: Say("product", "商品"),
    SERVICE: Say("service", "服务"),
    BRANCH: Say("branch", "门店"),
}
_CODES = {
    PRODUCT: Say("SKU", "商品编号"),
    SERVICE: Say("SERVICE", "服务编号"),
    BRANCH: Say("BRANCH", "门店编号"),
}
_BY_CHINESE = {figure.zh: name for name, figure in FIGURES.items()}


@dataclass(frozen=True)
class Shelf:
    """What placeholders may name.

    ``known``: the codes that exist, by kind; of ``SHOP`` the names that the profile fills.
    ``near``: codes to suggest, where they are others. ``silent``: kinds that cannot be asked about.
    """

    known: Mapping[str, Collection[str]]
    near: Mapping[str, Collection[str]] = field(default_factory=dict)
    silent: frozenset[str] = frozenset()

    def suggest(self, kind: str) -> tuple[str, ...]:
        return tuple(self.near.get(kind) or self.known.get(kind, ()))


@dataclass(frozen=True)
class Mistake:
    """Braces that cannot be said. ``unsure``: only because what they name cannot be asked now."""

    found: str
    what: Say
    right: Say
    unsure: bool = False


def mistakes(text: str, shelf: Shelf) -> list[Mistake]:
    """What is wrong with the placeholders of ``text``; braces that are plain text are not."""
    found = ((words, _meant(words, placeholder)) for words, placeholder in braces(text))
    wrong = (_mistake(words, meant, shelf) for words, meant in found if meant)
    return [one for one in wrong if one]


def stray(text: str) -> list[str]:
    """Braces in ``text`` that are no placeholder, yet look like one: without white space."""
    return [
        words
        for words, placeholder in braces(text)
        if not _meant(words, placeholder) and not any(c.isspace() for c in words)
    ]


def unknown(words: str) -> Mistake:
    """The mistake that ``words``, in braces, are no placeholder."""
    return Mistake(
        words,
        Say(f"unknown placeholder {words}", f"没有这个占位符:{words}"),
        Say(f"one of: {forms().en}", f"可以用:{forms().zh}"),
    )


def forms() -> Say:
    """Every placeholder there is, in one line."""

    def form(name: str, language: int) -> str:
        kind = FIGURES[name].of
        return f"{{{name}}}" if kind == SHOP else f"{{{name}:{_CODES[kind][language]}}}"

    return Say(" ".join(form(name, 0) for name in FIGURES), " ".join(form(n, 1) for n in FIGURES))


def _meant(words: str, placeholder: Placeholder | None) -> Placeholder | None:
    """``{价格:A-1}`` is meant to be a placeholder too."""
    if placeholder is not None:
        return placeholder
    name, _, code = words[1:-1].replace("：", ":").partition(":")
    return Placeholder(name.strip(), code.strip()) if name.strip() in _BY_CHINESE else None


def _mistake(words: str, meant: Placeholder, shelf: Shelf) -> Mistake | None:
    name = _BY_CHINESE.get(meant.name, meant.name)
    figure = FIGURES.get(name)
    if figure is None or name != meant.name:
        return _misnamed(words, meant, name)
    if figure.of == SHOP:
        return _of_the_shop(words, meant, shelf)
    if figure.of in shelf.silent:
        return Mistake(
            words,
            Say(f"{words} cannot be checked now", f"{words} 现在没法核对"),
            Say("try again in a moment", "请稍后再试"),
            unsure=True,
        )
    if meant.code in shelf.known.get(figure.of, ()):
        return None
    kind, options = _KINDS[figure.of], shelf.suggest(figure.of)
    best = cells.nearest(meant.code, options) if meant.code else None
    forms_ = [f"{{{name}:{code}}}" for code in ([best] if best else options[:3])]
    listed = ", ".join(forms_)
    return Mistake(
        words,
        Say(f"{words}: there is no such {kind.en}", f"{words}:没有这个{kind.zh}")
        if meant.code
        else Say(f"{words} does not say which {kind.en}", f"{words} 没写是哪个{kind.zh}"),
        Say(f"perhaps {listed}", f"是不是 {listed}?")
        if listed
        else Say("the figure itself, in words", "直接写出来"),
    )


def _misnamed(words: str, meant: Placeholder, name: str) -> Mistake:
    """A name that does not exist: the one that was probably meant, else all of them."""
    best = name if name in FIGURES else cells.nearest(name, tuple(FIGURES))
    if best is None:
        return unknown(words)
    kind = FIGURES[best].of
    code = (
        Say("", "") if kind == SHOP else Say(meant.code, meant.code) if meant.code else _CODES[kind]
    )
    right = [Placeholder(best, one) for one in code]
    return Mistake(words, unknown(words).what, Say(f"perhaps {right[0]}", f"是不是 {right[1]}?"))


def _of_the_shop(words: str, meant: Placeholder, shelf: Shelf) -> Mistake | None:
    bare = f"{{{meant.name}}}"
    if meant.code:
        return Mistake(words, Say(f"{words} takes no code", f"{words} 不用写编号"), Say(bare, bare))
    if meant.name in shelf.known.get(SHOP, ()):
        return None
    return Mistake(
        words,
        Say(f"profile.yml has no {meant.name}", f"profile.yml 里没有 {meant.name}"),
        Say(f"fill in {meant.name} there", f"先在那里填写 {meant.name}"),
    )
