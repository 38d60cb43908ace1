"""Words whose full stop does not end a sentence, by language: in lower case, without the last stop, as Punkt asks.

Abbreviations that are also common words (`no`, `es`, `mar`) are left out: a lost boundary costs more than a false one.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


ABBREVIATIONS: dict[str, frozenset[str]] = {
    "en": _words("""
        mr mrs ms dr prof rev hon sr jr st mt ft gen col maj capt lt sgt cmdr gov sen rep pres supt insp
        vs cf approx fig figs eq eqs vol vols eds pp ch nos e.g i.e viz ca dept univ assn bros
        inc ltd co corp ave blvd rd jan feb apr jun jul aug sept oct nov dec
        u.s u.k u.n ph.d m.d b.a m.a b.sc m.sc d.c
        """),
    "de": _words("""
        z.b d.h u.a bzw dr prof hr fr hrsg jh jhd jahrh bd bde nr str vgl evtl ggf sog usw usf inkl exkl abb tab
        kap aufl allg urspr geb gest mio mrd tel v.chr n.chr chr ff i.d.r u.u z.t o.ä s.o s.u ing
        """),
    "fr": _words("""
        m mm mme mmes mlle mlles dr pr me mgr ste bd env p.ex c.-à-d chap éd fig vol n° tél
        janv févr avr juil sept oct nov déc j.-c
        """),
    "es": _words("""
        sr sra srta sres dr dra prof ud uds vd vds d dña lic arq gral núm pág págs vol fig aprox av avda
        p.ej ee.uu a.c d.c ej
        """),
    "it": _words("sig sigg sig.ra dott avv ecc pag pagg vol fig a.c d.c p.es tel"),
    "pt": _words("sr sra dr dra prof profa eng núm pág págs vol fig aprox p.ex a.c d.c tel ltda cia"),
    "nl": _words("dhr mevr mw ir drs bijv bv d.w.z enz o.a m.b.t nr blz evt incl jl z.g"),
    "sv": _words("bl.a t.ex dvs d.v.s osv o.s.v f.d kl nr s.k m.m resp"),
    "pl": _words("np tzn tj m.in itp itd hab inż ul św im tys mln mld zob"),
    "cs": _words("např tj tzv atd apod popř resp č str sv tis mld ul"),
    "ru": _words("""
        г гг вв т.е т.д т.п т.к т.н др см ср напр им ул пл стр рис табл тыс млн млрд руб коп проф акад доц н.э до.н.э
        """),
    "uk": _words("р рр ст т.д т.п т.зв див напр ім вул буд стор рис табл тис млн млрд грн проф акад н.е"),
    "el": _words("π.χ κ.ά κ.λπ κλπ δηλ βλ αρ σελ κος δρ καθ μ.χ"),
    "tr": _words("örn vb bkz doç yrd cad mah yy m.ö m.s"),
    "vi": _words("tp ts ths gs pgs v.v"),
    "id": _words("drs dll dsb yth bpk hal a.n s.d"),
}

SENTENCE_STARTERS = _words("""
    the a an this that these those it he she they we in at but and however when after although there
    der die das ein eine es er sie wir im am aber und doch le la les un une il elle ils nous mais
    el los las una ella ellos pero en os o ele ela он она они это в на но из
    """)
"""Common first words: after an abbreviation and in upper case they begin a sentence (`... Smith Inc. The ...`)."""

MONTHS = _words("""
    januar jänner februar märz april mai juni juli august september oktober november dezember
    marts maj januari februari augusti
    ledna února března dubna května června července srpna září října listopadu prosince
    tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta
    marraskuuta joulukuuta
    """)
"""Months of languages that put a full stop after the day: `am 3. Mai`."""

ABBREVIATED: frozenset[str] = frozenset().union(*ABBREVIATIONS.values())
"""Every language's abbreviations at once, for text whose language nobody stated."""
