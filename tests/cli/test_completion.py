"""Completion: what is offered to each shell; and in a real bash behind a terminal, that it runs nothing."""

import json
import os
import pty
import select
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from cnnparams.cli.completion import spec_names
from tests.specs import ROOT

_PATIENCE = 60
"""Seconds that a busy machine may take for what takes one."""

PWNING = [
    "$(touch${IFS}PWNED)",
    "$(touch PWNED)",
    "`touch PWNED`",
    ";touch PWNED;",
    "*",
    "a&touch PWNED",
    "x\nplain,$(id)",
]


def family(folder: Path, *variants: str) -> Path:
    path = folder / "one.yaml"
    named = ", ".join(f"{json.dumps(name)}: {{}}" for name in variants)
    path.write_text(f"variants: {{{named}}}\ninput: {{features: 3}}\nlayers: [relu]\n", encoding="utf-8")
    return path


class Bash:
    """An interactive bash with the completion of cnnparams, and a keyboard."""

    def __init__(self, folder: Path) -> None:
        self.seen = ""
        self.master, slave = pty.openpty()
        path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
        python = os.pathsep.join(sys.path)
        environment = {"PATH": path, "PYTHONPATH": python, "HOME": str(folder), "TERM": "dumb", "PS1": "ready> "}
        words = ["bash", "--norc", "--noprofile", "-i"]
        self.process = subprocess.Popen(
            words, cwd=folder, env=environment, stdin=slave, stdout=slave, stderr=slave, start_new_session=True
        )
        os.close(slave)
        self.wait_for("ready> ")
        self.type('eval "$(cnnparams completion bash)"; echo set-"up"\n')
        self.wait_for("set-up\r\n")

    def type(self, keys: str) -> None:
        """Press keys."""
        os.write(self.master, keys.encode())

    def wait_for(self, text: str) -> str:
        """Read until the text appears; return what came up to it."""
        end = time.monotonic() + _PATIENCE
        while text not in self.seen:
            ready, _, _ = select.select([self.master], [], [], max(0.0, end - time.monotonic()))
            assert ready, f"no {text!r} in {self.seen!r}"
            self.seen += os.read(self.master, 65536).decode(errors="replace")
        before, _, self.seen = self.seen.partition(text)
        return before

    def close(self) -> None:
        """End the shell."""
        self.process.kill()
        self.process.wait()
        os.close(self.master)


def completed(folder: Path, typed: str) -> str:
    """Type a command, Tab and Enter; return what was on the screen until the command was done."""
    bash = Bash(folder)
    try:
        bash.type(f"{typed}\t\n")
        bash.type('echo all-"done"\n')
        return bash.wait_for("all-done\r\n")
    finally:
        bash.close()


needs_bash = pytest.mark.skipif(not shutil.which("bash"), reason="bash is not installed")


@needs_bash
@pytest.mark.parametrize("name", PWNING)
def test_tab_and_enter_run_nothing_that_a_variant_is_called(name: str, tmp_path: Path) -> None:
    family(tmp_path, name)
    completed(tmp_path, "cnnparams count one.yaml@")
    assert [path.name for path in tmp_path.iterdir()] == ["one.yaml"]


@needs_bash
def test_tab_and_enter_run_nothing_that_a_file_is_called(tmp_path: Path) -> None:
    family(tmp_path, "small").rename(tmp_path / "$(touch PWNED).yaml")
    completed(tmp_path, "cnnparams count '$(touch PWNED).yaml@'")
    completed(tmp_path, r"cnnparams count \$\(touch\ PWNED\).yaml@")
    assert [path.name for path in tmp_path.iterdir()] == ["$(touch PWNED).yaml"]


@needs_bash
def test_tab_and_enter_count_a_variant_with_a_plain_name(tmp_path: Path) -> None:
    """The keys do reach the completion: without it the two tests above would hold of any program."""
    family(tmp_path, "small", "$(touch PWNED)")
    assert "Total parameters" in completed(tmp_path, "cnnparams count one.yaml@s")


@given(name=st.text(min_size=1, max_size=12))
@example(name="$(touch PWNED)")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_what_is_offered_is_one_word_to_any_shell(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = family(tmp_path_factory.mktemp("drawn"), name)
    for item in spec_names(f"{path}@"):
        assert item.value == f"{path}@{name}"
        assert not set(item.value) & set(" \t\n\r$`\\\"'!*?[]{}()<>|&;~#%^")
        done = subprocess.run(["bash", "-c", f"printf %s {item.value}"], capture_output=True, check=True)
        assert done.stdout.decode() == item.value


@pytest.mark.parametrize("typed", ["nosuch@", "@", "resnet18@", "no/such.yaml@x", "\x1b@"])
def test_what_leads_nowhere_offers_nothing(typed: str) -> None:
    assert spec_names(typed) == []


def protocol(shell: str, *words: str, folder: Path = ROOT) -> list[str]:
    """Ask as the script of a shell does, with the last word to be completed; return what is offered."""
    current = {"bash": str(len(words) - 1), "zsh": str(len(words) - 1), "fish": words[-1]}[shell]
    line = "\n".join(words) if shell == "bash" else " ".join(words)
    asked = {"_CNNPARAMS_COMPLETE": f"{shell}_complete", "COMP_WORDS": line, "COMP_CWORD": current}
    environment = {**os.environ, **asked, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-m", "cnnparams"], cwd=folder, env=environment, capture_output=True, check=True, text=True
    )
    assert done.stderr == ""
    if shell == "zsh":
        kinds, values, _ = (done.stdout.splitlines()[at::3] for at in range(3))
        return [value for kind, value in zip(kinds, values, strict=True) if kind == "plain"]
    return [line.partition(",")[2] for line in done.stdout.splitlines() if line.startswith("plain,")]


COMPLETED = [
    ("count resnet18 --columns ma", ["macs"]),
    ("count resnet18 --columns layer,ma", ["layer,macs"]),
    ("count resnet18 --sort mac", ["macs"]),
    ("compare resnet18 --sort peak", ["peak-memory"]),
    ("memory resnet18 --device rasp", ["raspberry-pi-pico", "raspberry-pi-pico-2"]),
    ("check resnet18 --max mac", ["macs="]),
    ("count mobilenet_v2 --set w", ["width="]),
    ("solve mobilenet_v2 --var w", ["width"]),
    ("sweep mobilenet_v2 --columns params,mac", ["params,macs"]),
    ("sweep mobilenet_v2 --pareto params,mac", ["params,macs"]),
    ("count resnet18 --layout c", ["chw"]),
    ("memory resnet18 --dtype float1", ["float16"]),
    ("count resnet18 --format mark", ["markdown"]),
    ("layers resid", ["residual"]),
    ("layers conv_tr", ["conv_transpose1d", "conv_transpose2d", "conv_transpose3d"]),
    ("explain resnet18 layer1", ["layer1"]),
    ("explain resnet18 layer1.", ["layer1.0", "layer1.1"]),
]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
@pytest.mark.parametrize(("typed", "offered"), COMPLETED)
def test_values_are_completed(shell: str, typed: str, offered: list[str]) -> None:
    assert protocol(shell, "cnnparams", *typed.split()) == offered


def test_bash_hands_out_a_value_as_several_words_and_gets_its_last_back() -> None:
    before = [
        "cnnparams",
        "sweep",
        "mobilenet_v2",
        "--set",
        "width",
        "=",
        "0.5",
        "--set",
        "size",
        "=",
        "160",
        ":",
        "224",
    ]
    assert protocol("bash", *before, "--pareto", "params,w") == ["params,width", "params,weights"]
    assert protocol("bash", "cnnparams", "memory", "resnet18", "--device", "=", "esp32-") == ["esp32-c3"]
    assert protocol("bash", "cnnparams", "check", "resnet18", "--max", "params", "=", "1") == []


@pytest.mark.parametrize("spec", ["nosuch", "broken.yaml", "-", "pipe", "code:model", "net.onnx"])
def test_what_cannot_be_read_offers_nothing_and_says_nothing(spec: str, tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text("layers: [")
    (tmp_path / "net.onnx").write_bytes(b"\0" * 64)
    (tmp_path / "code.py").write_text("open('RUN', 'w')")
    os.mkfifo(tmp_path / "pipe")
    assert protocol("bash", "cnnparams", "explain", spec, "conv", folder=tmp_path) == []
    assert protocol("bash", "cnnparams", "count", spec, "--set", "w", folder=tmp_path) == []
    assert not (tmp_path / "RUN").exists()
