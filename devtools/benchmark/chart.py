"""A picture of how much more processor time the rivals take, as SVG."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import log10

from devtools.benchmark.results import Result

_PREFIX = "peer_"
_ROW, _LEFT, _WIDTH, _TOP = 34, 190, 420, 64
_DECADES = 3  # from 1 to 1000 times


def of_peers(results: Iterable[Result]) -> str | None:
    """Bars of "times ours", on a scale of powers of ten; None if no rival was measured."""
    times = {
        each.name.removeprefix(_PREFIX): 1 / each.ratio
        for each in results
        if each.name.startswith(_PREFIX) and each.ratio
    }
    if not times:
        return None
    ordered = sorted(times.items(), key=lambda bar: bar[1])
    height = _TOP + _ROW * (len(ordered) + 1) + 10
    lines = [*_head(height), *_scale(height), *_bar(0, "hearback", 1.0)]
    for row, (name, factor) in enumerate(ordered, start=1):
        lines += _bar(row, name.replace("_", "-"), factor)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _head(height: int) -> Iterator[str]:
    size = f'width="700" height="{height}" viewBox="0 0 700 {height}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="sans-serif">'
    yield '<rect width="100%" height="100%" fill="#fff"/>'
    yield (
        '<text x="20" y="28" font-size="15" font-weight="bold">'
        "Processor time per message, ours = 1 (less is better)</text>"
    )


def _scale(height: int) -> Iterator[str]:
    for power in range(_DECADES + 1):
        x = _LEFT + _WIDTH * power / _DECADES
        yield f'<line x1="{x:.0f}" x2="{x:.0f}" y1="52" y2="{height - 10}" stroke="#ddd"/>'
        label = f'font-size="11" fill="#666" text-anchor="middle">{10**power}</text>'
        yield f'<text x="{x:.0f}" y="47" {label}'


def _bar(row: int, name: str, factor: float) -> Iterator[str]:
    """One is no bar on this scale, so each has three points more."""
    y = _TOP + _ROW * row
    width = 3 + _WIDTH * max(0.0, log10(factor)) / _DECADES
    colour = "#1a7f5a" if row == 0 else "#8a94a6"
    yield f'<text x="{_LEFT - 12}" y="{y + 16}" font-size="13" text-anchor="end">{name}</text>'
    yield f'<rect x="{_LEFT}" y="{y}" width="{width:.0f}" height="22" fill="{colour}"/>'
    yield f'<text x="{_LEFT + width + 6:.0f}" y="{y + 16}" font-size="12">{factor:.3g}</text>'


def of_campaigns(results: Iterable[Result]) -> str:
    """What each recipient of a notification to many costs, at each number of them: a line that is
    to be flat."""
    found = {each.name: each.value for each in results}
    sizes = [name.split("_")[1] for name in found if name.endswith("_calls_each")]
    lines = [*_campaign_head()]
    for title, what, top in (("calls to stores", "calls_each", 70), ("us of CPU", "cpu_each", 210)):
        values = [found[f"campaign_{size}_{what}"] for size in sizes]
        lines += _flat_bars(title, dict(zip(sizes, values, strict=True)), top)
    return "\n".join([*lines, "</svg>"]) + "\n"


def _campaign_head() -> Iterator[str]:
    yield '<svg xmlns="http://www.w3.org/2000/svg" width="700" height="340" viewBox="0 0 700 340"'
    yield ' font-family="sans-serif"><rect width="100%" height="100%" fill="#fff"/>'
    yield (
        '<text x="20" y="28" font-size="15" font-weight="bold">'
        "Notifications to many: cost for each recipient, by how many there are</text>"
    )


def _flat_bars(title: str, values: dict[str, float], top: int) -> Iterator[str]:
    most = max(values.values())
    yield f'<text x="20" y="{top}" font-size="13">{title}</text>'
    for row, (size, value) in enumerate(values.items()):
        y, width = top + 12 + _ROW * row, _WIDTH * value / most
        yield f'<text x="{_LEFT - 12}" y="{y + 16}" font-size="13" text-anchor="end">{size}</text>'
        yield f'<rect x="{_LEFT}" y="{y}" width="{width:.0f}" height="22" fill="#1a7f5a"/>'
        yield f'<text x="{_LEFT + width + 6:.0f}" y="{y + 16}" font-size="12">{value:.4g}</text>'
