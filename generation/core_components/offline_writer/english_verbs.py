"""English verbs that rules can turn around: from "she built" to "did she build"."""

from __future__ import annotations

from typing import NamedTuple

_AUXILIARIES = "is are was were can could may might must will would should has have had"

_REGULAR = """
abandon abolish absorb accept achieve act add adopt allow announce appear apply approve argue arrive assemble attract
award bake balance ban believe belong block bloom boil borrow calculate call carry cause celebrate change charge claim
climb close coat collapse collect combine command compare complete compose conclude conduct confirm connect conquer
consist consume contain continue control convert cool copy count cover create cross dance date decide decipher declare
decline decorate dedicate defeat define deliver demonstrate depend derive describe design destroy detect determine
develop devise die direct discover display dissolve distinguish divide drop elect emerge employ enable encourage end
engineer enter escape establish estimate evolve examine exceed exchange exist expand expect explain explore export
extend fail favour fill finish float flow follow force form found fund gather generate govern grant guide happen
harvest hatch heat help house identify import impose improve include increase inhabit inspect inspire install
introduce invade invent invite involve issue join judge kill label lack land last launch lift limit link live load
look lower maintain manage manufacture mark match measure melt mention mine mix model move name need negotiate nest
note number object observe obtain occur offer open operate oppose order own pack paint pass patent perfect perform
persuade pick plan plant point pollinate possess pour practise predict prefer prepare present preserve press prevent
print process produce promote propose protect prove provide publish pull push range reach receive recognise
recognize recommend record recover reduce refine reflect register regulate reject release rely remain remove rent
repair repeal replace report represent require resemble resist respond restore restrict result retain return reveal
revise roast roll rotate rule sail save scatter search select separate serve settle shape share shift ship signal slow
soften solidify solve sort spend split start stay stop store strengthen study succeed suffer suggest supply support
surround survey survive tend test touch trade train transform translate transmit transport travel treat turn unite use
vary visit vote walk warn wash watch weigh widen witness work yield
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
find finds found found|let lets let let|bear bears bore borne|drive drives drove driven|spread spreads spread spread
eat eats ate eaten|weave weaves wove woven|seek seeks sought sought|dig digs dug dug|spin spins spun spun
swim swims swam swum
"""

_ALSO_NOUNS = """
act balance block bloom boil call cause change charge claim climb close coat command control cool copy cost count
cover cross cut dance date decline design display drop end engineer estimate exchange export fall favour feed float
flow force form fund guide harvest heat help house import increase issue join judge label lack land last launch lay
lead leave lie lift limit link live load look lower mark match measure mine mix model move name need nest note number
object offer open order own pack paint pass patent perfect pick plan plant point present press print process produce
pull push range reach record release rent repair report result return rise roast roll rule run sail search serve
set shape share shift ship show signal slow sort split stand start stop store study supply support survey test touch
trade train transport travel treat turn use visit vote walk wash watch witness work yield
"""

_DOUBLED = "ship stop plan permit refer prefer occur split travel ban drop stop"


class VerbForm(NamedTuple):
    """A finite form of a main verb: its base, and the `do` that asks about it; "" where the tense cannot be told."""

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
    **{base: VerbForm(base, "do" if past != base else "") for base, _, past, _ in _PARTS},
    **{third: VerbForm(base, "does") for base, third, *_ in _PARTS},
    **{past: VerbForm(base, "did") for base, _, past, _ in _PARTS if past != base},
}
"""Finite form → its base and its `do`."""

DOUBTFUL = frozenset(form for form, (base, do) in FINITE.items() if do != "did" and base in _ALSO_NOUNS.split())
"""Forms that are as likely a noun: a verb only where the clause has no other."""

PAST_OF_PARTICIPLE = {participle: past for _, _, past, participle in _PARTS}
"""Past participle → past tense: "written" → "wrote"."""
