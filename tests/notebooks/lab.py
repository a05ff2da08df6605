"""A JupyterLab of our own: on a free port, in a folder of its own, with nothing of the user's."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from pathlib import Path
from types import TracebackType
from typing import Any

READY_SECONDS = 90.0

_SETTINGS = {
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
    "docmanager-extension/plugin": {"autosave": False},
}


class Lab:
    """Serves copies of some notebooks.

    Args:
        notebooks: their paths.
        folder: an empty folder, for everything that Jupyter writes.
        theme: of the page.
    """

    def __init__(self, notebooks: list[Path], folder: Path, theme: str = "JupyterLab Light") -> None:
        self._folder = folder
        self._token = secrets.token_hex(16)
        self._work = folder / "work"
        self._work.mkdir(parents=True)
        for path in notebooks:
            shutil.copy(path, self._work)
        self._set({**_SETTINGS, "apputils-extension/themes": {"theme": theme}})
        self._port = _free_port()
        self._server: subprocess.Popen[bytes] | None = None

    def _set(self, settings: dict[str, Any]) -> None:
        for name, values in settings.items():
            path = self._folder / "settings" / "@jupyterlab" / f"{name}.jupyterlab-settings"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(values))

    @property
    def log(self) -> str:
        """What the server and its kernels have written."""
        return (self._folder / "log").read_text(errors="replace")

    def url(self, notebook: str) -> str:
        """Where a notebook is opened."""
        return f"http://127.0.0.1:{self._port}/lab/tree/{notebook}?reset&token={self._token}"

    def write(self, name: str, cells: list[str]) -> None:
        """One more notebook."""
        head: dict[str, Any] = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
        made = [{**head, "id": f"c{number}", "source": text} for number, text in enumerate(cells)]
        kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        notebook = {"cells": made, "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
        (self._work / name).write_text(json.dumps(notebook))

    def __enter__(self) -> Lab:
        with (self._folder / "log").open("wb") as log:
            self._server = subprocess.Popen(
                self._command(), env=self._environment(), stdout=log, stderr=log, cwd=self._work
            )
        self._wait()
        return self

    def _command(self) -> list[str]:
        options = {
            "ServerApp.ip": "127.0.0.1",
            "ServerApp.port": self._port,
            "ServerApp.port_retries": 0,
            "ServerApp.open_browser": False,
            "ServerApp.root_dir": self._work,
            "ServerApp.allow_root": True,
            "IdentityProvider.token": self._token,
            "LabApp.expose_app_in_browser": True,
        }
        return [sys.executable, "-m", "jupyterlab", *(f"--{name}={value}" for name, value in options.items())]

    def _environment(self) -> dict[str, str]:
        own = ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
        ours = {name: value for name, value in os.environ.items() if not name.startswith("BINANCE_")}
        places = {name: str(self._folder / name.lower()) for name in own}
        return {**ours, **places, "JUPYTERLAB_SETTINGS_DIR": str(self._folder / "settings")}

    def _wait(self) -> None:
        assert self._server is not None
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline and self._server.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/api?token={self._token}"):
                    return
            except OSError:
                threading.Event().wait(0.2)
        raise RuntimeError(f"JupyterLab does not come up:\n{self.log}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._server is not None
        self._server.terminate()
        try:
            self._server.wait(20)
        except subprocess.TimeoutExpired:
            self._server.kill()
            self._server.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
