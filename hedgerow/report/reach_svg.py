"""Who reaches whom as a picture: a table with a square for each pair of tenants, darker where more gets through."""

from collections.abc import Iterable, Iterator, Mapping
from html import escape

from ..graph.reach.matrix import OUTSIDE, Cell, Matrix
from ..graph.reach.ports import EVERYTHING, told
from . import words

LARGE, SMALL, LEAST = 54, 18, 8
FEW, MANY = 14, 120
"""Up to FEW groups squares are LARGE and say their ports; beyond MANY they shrink."""
LETTER, TITLE_LETTER = 6.2, 10.2
EDGE, HEAD, NARROWEST = 16, 78, 560
LONGEST, LONGEST_PORT, EVERY = 34, 9, 5
"""Letters of a name and of a port that are shown; among many groups each EVERY-th line is darker, to follow it."""
ALL, SOME, UNSURE, OWN = "all", "some", "unsure", "own"
LEGEND = ((ALL, "every port"), (SOME, "some ports"), (UNSURE, "not known"), (OWN, "within a tenant"))
LIGHT = {
    "paper": "#ffffff", "ink": "#1b1f24", "pale": "#5f6872", "line": "#e4e7eb", "rule": "#c3c9d0",
    "all": "#b3261e", "some": "#e8a33d", "own": "#9db2c8", "stripe": "#8e5bbf", "between": "#f6eefc",
}  # fmt: skip
DARK = {
    "paper": "#14181d", "ink": "#e8ebef", "pale": "#a3adb8", "line": "#272e36", "rule": "#46505b",
    "all": "#c5372d", "some": "#d9942f", "own": "#3f566e", "stripe": "#a97fd6", "between": "#2b2236",
}  # fmt: skip
"""Colours for readers whose screen is dark; letters on `all` are white and on `some` black in both."""


def picture(name: str, matrix: Matrix) -> str:
    """An SVG document of the matrix; each square tells its ports when pointed at."""
    size = _size(len(matrix.groups))
    margin = EDGE + LETTER * max([len(_short(group)) for group in matrix.groups], default=0) + 10
    side = size * len(matrix.groups)
    width, height = max(margin + side + EDGE, NARROWEST), HEAD + margin + side + EDGE
    box = f'width="{width:.0f}" height="{height:.0f}"'
    font = 'font-family="Helvetica, Arial, sans-serif" font-size="11" class="ink"'
    spoken = 'role="img" aria-labelledby="title desc"'
    title = _cut(words.visible(name), int((width - 2 * EDGE) / TITLE_LETTER) - len(": who can reach whom"))
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} viewBox="0 0 {width:.0f} {height:.0f}" {font} {spoken}>',
        f'<title id="title">{_text(name)}: who can reach whom</title>',
        f'<desc id="desc">{_text(_described(matrix))}</desc>',
        f"<style>{_colours(LIGHT)}@media (prefers-color-scheme:dark){{{_colours(DARK)}}}</style>",
        PATTERN,
        f'<rect {box} class="paper"/>',
        f'<text x="{EDGE}" y="30" font-size="17" font-weight="bold">{_text(title)}: who can reach whom</text>',
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
    '<rect width="6" height="6" class="between"/><rect width="2.4" height="6" class="stripe"/></pattern></defs>'
)


def _colours(given: Mapping[str, str]) -> str:
    fills = "".join(f".{name}{{fill:{colour}}}" for name, colour in given.items() if name not in ("line", "rule"))
    lines = "".join(f".{name}{{stroke:{given[name]};fill:none}}" for name in ("line", "rule"))
    border = f".border{{stroke:{given['pale']};stroke-width:1.5;fill:none}}"
    return f"{fills}{lines}{border}.unsure{{fill:url(#unsure)}}.on-all{{fill:#ffffff}}.on-some{{fill:#1b1f24}}"


def _described(matrix: Matrix) -> str:
    """The picture for those who hear it: how much of what, then every pair of tenants of which anything is said."""
    kinds = [(ends, _kind(ends, cell), cell) for ends, cell in matrix.cells.items()]
    counts = [f"{says}: {words.count(sum(kind == each for _, each, _ in kinds), 'pair')}" for kind, says in LEGEND]
    told = [
        f"{source} to {destination}: {_told(cell)}"
        for (source, destination), kind, cell in kinds
        if kind != OWN and not {source, destination} & set(OUTSIDE)
    ]
    between = f" Between tenants: {'; '.join(told[:MANY])}{'; and more' if told[MANY:] else ''}." if told else ""
    groups = words.count(len(matrix.groups), "group")
    return f"A table of {groups}; rows send, columns receive. {'; '.join(counts)}; the others are closed.{between}"


def _legend() -> Iterator[str]:
    at = float(EDGE)
    for kind, says in LEGEND:
        yield f'<rect x="{at:.0f}" y="44" width="12" height="12" class="{kind}"/>'
        yield f'<text x="{at + 17:.0f}" y="54" class="pale">{says}</text>'
        at += 17 + LETTER * len(says) + 18
    yield f'<text x="{EDGE}" y="72" class="pale">Rows send, columns receive; an empty square is closed.</text>'


def _grid(matrix: Matrix, size: int, side: int) -> Iterator[str]:
    count = len(matrix.groups)
    yield f'<path d="{_lines(range(count + 1), size, side)}" class="line"/>'
    if size < LARGE:
        yield f'<path d="{_lines(range(EVERY, count, EVERY), size, side)}" class="rule"/>'
    tenants = sum(group not in OUTSIDE for group in matrix.groups)
    yield f'<path d="{_lines([tenants], size, side)}" class="border"/>'


def _lines(places: Iterable[int], size: int, side: int) -> str:
    return "".join(f"M0,{at * size}h{side}M{at * size},0v{side}" for at in places)


def _squares(matrix: Matrix, size: int) -> Iterator[str]:
    place = {group: at * size for at, group in enumerate(matrix.groups)}
    for (source, destination), cell in matrix.cells.items():
        x, y, kind = place[destination], place[source], _kind((source, destination), cell)
        tip = f"{source} → {destination}: {_told(cell)}"
        yield (
            f'<rect x="{x + 1}" y="{y + 1}" width="{size - 2}" height="{size - 2}" rx="2" class="{kind}">'
            f"<title>{_text(tip)}</title></rect>"
        )
        if size == LARGE:
            yield from _ports(cell, kind, x + size / 2, y + size / 2)


def _ports(cell: Cell, kind: str, x: float, y: float) -> Iterator[str]:
    """The ports of a large square, a line each, three at most; on stripes they have paper below them."""
    given = cell.ports or cell.perhaps
    said = ["all"] if given == EVERYTHING else [str(each) for each in given]
    shown = [_cut(line, LONGEST_PORT) for line in (said if len(said) <= 3 else [*said[:2], f"+{len(said) - 2} more"])]
    ink = f"on-{kind}" if kind in (ALL, SOME) else "ink"
    if kind == UNSURE:
        height = 12 * len(shown) + 4
        yield f'<rect x="{x - 26:.0f}" y="{y - height / 2:.1f}" width="52" height="{height}" class="paper"/>'
    for at, line in enumerate(shown):
        top = y + 3.5 + 12 * (at - (len(shown) - 1) / 2)
        yield f'<text x="{x:.0f}" y="{top:.1f}" font-size="10" text-anchor="middle" class="{ink}">{_text(line)}</text>'


def _labels(matrix: Matrix, size: int) -> Iterator[str]:
    font = 11 if size >= SMALL else 7
    for at, group in enumerate(matrix.groups):
        middle = at * size + size / 2
        style = f'font-size="{font}" class="{"pale" if group in OUTSIDE else "ink"}"'
        yield f'<text x="-6" y="{middle + 4:.1f}" text-anchor="end" {style}>{_text(_short(group))}</text>'
        turned = f'transform="translate({middle + 4:.1f},-6) rotate(-90)"'
        yield f"<text {turned} {style}>{_text(_short(group))}</text>"


def _kind(ends: tuple[str, str], cell: Cell) -> str:
    source, destination = ends
    if source == destination and source not in OUTSIDE:
        return OWN
    return UNSURE if not cell.ports else ALL if cell.ports == EVERYTHING else SOME


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
