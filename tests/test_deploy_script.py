"""`examples/hcp/deploy.py` where nobody is to be trusted: what it uploads, where its token goes, what it reads."""

from __future__ import annotations

import importlib.util
import json
import os
import sys
import tarfile
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from types import ModuleType
from typing import Any

from latticelink import LatticeLinkError, in_deploy_order

import pytest

from tests.conftest import ROOT, run_python

pytest.importorskip("pytfe")
SCRIPT = ROOT / "examples" / "hcp" / "deploy.py"
TOKEN = "users-own-token-0123456789"
CLOUD = {"hostname": "app.terraform.io", "organization": "acme", "workspaces": {"name": "shop"}}


@pytest.fixture(scope="module")
def deploy() -> ModuleType:
    spec = importlib.util.spec_from_file_location("deploy_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def synthesised(folder: Path, **cloud: Any) -> Path:
    """Write the output of a synth with one stack; return the stack's folder."""
    stack = folder / "cdktf.out" / "stacks" / "a"
    stack.mkdir(parents=True)
    (stack / "cdk.tf.json").write_text(json.dumps({"terraform": {"cloud": {**CLOUD, **cloud}}}))
    entry = {"dependencies": [], "workingDirectory": "stacks/a", "synthesizedStackPath": "stacks/a/cdk.tf.json"}
    (folder / "cdktf.out" / "manifest.json").write_text(json.dumps({"stacks": {"a": entry}}))
    return stack


def packed(deploy: ModuleType, folder: Path) -> tarfile.TarFile:
    [stack] = in_deploy_order(folder / "cdktf.out")
    archive = deploy._packed(stack)
    archive.seek(0)
    return tarfile.open(fileobj=archive)


KEPT = ["cdk.tf.json", ".terraform.lock.hcl", "assets/page/0A1B/index.html", "assets/module/0C/main.tf"]
LEFT_OUT = [
    ".env",
    "terraform.tfvars",
    "secret.auto.tfvars.json",
    "plan",
    "my.tfplan",
    "plan.json",
    "terraform.tfstate",
    "terraform.tfstate.d/x/terraform.tfstate",
    "errored.tfstate",
    "crash.log",
    ".terraform/providers/x",
    "modules/x/.terraform/terraform.tfstate",
    "id_rsa",
    "assets2/x",
    "assets/module/0C/.terraform/modules.json",
    "assets/module/0C/.env",
    "assets/module/0C/prod.tfvars",
    "assets/module/0C/terraform.tfstate.backup",
    "assets/module/0C/errored.tfstate",
    "assets/module/0C/terraform.tfstate.d/y",
]


def test_the_archive_has_the_json_the_lock_and_the_assets_alone(
    deploy: ModuleType, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    stack = synthesised(tmp_path)
    for name in [*KEPT[1:], *LEFT_OUT]:
        (stack / name).parent.mkdir(parents=True, exist_ok=True)
        (stack / name).write_text(name)
    with packed(deploy, tmp_path) as archive:
        assert sorted(archive.getnames()) == sorted(KEPT)
        assert {(entry.uid, entry.uname, entry.mtime, entry.isreg()) for entry in archive} == {(0, "", 0, True)}
        page = archive.extractfile(KEPT[2])
        assert page is not None
        assert page.read().decode() == KEPT[2]
    told = capsys.readouterr().out.splitlines()
    assert [line.rpartition("0C/")[2] for line in told] == sorted(
        name.rpartition("0C/")[2] for name in LEFT_OUT if "assets/" in name and "/.terraform/" not in name
    )


def link(name: str, to: str = "/etc/hostname") -> Callable[[Path], object]:
    def make(stack: Path) -> None:
        (stack / name).parent.mkdir(parents=True, exist_ok=True)
        (stack / name).unlink(missing_ok=True)
        (stack / name).symlink_to(to)

    return make


def pipe(name: str) -> Callable[[Path], object]:
    def make(stack: Path) -> None:
        (stack / name).parent.mkdir(parents=True, exist_ok=True)
        (stack / name).unlink(missing_ok=True)
        os.mkfifo(stack / name)

    return make


@pytest.mark.parametrize(
    ("sentence", "change", "said"),
    [
        ("the JSON is a link", link("cdk.tf.json"), "is a symbolic link"),
        ("the lock file is a link", link(".terraform.lock.hcl"), "is a symbolic link"),
        ("the assets are a link", link("assets", "/etc"), "is a symbolic link"),
        ("a folder in the assets is a link", link("assets/a/b", "/etc"), "is a symbolic link"),
        ("a link that leads nowhere", link("assets/a/b", "nowhere"), "is a symbolic link"),
        ("a link in a folder of the user's", link("other/x"), "is a symbolic link"),
        ("an asset is a pipe", pipe("assets/a"), "is not a file"),
        ("the lock file is a pipe", pipe(".terraform.lock.hcl"), "is not a file"),
    ],
)
def test_what_may_be_anything_is_not_uploaded(
    deploy: ModuleType, tmp_path: Path, sentence: str, change: Callable[[Path], object], said: str
) -> None:
    change(synthesised(tmp_path))
    with pytest.raises(LatticeLinkError) as stopped:
        packed(deploy, tmp_path)
    assert said in str(stopped.value), sentence


def test_links_of_terraform_itself_are_left_alone(deploy: ModuleType, tmp_path: Path) -> None:
    link(".terraform/providers/aws", "/etc")(synthesised(tmp_path))
    assert packed(deploy, tmp_path).getnames() == ["cdk.tf.json"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a home without credentials, and forget the environment's."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in [name for name in os.environ if name.startswith(("TFE_", "TF_TOKEN_"))]:
        monkeypatch.delenv(name)
    return tmp_path / "home"


def credentials(home: Path, **tokens: str) -> None:
    file = home / ".terraform.d" / "credentials.tfrc.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"credentials": {host: {"token": token} for host, token in tokens.items()}}))


@pytest.mark.parametrize(
    ("sentence", "environment", "host", "address"),
    [
        ("HCP Terraform needs no address", {"TFE_TOKEN": TOKEN}, "app.terraform.io", "https://app.terraform.io"),
        (
            "another host is named by its address",
            {"TFE_TOKEN": TOKEN, "TFE_ADDRESS": "https://tfe.acme.example"},
            "tfe.acme.example",
            "https://tfe.acme.example",
        ),
        ("another host is named by its variable", {"TF_TOKEN_x_example": TOKEN}, "x.example", "https://x.example"),
        (
            "the JSON names another host than the user",
            {"TFE_TOKEN": TOKEN, "TFE_ADDRESS": "https://tfe.acme.example"},
            "evil.example",
            "https://tfe.acme.example",
        ),
    ],
)
@pytest.mark.usefixtures("home")
def test_a_token_goes_to_the_host_that_the_user_named(
    deploy: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    sentence: str,
    environment: dict[str, str],
    host: str,
    address: str,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert deploy._address_and_token(host) == (address, TOKEN), sentence


@pytest.mark.parametrize(
    ("sentence", "environment", "host", "said"),
    [
        ("the JSON names a host of its own", {"TFE_TOKEN": TOKEN}, "evil.example", "TFE_TOKEN goes to app.terraform"),
        ("one that looks alike", {"TFE_TOKEN": TOKEN}, "app.terraform.io.evil.example", "There is no token for app"),
        ("one at another port", {"TFE_TOKEN": TOKEN}, "app.terraform.io:8443", "There is no token for app"),
        (
            "the token of another host",
            {"TF_TOKEN_evil_example": TOKEN, "TFE_ADDRESS": "https://tfe.example"},
            "evil.example",
            "There is no token for tfe.example",
        ),
        ("no https", {"TFE_TOKEN": TOKEN, "TFE_ADDRESS": "http://tfe.example"}, "tfe.example", "by https only"),
        ("a file", {"TFE_TOKEN": TOKEN, "TFE_ADDRESS": "file:///etc"}, "tfe.example", "by https only"),
        ("no address", {"TFE_TOKEN": TOKEN, "TFE_ADDRESS": "tfe.example"}, "tfe.example", "by https only"),
        ("a user in it", {"TFE_TOKEN": TOKEN, "TFE_ADDRESS": "https://a@b.example"}, "b.example", "by https only"),
    ],
)
def test_a_token_goes_nowhere_else(
    deploy: ModuleType,
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    sentence: str,
    environment: dict[str, str],
    host: str,
    said: str,
) -> None:
    credentials(home, **{"other.example": TOKEN})
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(LatticeLinkError) as stopped:
        deploy._address_and_token(host)
    assert said in str(stopped.value), sentence
    assert TOKEN not in str(stopped.value)


HCP = "https://app.terraform.io"


@pytest.mark.parametrize(
    ("api", "address", "is_own"),
    [
        (HCP, "https://app.terraform.io/api/v2/x", True),
        (HCP, "https://archivist.terraform.io/v1/object/x", True),
        (HCP, "http://archivist.terraform.io/v1/object/x", False),
        (HCP, "https://archivist.terraform.io:8443/x", False),
        (HCP, "https://archivist.terraform.io.evil.example/x", False),
        (HCP, "https://evil-terraform.io/x", False),
        (HCP, "https://app.terraform.io@evil.example/x", False),
        (HCP, "https://169.254.169.254/latest/meta-data", False),
        (HCP, "http://127.0.0.1/x", False),
        (HCP, "file:///etc/passwd", False),
        (HCP, "ftp://app.terraform.io/x", False),
        (HCP, "data:text/plain,x", False),
        (HCP, "", False),
        (HCP, "https://[", False),
        ("https://tfe.example", "https://tfe.example/_archivist/x", True),
        ("https://tfe.example", "https://archivist.terraform.io/x", False),
        ("https://tfe.example", "https://other.example/x", False),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8000/x", True),
        ("http://127.0.0.1:8000", "http://127.0.0.1:8001/x", False),
    ],
)
def test_what_the_api_names_is_asked_if_it_is_its_own(deploy: ModuleType, api: str, address: str, is_own: bool) -> None:
    assert deploy._belongs_to(address, api) is is_own
    if not is_own:
        with pytest.raises(LatticeLinkError, match="isn't its own"):
            deploy._ask("PUT", address, api, content=b"secret")


class Listener:
    """A server on this machine that notes what it is asked, and answers with a redirect if it has a target."""

    def __init__(self, status: int = 200, target: str = "") -> None:
        self.asked: list[tuple[str, str, str | None]] = []
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                listener.asked.append((self.command, self.path, self.headers.get("Authorization")))
                self.rfile.read(int(self.headers.get("Content-Length") or 0))
                self.send_response(status)
                if target:
                    self.send_header("Location", target + self.path)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"{}")

            def do_PUT(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()


@pytest.fixture
def listen() -> Iterator[Callable[..., Listener]]:
    started: list[Listener] = []

    def start(*given: Any) -> Listener:
        started.append(Listener(*given))
        return started[-1]

    yield start
    for each in started:
        each.stop()


def test_a_redirect_takes_no_token_along(deploy: ModuleType, tmp_path: Path, listen: Callable[..., Listener]) -> None:
    other = listen()
    for status in (302, 307, 308):
        named = listen(status, other.url)
        synthesised(tmp_path / str(status))
        environment = {"TFE_ADDRESS": named.url, "TFE_TOKEN": TOKEN, "HOME": str(tmp_path), "TFE_MAX_RETRIES": "0"}
        result = run_python(tmp_path / str(status), str(SCRIPT), "--check", **environment)
        assert "Traceback" not in result.stderr
        assert TOKEN not in result.stdout + result.stderr
        assert named.asked[0][2] == f"Bearer {TOKEN}"
        with pytest.raises(LatticeLinkError, match="isn't its own"):
            deploy._ask("PUT", f"{named.url}/upload", named.url, content=b"x")
    assert other.asked
    assert {authorization for _, _, authorization in other.asked} == {None}
    assert "PUT" not in {method for method, _, _ in other.asked}


def test_the_json_cannot_lead_the_script_to_a_host_of_its_own(tmp_path: Path, listen: Callable[..., Listener]) -> None:
    evil = listen()
    synthesised(tmp_path, hostname=evil.url.removeprefix("http://"))
    environment = {"TFE_TOKEN": TOKEN, "HOME": str(tmp_path), "TFE_ADDRESS": ""}
    result = run_python(tmp_path, str(SCRIPT), **environment)
    assert result.returncode == 1
    assert result.stderr.startswith("There is no token for 127.0.0.1:")
    assert evil.asked == []


@pytest.mark.parametrize(
    ("sentence", "cloud"),
    [
        ("a host with a user", {"hostname": "app.terraform.io@evil.example"}),
        ("a host with a path", {"hostname": "evil.example/x"}),
        ("a host that is a list", {"hostname": ["app.terraform.io"]}),
        ("an organisation with a path", {"organization": "../../evil"}),
        ("a workspace with a line break", {"workspaces": {"name": "a\n::error::b"}}),
        ("a project with an escape", {"workspaces": {"name": "a", "project": "\x1b[2J"}}),
    ],
)
def test_names_that_nothing_there_has_are_refused(tmp_path: Path, sentence: str, cloud: dict[str, Any]) -> None:
    synthesised(tmp_path, **cloud)
    result = run_python(tmp_path, str(SCRIPT), TFE_TOKEN=TOKEN, HOME=str(tmp_path))
    assert (result.returncode, result.stdout) == (1, ""), sentence
    assert "names no host, organisation and workspace of HCP Terraform" in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("sentence", "change", "code", "said"),
    [
        ("a pipe", pipe("cdk.tf.json"), 1, "is not a file"),
        ("a link", link("cdk.tf.json"), 2, "is a symbolic link"),
        ("a folder", lambda stack: ((stack / "cdk.tf.json").unlink(), (stack / "cdk.tf.json").mkdir()), 1, "Is a dir"),
    ],
)
def test_nothing_but_a_file_is_read_as_the_json(
    tmp_path: Path, sentence: str, change: Callable[[Path], object], code: int, said: str
) -> None:
    change(synthesised(tmp_path))
    result = run_python(tmp_path, str(SCRIPT), TFE_TOKEN=TOKEN, HOME=str(tmp_path))
    assert result.returncode == code, sentence
    assert said in result.stderr
