"""English verbs that rules can turn around: from "she built" to "did she build"."""

from __future__ import annotations

from typing import NamedTuple

_AUXILIARIES = "is are was were can could may might must will would should has have had"

_REGULAR = """
absorb add adopt allow appear apply arrive attract belong borrow call carry cause close collect combine compare
compose connect conquer consist contain convert cover create cross decorate deliver depend describe design destroy
develop devise die discover display dissolve divide employ enable end enter establish expand explain explore export
extend fill finish gather govern happen heat help house import improve include increase inspire install introduce
invent involve join kill land last launch live lower maintain manage manufacture mark measure melt mention mix move
name need note observe obtain occur open operate order paint pass patent perfect perform pollinate pour practise
predict prefer prepare preserve prevent print produce promote propose protect prove provide publish pull push reach
receive record recover reduce refine register reject release remain remove replace report require return rule sail
separate settle ship signal soften solve spend split start stay store study survive transform translate transport
travel turn use visit wash weigh work
"""

# base, third person, past, participle
_IRREGULAR = """
become becomes became become|begin begins began begun|blow blows blew blown|break breaks broke broken
bring brings brought brought|build builds built built|burn burns burned burned|buy buys bought bought
come comes came come|cost costs cost cost|cut cuts cut cut|draw draws drew drawn|fall falls fell fallen
feed feeds fed fed|fly flies flew flown|freeze freezes froze frozen|give gives gave given|go goes went gone
grow grows grew grown|have has had had|hold holds held held|keep keeps kept kept|lay lays laid laid|lead leads led led
leave leaves left left|lie lies lay lain|lose loses lost lost|make makes made made|meet meets met met|pay pays paid paid
put puts put put|rise rises rose risen|run runs ran run|say says said said|see sees saw seen|sell sells sold sold
send sends sent sent|set sets set set|show shows showed shown|shrink shrinks shrank shrunk|sink sinks sank sunk
stand stands stood stood|take takes took taken|teach teaches taught taught|tell tells told told
think thinks thought thought|throw throws threw thrown|win wins won won|write writes wrote written
find finds found found
"""

_ALSO_NOUNS = """
call cause close cost cover cross cut design display end feed fall heat help house import export increase join land last
launch lead leave lie live lower mark measure mix move name need note order paint pass patent perfect print produce pull
push reach record release report return rise rule run sail set ship show signal split start store study transport travel
turn use visit wash work open lay stand
"""

_DOUBLED = "ship stop plan permit refer prefer occur split travel"


class VerbForm(NamedTuple):
    """A finite form of a main verb: its base, and the `do` that asks about it."""

    base: str
    do: str


def _past(base: str) -> str:
    if base.endswith("e"):
        return f"{base}d"
    if base.endswith("y") and base[-2] not in "aeiou":
        return f"{base[:-1]}ied"
    return f"{base}{base[-1]}ed" if base in _DOUBLED.split() else f"{base}ed"


def _third(base: str) -> str:
    if base.endswith("y") and base[-2] not in "aeiou":
        return f"{base[:-1]}ies"
    return f"{base}es" if base.endswith(("s", "sh", "ch", "x", "z", "o")) else f"{base}s"


_PARTS = [
    *((base, _third(base), _past(base), _past(base)) for base in _REGULAR.split()),
    *(tuple(row.split()) for row in _IRREGULAR.replace("|", "\n").strip().split("\n")),
]

AUXILIARIES = frozenset(_AUXILIARIES.split())

FINITE = {
    **{base: VerbForm(base, "do") for base, *_ in _PARTS},
    **{third: VerbForm(base, "does") for base, third, *_ in _PARTS},
    **{past: VerbForm(base, "did") for base, _, past, _ in _PARTS if past != base},
}
"""Finite form → its base and its `do`."""

DOUBTFUL = frozenset(form for form, (base, do) in FINITE.items() if do != "did" and base in _ALSO_NOUNS.split())
"""Forms that are as likely a noun: a verb only where the clause has no other."""

PAST_OF_PARTICIPLE = {participle: past for _, _, past, participle in _PARTS}
"""Past participle → past tense: "written" → "wrote"."""
