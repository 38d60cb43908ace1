"""The same short text in eleven languages and in every format that is read."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from html import escape

from tests.documents.made_office import made_docx, made_epub, made_odt, made_pptx, made_xlsx, packed
from tests.documents.made_pdf import made_pdf


@dataclass(frozen=True)
class Story:
    """A title and two sentences."""

    title: str
    first: str
    second: str


STORIES = {
    "ar": Story("المد والجزر", "يرتفع البحر مرتين في اليوم.", "والقمر يجذب الماء."),
    "de": Story("Ebbe und Flut", "Das Meer steigt zweimal am Tag.", "Der Mond zieht das Wasser an, große Höhen."),
    "en": Story("The tides", "The sea rises twice a day.", "The moon pulls at the water."),
    "es": Story("Las mareas", "El mar sube dos veces al día.", "La luna atrae el agua, ¿verdad?"),
    "fr": Story("Les marées", "La mer monte deux fois par jour.", "La lune attire l’eau, bien sûr."),
    "hi": Story("ज्वार भाटा", "समुद्र दिन में दो बार उठता है।", "चंद्रमा पानी को खींचता है।"),
    "ja": Story("潮の満ち引き", "海は一日に二回満ちます。", "月が水を引き寄せます。"),
    "ko": Story("밀물과 썰물", "바다는 하루에 두 번 높아진다.", "달이 물을 끌어당긴다."),
    "ru": Story("Приливы", "Море поднимается дважды в день.", "Луна притягивает воду."),
    "th": Story("น้ำขึ้นน้ำลง", "ทะเลขึ้นวันละสองครั้ง", "ดวงจันทร์ดึงดูดน้ำ"),
    "zh": Story("潮汐", "海水每天涨两次。", "月亮吸引着海水。"),
}


def _docx(story: Story) -> bytes:
    return made_docx([("h1", story.title), ("p", story.first), [["a", "b"], ["1", story.second]]])


def _odt(story: Story) -> bytes:
    return made_odt([("h1", story.title), ("p", story.first), ("li", story.second)])


def _pptx(story: Story) -> bytes:
    return made_pptx([(story.title, [story.first, story.second])])


def _xlsx(story: Story) -> bytes:
    return made_xlsx({story.title: [["a", "b"], [story.first, story.second]]})


def _epub(story: Story) -> bytes:
    return made_epub([f"<h1>{story.title}</h1><p>{story.first}</p>", f"<p>{story.second}</p>"], title=story.title)


def _pdf(story: Story) -> bytes:
    lines = [(60.0, 780.0, 20.0, story.title), (60.0, 700.0, 10.0, story.first), (60.0, 660.0, 10.0, story.second)]
    # Files hold Arabic as it is seen, from the left.
    rtl = "\u0600" <= story.title[0] <= "\u06ff"
    return made_pdf([[(x, y, size, text[::-1] if rtl else text) for x, y, size, text in lines]])


def _html(story: Story) -> bytes:
    return (
        f"<!doctype html><html><head><title>{story.title}</title></head><body><nav><a href='/'>Home</a></nav><main>"
        f"<h1>{story.title}</h1><p>{story.first}</p><ul><li>{escape(story.second)}</li></ul></main></body></html>"
    ).encode()


def _rtf(story: Story) -> bytes:
    def said(text: str) -> str:
        return "".join(char if char < "\x80" else f"\\u{ord(char) - 65536 * (ord(char) > 32767)}?" for char in text)

    body = "\\par\n".join(map(said, (story.title, story.first, story.second)))
    return f"{{\\rtf1\\ansi\\uc1 {body}\\par}}".encode()


def _tex(story: Story) -> bytes:
    body = f"\\section{{{story.title}}}\n{story.first} % a remark\n\n\\emph{{{story.second}}}\n"
    return f"\\documentclass{{article}}\n\\begin{{document}}\n{body}\\end{{document}}\n".encode()


def _rst(story: Story) -> bytes:
    return f"{story.title}\n{'=' * 60}\n\n{story.first}\n\n.. note:: {story.second}\n".encode()


def _eml(story: Story) -> bytes:
    message = EmailMessage()
    message["Subject"], message["From"], message["To"] = story.title, "a@example.org", "b@example.org"
    message.set_content(f"{story.first}\n")
    message.add_attachment(story.second.encode(), maintype="text", subtype="plain", filename="more.txt")
    return message.as_bytes()


def _srt(story: Story) -> bytes:
    return (
        f"1\n00:00:01,000 --> 00:00:02,000\n{story.title}\n\n2\n00:00:09,000 --> 00:00:10,000\n<i>{story.first}</i>\n\n"
        f"3\n00:00:19,000 --> 00:00:20,000\n{story.second}\n"
    ).encode()


def _vtt(story: Story) -> bytes:
    return (
        f"WEBVTT\n\nNOTE nothing\n\n00:01.000 --> 00:02.000 line:0\n{story.title}\n\n"
        f"00:09.000 --> 00:10.000\n{story.first}\n\n"
        f"00:19.000 --> 00:20.000\n<c.red>{story.second}</c>\n"
    ).encode()


def _csv(story: Story) -> bytes:
    return f'{story.title};b\n"{story.first}";"{story.second}"\n'.encode("utf-8-sig")


def _tsv(story: Story) -> bytes:
    return f"{story.title}\tb\n{story.first}\t{story.second}\n".encode("utf-16")


def _ipynb(story: Story) -> bytes:
    cells = [
        {"cell_type": "markdown", "source": [f"# {story.title}\n", story.first]},
        {"cell_type": "code", "source": f"print({story.second!r})", "outputs": []},
    ]
    return json.dumps({"cells": cells, "metadata": {"language_info": {"name": "python"}}, "nbformat": 4}).encode()


def _json(story: Story) -> bytes:
    turns = [{"from": "human", "value": story.first}, {"from": "gpt", "value": story.second}]
    return json.dumps([{"text": story.title}, {"conversations": turns}]).encode()


def _jsonl(story: Story) -> bytes:
    lines = [{"text": story.title}, {"content": f"{story.first}\n{story.second}"}]
    return "\n".join(json.dumps(line) for line in lines).encode()


def _parquet(story: Story) -> bytes:
    import pyarrow as pa
    from pyarrow import parquet

    out = io.BytesIO()
    parquet.write_table(pa.table({"text": [story.title, story.first, story.second], "n": [1, 2, 3]}), out)
    return out.getvalue()


def _zip(story: Story) -> bytes:
    inner = packed({"deep.html": _html(story)})
    return packed({"a/first.txt": f"{story.title}\n{story.first}", "a/second.docx": _docx(story), "b.zip": inner})


def _text(story: Story) -> bytes:
    return f"# {story.title}\n\n{story.first}\n{story.second}\n".encode()


def _code(story: Story) -> bytes:
    return f"# {story.title}\nfirst = {story.first!r}\nsecond = {story.second!r}\n".encode()


FORMATS: Mapping[str, Callable[[Story], bytes]] = {
    "docx": _docx, "odt": _odt, "pptx": _pptx, "xlsx": _xlsx, "epub": _epub, "pdf": _pdf, "html": _html, "rtf": _rtf,
    "tex": _tex, "rst": _rst, "eml": _eml, "srt": _srt, "vtt": _vtt, "csv": _csv, "tsv": _tsv, "ipynb": _ipynb,
    "json": _json, "jsonl": _jsonl, "parquet": _parquet, "zip": _zip, "txt": _text, "md": _text, "py": _code,
}  # fmt: skip


def corpus() -> dict[str, bytes]:
    """Every format in every language, by file name."""
    return {
        f"{language}.{suffix}": make(story) for language, story in STORIES.items() for suffix, make in FORMATS.items()
    }
