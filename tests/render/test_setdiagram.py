"""The picture of sets: a bar for every run of members, nothing over anything else, the same bytes every time."""

from __future__ import annotations

import re

from checker.render.setdiagram import SetPicture, SetRow, set_diagram_dot

PICTURE = SetPicture(
    "refuted: a claim",
    "n = 4",
    ("p0", "p1", "p2", "a_process_with_a_long_name"),
    (
        SetRow("fixed", "byzantine", frozenset({1}), "size <= 1"),
        SetRow("quorum", "Q", frozenset({0, 1, 3}), "size >= 3"),
        SetRow("claim", 'both "Q" and R', frozenset(), "nobody is in it"),
    ),
    marked=frozenset({1}),
)


def boxes(dot: str) -> dict[str, tuple[float, float, float, float]]:
    """Return left, top, right, bottom of each node with a size, in points, y upwards."""
    found = {}
    for name, text in re.findall(r"^  (\w+) \[(.*)\];$", dot, re.MULTILINE):
        size = re.search(r"width=([\d.]+), height=([\d.]+)", text)
        place = re.search(r'pos="(-?[\d.]+),(-?[\d.]+)"', text)
        if size and place and not name.startswith("graph"):
            (w, h), (x, y) = (float(v) * 36 for v in size.groups()), map(float, place.groups())
            found[name] = x - w, y + h, x + w, y - h
    return found


def test_there_is_a_bar_for_every_run_of_members_and_a_dot_for_every_member() -> None:
    names = boxes(set_diagram_dot(PICTURE))
    assert sorted(n for n in names if n.startswith("b")) == ["b0_0", "b1_0", "b1_1"]
    assert sorted(n for n in names if n.startswith("d")) == ["d0_1", "d1_0", "d1_1", "d1_3"]


def test_labels_members_and_remarks_stay_out_of_each_others_way() -> None:
    placed = boxes(set_diagram_dot(PICTURE))
    apart = [name for name in placed if name[0] in "smnt" and not name.startswith("subtitle")]
    for i, first in enumerate(apart):
        for second in apart[i + 1 :]:
            a, b = placed[first], placed[second]
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] >= b[1] or b[3] >= a[1], (first, second)


def test_a_bar_lies_on_the_track_of_its_set() -> None:
    placed = boxes(set_diagram_dot(PICTURE))
    for name, bar in placed.items():
        if name.startswith("b"):
            track = placed[f"t{name[1]}"]
            assert track[0] <= bar[0]
            assert bar[2] <= track[2]
            assert (bar[1], bar[3]) == (track[1], track[3])


def test_the_same_sets_are_the_same_bytes_and_quotes_are_escaped() -> None:
    dot = set_diagram_dot(PICTURE)
    assert dot == set_diagram_dot(PICTURE)
    assert '\\"Q\\"' in dot
