"""`python -m bot serve` (or `work`) as a process that tests and measurements start, stop and kill."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping
from pathlib import Path

import httpx

from nlu.encoders import GRAPHS
from nlu.model_file import ModelError, read
from tests.stubs.twilio import ACCOUNT, NUMBER, TOKEN, inbound, signed

ROOT = Path(__file__).resolve().parents[2]
MODEL_FILES = ("model.npz", *GRAPHS)
START_WITHIN = 120  # seconds, the first time and on a busy machine


class Program:
    """One process. `printed` is everything it wrote, over all its lives."""

    def __init__(
        self,
        var_dir: Path,
        *,
        sms_api: str,
        command: Iterable[str] = ("serve",),
        environment: Mapping[str, str] | None = None,
        **settings: str,
    ) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        self.var_dir = var_dir
        self.printed = var_dir / f"{'-'.join(command)}-{port}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self._client = httpx.Client(timeout=15)
        self._command = [sys.executable, "-m", "bot", *command]
        self._environment = {
            **os.environ, **(environment or {}),
            "LEERLIJN_VAR_DIR": str(var_dir), "LEERLIJN_PORT": str(port), "LEERLIJN_SMS__ACCOUNT_SID": ACCOUNT,
            "LEERLIJN_SMS__AUTH_TOKEN": TOKEN, "LEERLIJN_SMS__NUMBER": NUMBER, "LEERLIJN_SMS__API_BASE": sms_api,
            **{f"LEERLIJN_{name.upper()}": value for name, value in settings.items()},
        }  # fmt: skip

    def start(self) -> float:
        """Start and wait until it is ready; returns the seconds that took."""
        began = time.monotonic()
        self.launch()
        self.wait_until_ready()
        return time.monotonic() - began

    def launch(self) -> None:
        assert self.process is None, "it runs already"
        with self.printed.open("ab") as output:
            self.process = subprocess.Popen(
                self._command,
                cwd=ROOT,
                env=self._environment,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def wait_until_ready(self) -> None:
        until = time.monotonic() + START_WITHIN
        while self.process is not None and self.process.poll() is None and time.monotonic() < until:
            try:
                if self._client.get(f"{self.url}/ready", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                pass  # not listening yet
            time.sleep(0.02)
        raise AssertionError(f"the program did not get ready:\n{self.log()[-4000:]}")

    def close(self) -> None:
        """Kill what still runs, and let go of everything."""
        self.kill()
        self._client.close()

    def kill(self) -> None:
        """SIGKILL to the process and all its children, now."""
        if self.process is not None:
            if self.process.poll() is None:
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def stop(self, timeout: float = 30) -> int:
        """SIGTERM; returns the exit code: 0, or minus the signal that it was stopped with."""
        assert self.process is not None
        self.process.terminate()
        code = self.process.wait(timeout)
        self.process = None
        return code

    def log(self) -> str:
        return self.printed.read_text(encoding="utf-8")

    def webhook(self, form: Mapping[str, str]) -> tuple[str, bytes, dict[str, str]]:
        """Address, body and headers of a request as Twilio sends it."""
        url = f"{self.url}/webhooks/sms"
        return url, *signed(url, form)

    def post(self, form: Mapping[str, str]) -> int:
        """The status of a webhook, or 0 when there was no answer."""
        url, body, headers = self.webhook(form)
        try:
            return self._client.post(url, content=body, headers=headers).status_code
        except httpx.TransportError:
            return 0

    def hears(self, text: str, sender: str) -> int:
        return self.post(inbound(text, sender=sender))


def lend_model(folder: Path) -> None:
    """The model that `make setup` trained if this program can read it, or else one trained here, once."""
    for name in MODEL_FILES:
        trained = ROOT / "var" / name
        if trained.is_file():
            shutil.copy(trained, folder)
    try:
        read(folder / MODEL_FILES[0])
    except ModelError:
        subprocess.run(
            [sys.executable, "-m", "bot", "train", "--force"],
            cwd=ROOT,
            env={**os.environ, "LEERLIJN_VAR_DIR": str(folder)},
            check=True,
            stdout=subprocess.DEVNULL,
        )
