"""Titles and phrases of boilerplate in many languages, in lower case."""

from __future__ import annotations


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

RIGHTS: tuple[tuple[str, ...], ...] = (
    ("©", "(c) 19", "(c) 20", "(c)19", "(c)20", "copyright 19", "copyright 20", "copyright by"),
    (
        *("all rights reserved", "alle rechte vorbehalten", "tous droits réservés", "réservés pour tous pays"),
        *("todos los derechos reservados", "todos os direitos reservados", "tutti i diritti riservati"),
        *(
            "tutti i diritti sono riservati",
            "alle rechten voorbehouden",
            "alla rättigheter",
            "wszelkie prawa zastrzeżone",
        ),
        *("všechna práva vyhrazena", "minden jog fenntartva", "her hakkı saklıdır", "все права защищены"),
        *(
            "усі права захищен",
            "усі права застережен",
            "με επιφύλαξη παντός δικαιώματος",
            "με επιφύλαξη κάθε δικαιώματος",
        ),
        *("جميع الحقوق محفوظة", "تمامی حقوق", "تمام حقوق", "جملہ حقوق", "כל הזכויות שמורות", "सर्वाधिकार सुरक्षित"),
        *(
            "สงวนลิขสิทธิ์",
            "版权所有",
            "版權所有",
            "著作権法",
            "著作権者",
            "無断転載",
            "無断複写",
            "無断複製",
            "무단전재",
            "무단 전재",
        ),
        "저작권자",
    ),
    ("isbn ", "isbn:", "isbn-1", "issn ", "issn:"),
    (
        *("no part of this publication", "no part of this book", "no part of this work", "not be reproduced"),
        *(
            "toute reproduction",
            "ohne schriftliche genehmigung",
            "ohne vorherige genehmigung",
            "prohibida la reproducci",
        ),
        *("vietata la riproduzione", "proibida a reprodu", "перепечатка", "никакая часть", "未经许可", "未经授权"),
        *("不得复制", "不得转载", "복제를 금"),
    ),
    (
        *("permission is hereby granted", "redistribution and use in source", "licensed under the", "lizenziert unter"),
        *("creative commons", "under the terms of the", "under the terms of this", "sous licence", "bajo licencia"),
    ),
    (
        *(
            "without warrant",
            '"as is"',
            "“as is”",
            "in no event shall",
            "ohne gewähr",
            "ohne jede gewähr",
            "sin garantía",
        ),
        "sans garantie",
    ),
    (
        *("published by", "first published", "first edition", "second edition", "third edition", "printed in"),
        *(
            "printed and bound in",
            "druck:",
            "druck und bindung:",
            "imprimé en",
            "impreso en",
            "stampato in",
            "отпечатано",
        ),
        *("подписано в печать", "印刷者", "印刷所", "印刷：", "印刷:", "発行者", "発行所", "인쇄:"),
    ),
    ("project gutenberg", "terms of use", "terms of service", "privacy policy", "library of congress catalog"),
)
"""Signs that rights are reserved, granted or disclaimed. Any of a sign's phrases shows it; each sign counts once."""
