"""Titles and phrases of boilerplate in many languages, in lower case."""

from __future__ import annotations

import re


def _titles(text: str) -> frozenset[str]:
    return frozenset(title.strip().casefold() for title in text.replace("\n", ";").split(";") if title.strip())


CONTENTS = _titles("""
    contents; table of contents; inhalt; inhaltsverzeichnis; table des matières; sommaire; índice; índice general
    contenido; indice; sommario; sumário; conteúdo; inhoud; inhoudsopgave; innehåll; innehållsförteckning; indhold
    indholdsfortegnelse; innhold; innholdsfortegnelse; sisällys; sisällysluettelo; spis treści; obsah; tartalom
    tartalomjegyzék; cuprins; içindekiler; daftar isi; mục lục; содержание; оглавление; зміст; съдържание; садржај
    περιεχόμενα; πίνακας περιεχομένων; المحتويات; جدول المحتويات; فهرس; فهرس المحتويات; فهرست; فهرست مطالب; فہرست
    תוכן העניינים; תוכן; विषय सूची; विषयसूची; अनुक्रमणिका; সূচিপত্র; பொருளடக்கம்; สารบัญ; 目录; 目錄; 目次; もくじ; 차례; 목차
    """)

INDEX = _titles("""
    index; subject index; general index; index of names; register; sachregister; stichwortverzeichnis; namensregister
    personenregister; index général; índice alfabético; índice analítico; indice analitico; índice remissivo
    sakregister; hakemisto; indeks; rejstřík; tárgymutató; dizin; indeks; предметный указатель; указатель; покажчик
    ευρετήριο; الفهرس; کشاف; נמה; אינדקס; מפתח; अनुक्रमणिका; ดัชนี; 索引; さくいん; 색인; 찾아보기
    """)

REFERENCES = _titles("""
    references; bibliography; works cited; literature; further reading; literatur; literaturverzeichnis; quellen
    bibliographie; références; referencias; bibliografía; bibliografia; referências; riferimenti; literatuur; litteratur
    referenser; lähteet; kirjallisuus; literatura; piśmiennictwo; irodalom; kaynakça; kaynaklar; daftar pustaka
    tài liệu tham khảo; литература; список литературы; література; βιβλιογραφία; المراجع; المصادر; منابع; ביבליוגרפיה
    संदर्भ; संदर्भ सूची; บรรณานุกรม; 参考文献; 參考文獻; 참고문헌
    """)

_SIGNS: tuple[tuple[str, ...], ...] = (
    (r"©", r"\(c\) ?(?:19|20)\d\d", r"copyright (?:by )?(?:19|20)\d\d"),
    (
        *("all rights reserved", "alle rechte vorbehalten", "tous droits (?:de .{1,60} )?réservés"),
        *("todos los derechos reservados", "todos os direitos reservados", "tutti i diritti (?:sono )?riservati"),
        *("alle rechten voorbehouden", "alla rättigheter", "wszelkie prawa zastrzeżone", "všechna práva vyhrazena"),
        *("minden jog fenntartva", "her hakkı saklıdır", "все права защищены", "усі права (?:захищено|застережено)"),
        *(
            "με επιφύλαξη (?:παντός|κάθε) δικαιώματος",
            "جميع الحقوق محفوظة",
            "تمامی? حقوق",
            "جملہ حقوق",
            "כל הזכויות שמורות",
        ),
        *("सर्वाधिकार सुरक्षित", "สงวนลิขสิทธิ์", "版权所有", "版權所有", "著作権(?:法|者|は)", "無断(?:転載|複写|複製)"),
        *("무단 ?전재", "저작권"),
    ),
    (r"\bisbn(?:-1[03])?:? ?[\dx\- ]{9,}", r"\bissn:? ?\d{4}"),
    (
        *("no part of this (?:publication|book|work)", "may (?:not )?be reproduced", "toute reproduction"),
        *("ohne (?:schriftliche|vorherige) genehmigung", "prohibida la reproducci", "vietata la riproduzione"),
        *("proibida a reprodu", "перепечатка", "никакая часть", "未经(?:许可|授权)", "不得(?:复制|转载)", "복제를 금"),
    ),
    (
        *("permission is hereby granted", "redistribution and use in source", "licensed under the", "lizenziert unter"),
        *(
            "creative commons",
            "under the terms of (?:the|this)",
            "sous licence",
            "bajo (?:una )?licencia",
            "лицензи[ия]",
        ),
    ),
    (
        *("without warrant(?:y|ies)", "as is['\"”]", "in no event shall", "ohne (?:jede )?gewähr", "sin garantía"),
        "sans garantie",
    ),
    (
        *("(?:first )?published (?:in \\d{4} )?by", "(?:first|second|third) edition", "printed (?:and bound )?in"),
        *("druck(?: und bindung)?:", "imprimé en", "impreso en", "stampato in", "отпечатано", "подписано в печать"),
        *("印刷(?:者|所|:|：)", "発行(?:者|所)", "인쇄"),
    ),
    (
        *("project gutenberg", "terms of (?:use|service)", "privacy policy", "library of congress catalog"),
        "trademarks? of",
    ),
)

RIGHTS = tuple(re.compile("|".join(sign)) for sign in _SIGNS)
"""Signs that rights are reserved, granted or disclaimed; each counts once."""
