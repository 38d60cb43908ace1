"""LaTeX's commands and environments, by what a reader does with them."""

from __future__ import annotations

LEVELS = {
    "part": 1,
    "chapter": 1,
    "section": 2,
    "subsection": 3,
    "subsubsection": 4,
    "paragraph": 5,
    "subparagraph": 6,
}
VERBATIM = frozenset(["verbatim", "verbatim*", "lstlisting", "minted", "Verbatim", "alltt"])
FORMULA = frozenset({
    "equation", "align", "gather", "multline", "eqnarray", "displaymath", "math", "flalign", "alignat",
    "equation*", "align*", "gather*", "multline*", "eqnarray*", "flalign*", "alignat*",
})  # fmt: skip
TABULAR = frozenset(["tabular", "tabular*", "tabularx", "longtable", "array", "tabulary"])
SILENT_ENVIRONMENTS = frozenset(
    ["comment", "thebibliography", "tikzpicture", "pgfpicture", "filecontents", "filecontents*"]
)
SHOWN = frozenset({
    "textbf", "textit", "emph", "text", "textrm", "textsf", "texttt", "textsc", "textup", "textsl",
    "underline", "uline", "mbox", "hbox", "fbox", "enquote", "uppercase", "footnote", "footnotetext",
    "caption", "url", "path", "title", "author", "date", "abstract", "textsuperscript",
    "textsubscript", "MakeUppercase", "lowercase", "so", "st", "hl", "item", "noindent", "centering",
    "textmd", "textnormal",
})  # fmt: skip
REFERENCES = frozenset(["ref", "eqref", "pageref", "cref", "autoref", "cite", "citep", "parencite", "autocite"])
SECOND = frozenset(["href", "textcolor", "colorbox", "hyperref", "foreignlanguage", "parbox"])
SILENT = frozenset({
    "label", "thanks", "ref", "eqref", "pageref", "cref", "Cref", "autoref", "cite", "citep", "citet", "citeauthor",
    "citeyear", "parencite", "textcite", "autocite", "footcite", "nocite", "bibliography",
    "bibliographystyle", "input", "include", "includegraphics", "usepackage", "documentclass", "index",
    "vspace", "hspace", "pagestyle", "thispagestyle", "setlength", "addtolength", "setcounter", "newcommand",
    "renewcommand", "providecommand", "def", "newenvironment", "hypersetup", "graphicspath", "definecolor",
    "color", "pagenumbering", "newtheorem", "addcontentsline", "markboth", "fontsize", "selectlanguage",
    "rule", "bibitem", "glossary", "phantomsection", "theoremstyle", "geometry", "lstset", "cline",
    "cmidrule",
})  # fmt: skip
