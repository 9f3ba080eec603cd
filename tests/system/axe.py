"""axe-core in headless Chromium: what of a page a screen reader, a keyboard or weak eyes cannot use."""

import functools
import hashlib
import re
from pathlib import Path

from chromium import Chromium, wait_for

FOLDER = Path(__file__).parents[1] / "fixtures" / "axe"


@functools.cache
def source() -> str:
    """Return axe-core's code, after a look at its sha256."""
    code = (FOLDER / "axe.min.js").read_bytes()
    [expected] = re.findall(r"\b[0-9a-f]{64}\b", (FOLDER / "README.md").read_text(encoding="utf-8"))
    assert hashlib.sha256(code).hexdigest() == expected
    return code.decode()


def violations(browser: Chromium, url: str, width: int, *, dark: bool = False) -> list[str]:
    """Open a page at a width and return what axe finds wrong, a line a kind with the first place."""
    browser.call("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=width < 600)
    scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
    browser.call("Emulation.setEmulatedMedia", features=scheme)
    browser.open(url)
    wait_for(lambda: browser.evaluate("document.readyState") == "complete", 30, url)
    browser.evaluate(f"{source()}; 0")
    asked = browser.call(
        "Runtime.evaluate",
        expression="axe.run().then(found => found.violations)",
        returnByValue=True,
        awaitPromise=True,
    )
    assert "exceptionDetails" not in asked, asked
    return [f"{found['id']}: {found['nodes'][0]['target']}" for found in asked["result"]["value"]]
