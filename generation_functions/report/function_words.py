"""Words that a language needs everywhere and that tell nothing of what a text is about, in folded case."""

from __future__ import annotations

_ENGLISH = """
a about after all also although an and any are around as at be because been before being between both but by can could
did do does doing done during each every few for from had has have having he her here him his how i if in into is it
its itself just many may me might more most much must my no nor not now of off often on once one only or other our out
over own same she should since so some such than that the their them then there these they this those through to too
under until up upon us use used very was we were what when where whether which while who whom whose why will with
within without would you your
"""
_GERMAN = """
aber alle allem allen aller alles als also am an ander andere anderen auch auf aus bei beim bin bis bist da damit dann
das dass dazu dein dem den denn der deren des dessen die dies diese diesem diesen dieser dieses doch dort du durch ein
eine einem einen einer eines er es etwa etwas euch euer für gegen geht gibt hat hatte hatten haben hier hin hinter ich
ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ins ist ja jede jedem jeden jeder jedes kann kein keine konnte können
man mehr mein mit muss nach nicht nichts noch nun nur ob oder ohne sehr sein seine seinem seinen seiner seit sich sie
sind so über um und uns unser unter vom von vor wann war waren warum was weil weit welche welchem welchen welcher
welches wenn wer werden wie wieder wird wo worden wozu wurde wurden zu zum zur zwischen
"""
_FRENCH = """
à ai ainsi alors au aucun aussi autre aux avait avec avoir car ce cela ces cet cette ceux chaque comme comment d dans
de depuis des dont du elle elles en encore est et étaient était été être eux fait fut furent il ils je l la le les
leur leurs lors lui mais même mes mon n ne nos notre nous on ont ou où par parce pas peut plus pour pourquoi qu quand
que quel quelle quelles quels qui s sa sans se ses si son sont sous sur ta tous tout toute toutes très tu un une vos
votre vous y
"""
_SPANISH = """
a al algo ante antes aquel así aunque cada como cómo con cual cuál cuando cuándo cuánto de del desde donde dónde dos e
el él ella ellas ellos en entre era eran es esa ese eso esta está están estas este esto estos fue fueron ha había hace
hacia han hasta hay la las le les lo los más me mi mientras muy ni no nos o os otra otro para pero poco por porque
pues que qué quien quién se sea según ser si sí sin sobre son su sus también tan tanto te tiene todo todos tu un una
unas uno unos y ya
"""

FUNCTION_WORDS = frozenset(f"{_ENGLISH} {_GERMAN} {_FRENCH} {_SPANISH}".split())
"""English, German, French and Spanish. Other languages do with how often a word comes."""
