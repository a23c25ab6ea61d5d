"""Who reaches whom as a picture: a table with a square for each pair of tenants, darker where more gets through."""

from collections.abc import Iterator
from html import escape

from ..graph.reach.matrix import OUTSIDE, Cell, Matrix
from ..graph.reach.ports import EVERYTHING, told
from . import words

LARGE, SMALL, LEAST = 54, 18, 8
FEW, MANY = 14, 120
"""Up to FEW groups squares are LARGE and say their ports; beyond MANY they shrink."""
LETTER = 6.2
EDGE, HEAD = 16, 78
INK, PALE, LINE, OWN = "#1b1f24", "#6e7781", "#e4e7eb", "#9db2c8"
ALL, SOME, UNSURE = "#b3261e", "#e8a33d", "url(#unsure)"
LEGEND = ((ALL, "every port"), (SOME, "some ports"), (UNSURE, "not known"), (OWN, "within a tenant"))
LONGEST = 34


def picture(name: str, matrix: Matrix) -> str:
    """An SVG document of the matrix; each square tells its ports when pointed at."""
    size = _size(len(matrix.groups))
    margin = EDGE + LETTER * max([len(_short(group)) for group in matrix.groups], default=0) + 10
    side = size * len(matrix.groups)
    width, height = max(margin + side + EDGE, 560), HEAD + margin + side + EDGE
    box = f'width="{width:.0f}" height="{height:.0f}"'
    font = f'font-family="Helvetica, Arial, sans-serif" font-size="11" fill="{INK}"'
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} viewBox="0 0 {width:.0f} {height:.0f}" {font}>',
        PATTERN,
        f'<rect {box} fill="#ffffff"/>',
        f'<text x="{EDGE}" y="30" font-size="17" font-weight="bold">{_text(name)}: who can reach whom</text>',
        *_legend(),
        f'<g transform="translate({margin:.0f},{HEAD + margin:.0f})">',
        *_grid(matrix, size, side),
        *_squares(matrix, size),
        *_labels(matrix, size),
        "</g>",
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


PATTERN = (
    '<defs><pattern id="unsure" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">'
    '<rect width="6" height="6" fill="#f6eefc"/><rect width="2.4" height="6" fill="#8e5bbf"/></pattern></defs>'
)


def _legend() -> Iterator[str]:
    at = float(EDGE)
    for fill, says in LEGEND:
        yield f'<rect x="{at:.0f}" y="44" width="12" height="12" fill="{fill}" stroke="{LINE}"/>'
        yield f'<text x="{at + 17:.0f}" y="54" fill="{PALE}">{says}</text>'
        at += 17 + LETTER * len(says) + 18
    yield f'<text x="{EDGE}" y="72" fill="{PALE}">Rows send, columns receive.</text>'


def _grid(matrix: Matrix, size: int, side: int) -> Iterator[str]:
    path = "".join(f"M0,{at * size}h{side}M{at * size},0v{side}" for at in range(len(matrix.groups) + 1))
    yield f'<path d="{path}" stroke="{LINE}" fill="none"/>'
    tenants = size * sum(group not in OUTSIDE for group in matrix.groups)
    yield f'<path d="M0,{tenants}h{side}M{tenants},0v{side}" stroke="{PALE}" stroke-width="1.5" fill="none"/>'


def _squares(matrix: Matrix, size: int) -> Iterator[str]:
    place = {group: at * size for at, group in enumerate(matrix.groups)}
    for (source, destination), cell in matrix.cells.items():
        x, y, own = place[destination], place[source], source == destination and source not in OUTSIDE
        tip, fill = f"{source} → {destination}: {_told(cell)}", OWN if own else _fill(cell)
        yield (
            f'<rect x="{x + 1}" y="{y + 1}" width="{size - 2}" height="{size - 2}" rx="2" fill="{fill}">'
            f"<title>{_text(tip)}</title></rect>"
        )
        if size == LARGE:
            yield from _ports(cell, x + size / 2, y + size / 2)


def _ports(cell: Cell, x: float, y: float) -> Iterator[str]:
    """The ports of a large square, a line each, three at most."""
    given = cell.ports or cell.perhaps
    said = ["all"] if given == EVERYTHING else [str(each) for each in given]
    shown = said if len(said) <= 3 else [*said[:2], f"+{len(said) - 2} more"]
    ink = "#ffffff" if _fill(cell) == ALL else INK
    for at, line in enumerate(shown):
        top = y + 3.5 + 11 * (at - (len(shown) - 1) / 2)
        yield (
            f'<text x="{x:.0f}" y="{top:.1f}" font-size="9" text-anchor="middle" fill="{ink}" '
            f'paint-order="stroke" stroke="{"none" if ink != INK else "#ffffff88"}" stroke-width="2">'
            f"{_text(_cut(line, 10))}</text>"
        )


def _labels(matrix: Matrix, size: int) -> Iterator[str]:
    font = 11 if size >= SMALL else 7
    for at, group in enumerate(matrix.groups):
        middle = at * size + size / 2
        style = f'font-size="{font}" fill="{PALE if group in OUTSIDE else INK}"'
        yield f'<text x="-6" y="{middle + 4:.1f}" text-anchor="end" {style}>{_text(_short(group))}</text>'
        turned = f'transform="translate({middle + 4:.1f},-6) rotate(-90)"'
        yield f"<text {turned} {style}>{_text(_short(group))}</text>"


def _fill(cell: Cell) -> str:
    if not cell.ports:
        return UNSURE
    return ALL if cell.ports == EVERYTHING else SOME


def _told(cell: Cell) -> str:
    perhaps = f"perhaps {told(cell.perhaps)}" if cell.perhaps else ""
    return "; ".join(part for part in (told(cell.ports) if cell.ports else "", perhaps) if part)


def _size(groups: int) -> int:
    if groups <= FEW:
        return LARGE
    return SMALL if groups <= MANY else max(LEAST, SMALL * MANY // groups)


def _short(group: str) -> str:
    return _cut(words.visible(group), LONGEST)


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _text(given: str) -> str:
    return escape(words.visible(given))
