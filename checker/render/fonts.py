"""How wide a text will be: diagrams are laid out here, where there is no font to ask.

The widths are those of DejaVu Sans, the widest of the fonts that a diagram asks for, so a text set in another of them
is never wider than the room it was given.
"""

from __future__ import annotations

import re

SANS = "DejaVu Sans,Helvetica,Arial,sans-serif"
BOLD = "DejaVu Sans Bold,Helvetica-Bold,sans-serif"

LINE_HEIGHT = 1.28
"""Distance between two lines of text, in font sizes."""

_HINTING = 1.03
"""Letters drawn on whole pixels are a little wider than designed."""

_OTHER = 850
_THOUSANDTHS = {
    278: "'ijl",
    295: "IJ",
    318: " ,.·",
    337: "/:;\\|",
    352: "f",
    365: "-()[]t",
    411: "r!",
    460: '"',
    500: "*_`–",
    525: "sz?",
    550: "cL",
    580: "Fk",
    592: "vxy",
    613: "PTYaeo",
    636: "ESbdghnpqu$0123456789{}",
    656: "K",
    690: "ABRVXZC",
    750: "UNHD",
    787: "GOQ&",
    838: "w#+<=>^~→←×",
    871: "M∅",
    990: "%mW",
    1000: "@…",
}
_WIDTHS = {character: width for width, characters in _THOUSANDTHS.items() for character in characters}


def text_width(text: str, size: float) -> float:
    """Return the width in points of the longest line of a text set at `size` points."""
    return max(sum(_WIDTHS.get(c, _OTHER) for c in line) for line in text.split("\n")) * size * _HINTING / 1000


def text_height(lines: int, size: float) -> float:
    """Return the height in points of lines of text set at `size` points."""
    return lines * size * LINE_HEIGHT


def clipped(text: str, size: float, width: float) -> str:
    """Return the text, cut short with an ellipsis if it is wider than `width` points."""
    if text_width(text, size) <= width:
        return text
    while text and text_width(text + "…", size) > width:
        text = text[:-1]
    return text.rstrip(" ,") + "…"


def wrapped(text: str, size: float, width: float, lines_max: int) -> tuple[str, ...]:
    """Return the text as at most `lines_max` lines, broken at blanks but not around `=`; what is too long is cut."""
    lines: list[str] = []
    words = re.split("(?<!=) (?!=)", " ".join(text.split()))
    while words:
        if len(lines) == lines_max - 1:
            lines.append(clipped(" ".join(words), size, width))
            break
        line = words.pop(0)
        while words and text_width(f"{line} {words[0]}", size) <= width:
            line = f"{line} {words.pop(0)}"
        lines.append(clipped(line, size, width))
    return tuple(lines)
