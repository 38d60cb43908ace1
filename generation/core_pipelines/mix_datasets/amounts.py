"""How much of each source a mixture takes, and which rows: pure functions of sizes, shares and a seed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from generation_functions.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Wish:
    """What there is of a source, and what is wanted of it, in tokens or rows."""

    label: str
    there: int
    share: float | None = None
    most: int | None = None
    generic: bool = False

    @property
    def cap(self) -> int:
        """The most that can be taken."""
        return self.there if self.most is None else min(self.there, self.most)


@dataclass(frozen=True, slots=True)
class Amount:
    """The most to take of a source, and why it is not more."""

    most: int
    why: str


ALL = "all of it is taken"
NO_MORE = "it has no more"
CAPPED = "its own limit"
SHARED = "its share is full"
FULL = "the mixture is full"
BALANCED = "generic data has its share"


def amounts(wishes: Sequence[Wish], total: int | None, generic_share: float | None) -> list[Amount]:
    """The amount of each source, in their order.

    Without a total, shares are held exactly and as much is taken as the scarcest source allows. With one, a source that
    falls short is not made up for by others: the mixture is smaller, and the shares of the others stay what they were.
    Generic sources together become `generic_share` of the mixture, measured against what the other sources really give.

    Raises `ConfigError` where only some of the sources that share a group have a share.
    """
    if generic_share is None:
        return _group(wishes, total, FULL)
    domain = [wish for wish in wishes if not wish.generic]
    generic = [wish for wish in wishes if wish.generic]
    if not domain or not generic:
        raise ConfigError(
            "generic_share needs sources of both kinds", hint="mark the generic ones with `generic: true`"
        )
    first = _group(domain, None if total is None else round(total * (1 - generic_share)), FULL)
    given = sum(amount.most for amount in first)
    weight = round(given * generic_share / (1 - generic_share))
    if total is not None:
        weight = min(weight, total - given)
    second = _group(generic, weight, BALANCED)
    of_domain, of_generic = iter(first), iter(second)
    return [next(of_generic if wish.generic else of_domain) for wish in wishes]


def _group(wishes: Sequence[Wish], total: int | None, full: str) -> list[Amount]:
    shares = _shares(wishes)
    if shares is None:
        return [_by_size(wish, total, sum(each.cap for each in wishes), full) for wish in wishes]
    if total is None:
        reach = min(wish.cap / share for wish, share in zip(wishes, shares, strict=True))
        return [_up_to(wish, round(reach * share), SHARED) for wish, share in zip(wishes, shares, strict=True)]
    return [_up_to(wish, part, SHARED) for wish, part in zip(wishes, _dealt(total, shares), strict=True)]


def _dealt(total: int, shares: Sequence[float]) -> list[int]:
    """A total cut up by shares: whole numbers that are together just it."""
    ends = [round(total * part / sum(shares)) for part in accumulate(shares)]
    return [end - begin for begin, end in pairwise([0, *ends])]


def _shares(wishes: Sequence[Wish]) -> list[float] | None:
    given = [wish.share for wish in wishes if wish.share is not None]
    if given and len(given) < len(wishes):
        without = next(wish.label for wish in wishes if wish.share is None)
        raise ConfigError(
            f"{without!r} has no share, and others have", hint="give every source a `share:`, or none; see `most:`"
        )
    return given or None


def _by_size(wish: Wish, total: int | None, caps: int, full: str) -> Amount:
    wanted = wish.cap if total is None or not caps else total * wish.cap // caps
    return _up_to(wish, wanted, full)


def _up_to(wish: Wish, wanted: int, full: str) -> Amount:
    if wanted < wish.cap:
        return Amount(wanted, full)
    if wish.cap < wish.there:
        return Amount(wish.cap, CAPPED)
    return Amount(wish.there, NO_MORE if wanted > wish.there else ALL)


def drawn(costs: Iterable[tuple[int, int]], most: int) -> tuple[set[int], int]:
    """Which of the rows, given as `(draw, cost)`, are taken, by their index; and what they cost together.

    Rows are taken by their draw, smallest first, up to the first that no longer fits: a row that is added or removed
    changes nothing about the draws of the others.
    """
    ranked = sorted((draw, index, cost) for index, (draw, cost) in enumerate(costs))
    taken: set[int] = set()
    spent = 0
    for _, index, cost in ranked:
        if spent + cost > most:
            break
        taken.add(index)
        spent += cost
    return taken, spent
