"""Progress and colour are for people who look at a terminal; everything else gets plain lines."""

from __future__ import annotations

import io

import pytest

from checker.cli.bounds import parse_bounds
from checker.cli.console import Console
from checker.cli.progress import ProgressLine, progress_text
from checker.diagnostics import QuoraxError
from checker.trace.verdict import Progress


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self) -> bool:
        return True


def progress(seconds: float) -> Progress:
    return Progress("interp", int(2000 * seconds), 9000, 7, 120, seconds, 64_000_000)


def test_a_line_of_progress_says_how_many_how_fast_how_deep_and_how_much() -> None:
    assert progress_text(progress(2.0)) == "4,000 states  2,000/s  depth 7  queue 120  64 MB  2 s"


def test_a_simulation_counts_steps_and_says_which_run() -> None:
    shown = Progress("explicit", 0, 9000, 60, 0, 2.0, 64_000_000, "run 80 of 1000")
    assert progress_text(shown) == "9,000 steps  4,500/s  depth 60  64 MB  2 s  run 80 of 1000"


def test_a_terminal_gets_one_line_that_is_redrawn_and_removed() -> None:
    stream = Terminal()
    with ProgressLine(stream, is_live=True) as line:
        line(progress(0.5))
        line(progress(0.55))
        line(progress(1.0))
    assert stream.getvalue().count("states") == 2
    assert "\n" not in stream.getvalue()
    assert stream.getvalue().endswith("\r\x1b[K")


def test_a_file_gets_a_plain_line_every_ten_seconds() -> None:
    stream = io.StringIO()
    with ProgressLine(stream, is_live=False) as line:
        for half_seconds in range(50):
            line(progress(half_seconds / 2))
    assert [text.split()[-2] for text in stream.getvalue().splitlines()] == ["10", "20"]
    assert "\x1b" not in stream.getvalue()


def test_the_time_goes_on_from_one_run_to_the_next() -> None:
    stream = io.StringIO()
    with ProgressLine(stream, is_live=False) as line:
        for _ in range(4):
            for seconds in range(7):
                line(progress(float(seconds)))
    assert stream.getvalue().count("\n") == 2


def test_quiet_shows_no_progress() -> None:
    stream = Terminal()
    with ProgressLine(stream, is_live=True, is_quiet=True) as line:
        line(progress(100.0))
    assert stream.getvalue() == ""


def test_colour_is_for_terminals_that_want_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    assert Console(Terminal(), Terminal()).paint("holds", "good") == "\x1b[32mholds\x1b[0m"
    assert Console(io.StringIO(), Terminal()).paint("holds", "good") == "holds"
    monkeypatch.setenv("TERM", "dumb")
    assert Console(Terminal(), Terminal()).paint("holds", "good") == "holds"
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("NO_COLOR", "1")
    assert Console(Terminal(), Terminal()).paint("holds", "good") == "holds"


def test_bounds_are_numbers_members_and_families() -> None:
    assert parse_bounds("Acceptor=3, Value={A,B},Q={{a1,a2},{a3}},primary=(r2,r1)") == {
        "Acceptor": 3,
        "Value": ("A", "B"),
        "Q": (("a1", "a2"), ("a3",)),
        "primary": ("r2", "r1"),
    }
    assert parse_bounds("") == {}


@pytest.mark.parametrize(
    ("text", "below"),
    [("Acceptor=x", "x"), ("Acceptor=3,,Ballot=2", ","), ("Acceptor=3 Ballot=2", "B"), ("Acceptor=3}", "}")],
)
def test_bounds_that_cannot_be_read_are_shown_with_a_caret_below_what_is_wrong(text: str, below: str) -> None:
    with pytest.raises(QuoraxError, match=r"error\[C005\]") as caught:
        parse_bounds(text)
    shown, caret = [line for line in str(caught.value).splitlines() if "note: " in line]
    assert shown[caret.index("^")] == below


def test_a_bound_that_is_there_twice_is_refused() -> None:
    with pytest.raises(QuoraxError, match="Ballot is there twice"):
        parse_bounds("Ballot=2,Ballot=3")
