"""A headless Chromium, driven over its own debugging protocol, that can reach this machine alone."""

import base64
import json
import shutil
import subprocess
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlparse

import websocket

FLAGS = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--window-size=1400,1000",
    "--remote-debugging-port=0",
    "--remote-allow-origins=*",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
)
CONTROL = 2


def wait_for(condition: Callable[[], object], seconds: float, what: str, pause: float = 0.2) -> object:
    """Return the first true value of a condition.

    Raises:
        TimeoutError: it did not come.
    """
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        value = condition()
        if value:
            return value
        time.sleep(pause)
    raise TimeoutError(f"waited {seconds:.0f} s for {what}")


class Chromium:
    """One page; `hosts` collects every host that it asks for anything."""

    def __init__(self, folder: Path) -> None:
        names = ("chromium", "chromium-browser", "google-chrome")
        program = next(filter(None, map(shutil.which, names)), None)
        assert program, "install Chromium: apt-get install chromium"
        self.hosts: set[str] = set()
        self._number = 0
        self._process = subprocess.Popen(
            [program, *FLAGS, f"--user-data-dir={folder}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            port_file = folder / "DevToolsActivePort"
            text = wait_for(lambda: port_file.exists() and port_file.read_text(), 60, "Chromium")
            with urllib.request.urlopen(f"http://127.0.0.1:{text.split()[0]}/json/list") as answer:
                page = next(target for target in json.load(answer) if target["type"] == "page")
            self._socket = websocket.create_connection(page["webSocketDebuggerUrl"], timeout=60)
            self.call("Network.enable")
        except BaseException:
            self._process.kill()
            raise

    def close(self) -> None:
        self._socket.close()
        self._process.kill()
        self._process.wait()

    def call(self, method: str, **parameters: object) -> dict:
        """Send one command and return its result; events that come before are read for their hosts."""
        self._number += 1
        self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            message = json.loads(self._socket.recv())
            if message.get("method") in ("Network.requestWillBeSent", "Network.webSocketCreated"):
                asked = message["params"].get("url") or message["params"]["request"]["url"]
                self.hosts.add(urlparse(asked).hostname or "")
            if message.get("id") == self._number:
                assert "error" not in message, message
                return message["result"]

    def open(self, url: str) -> None:
        self.call("Page.navigate", url=url)

    def evaluate(self, expression: str) -> object:
        """Return the value of a JavaScript expression."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in result, result
        return result["result"].get("value")

    def click(self, expression: str) -> None:
        """Click the middle of the element that a JavaScript expression finds, once it is there."""
        box = f"(() => {{ const e = {expression}; if (!e) return null; const b = e.getBoundingClientRect();"
        box += " return b.width ? [b.x + b.width / 2, b.y + b.height / 2] : null; })()"
        x, y = wait_for(lambda: self.evaluate(box), 60, expression)
        for kind in ("mouseMoved", "mousePressed", "mouseReleased"):
            self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)

    def press(self, key: str, modifiers: int = 0) -> None:
        """Press a letter's key, for a shortcut."""
        code = {"key": key, "code": f"Key{key.upper()}", "windowsVirtualKeyCode": ord(key.upper())}
        for kind in ("rawKeyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, modifiers=modifiers, **code)

    def screenshot(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"]))
