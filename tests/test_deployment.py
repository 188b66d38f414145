"""What a bureau installs: every file of service/deploy agrees with the program and with the others, and what can run here is run."""

from __future__ import annotations

import configparser
import fnmatch
import json
import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tarfile
import time
import tomllib
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from conftest import COMMAND, ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from service.settings import Settings
from service.workers import ENDING

DEPLOY = ROOT / "service" / "deploy"
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
NGINX = (DEPLOY / "nginx.conf").read_text("utf-8")
UNIT = DEPLOY / "policy-themes.service"
PROXY = shutil.which("nginx", path=f"{os.environ['PATH']}:/usr/sbin")
# Started as root it would work as a user who cannot write to the tests' folder.
RUN_AS = "daemon off;" + (" user root;" if os.geteuid() == 0 else "")
SAID = "加强校园消防安全检查,开展应急疏散演练。"
Run = Callable[..., subprocess.CompletedProcess[bytes]]


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions, continued lines joined."""
    lines = re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", DOCKERFILE)).splitlines()
    return [(line.split()[0], line.split(maxsplit=1)[1]) for line in lines if line.strip()]


def serving(words: list[str], run_command: Run) -> str:
    """The words after `policy-themes`, held against `serve --help`; gives the port."""
    assert words[0] == "serve"
    known = run_command("serve", "--help").stdout.decode()
    options = [word for word in words if word.startswith("--")]
    assert options
    assert all(re.search(rf"{option}\b", known) for option in options)
    return words[words.index("--port") + 1]


def seconds(value: str) -> int:
    return int(value.removesuffix("s"))


# --- the image ---


def test_every_file_the_image_copies_is_there_and_let_into_the_build() -> None:
    ignored = [line for line in (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines() if line[:1] != "#"]
    assert ignored[0] == "*"
    let_in = [line[1:] for line in ignored if line.startswith("!")]
    copied = [
        source
        for name, rest in instructions()
        if name == "COPY" and "--from" not in rest
        for source in rest.split()[:-1]
    ]
    assert len(copied) > 5
    for source in copied:
        assert any(fnmatch.fnmatch(one, source) for one in let_in), source
        assert (ROOT / source).exists() or source == "dist/wheelhous[e]"
    # The store of a checkout in use, with what annotators said and the hashes of keys, stays out.
    for name in ("labels/store.db", "labels/store.db-wal"):
        assert any(
            fnmatch.fnmatch(name, pattern) for pattern in ignored if pattern[:1] not in ("!", "*") or "**" in pattern
        )


def test_the_image_runs_as_nobody_in_particular_and_without_tools() -> None:
    told = instructions()
    last = [at for at, (name, _) in enumerate(told) if name == "FROM"][-1]
    final = told[last:]
    assert ("USER", "10001:10001") in final
    assert dict(final)["VOLUME"] == "/data"
    assert not re.search(r"apt-get|curl|gcc|pip install|build-essential", " ".join(rest for _, rest in final))
    assert "pip uninstall" in " ".join(rest for _, rest in final)
    assert "--require-hashes" in DOCKERFILE


def test_the_image_starts_a_command_that_exists_and_asks_after_its_health(
    run_command: Run, client: httpx.Client, serve: Callable[..., httpx.Client], tmp_path: Path
) -> None:
    told = dict(instructions())
    words = yaml.safe_load(told["CMD"])
    assert words[0] == "policy-themes"
    assert serving(words[1:], run_command) == told["EXPOSE"]
    health = yaml.safe_load(told["HEALTHCHECK"].split(" CMD ", 1)[1])
    code = health[2].replace("http://127.0.0.1:8000", str(client.base_url).rstrip("/"))
    assert code != health[2]
    assert subprocess.run([sys.executable, *health[1:2], code], check=False).returncode == 0
    (tmp_path / "models").mkdir()
    with serve("--models", tmp_path / "models") as unready:
        code = health[2].replace("http://127.0.0.1:8000", str(unready.base_url).rstrip("/"))
        assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode != 0


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., subprocess.Popen[str]]:
    """Runs a command as the container's entry does."""
    entry = tmp_path / "bin" / "policy-themes-start"
    entry.parent.mkdir()
    shutil.copy(DEPLOY / "start.sh", entry)

    def run(*words: str, **environment: str) -> subprocess.Popen[str]:
        found = {**os.environ, "PATH": f"{COMMAND.parent}:{os.environ['PATH']}", **environment}
        return subprocess.Popen(
            [entry, *words], env=found, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=ROOT
        )

    return run


def test_an_empty_volume_gets_labels_and_models_once_even_if_replicas_start_together(
    start: Callable[..., subprocess.Popen[str]], tmp_path: Path
) -> None:
    home = tmp_path / "data"
    home.mkdir()
    together = [start("policy-themes", "models", "list", POLICY_THEMES_HOME=str(home)) for _ in range(4)]
    for one in together:
        printed, said = one.communicate(timeout=60)
        assert one.returncode == 0, said
        assert printed.startswith("* ")
    assert sorted(path.name for path in home.iterdir()) == ["labels", "models"]
    (home / "labels" / "themes.yaml").write_text("own", "utf-8")
    assert start("echo", "again", POLICY_THEMES_HOME=str(home)).communicate(timeout=60)[0] == "again\n"
    assert (home / "labels" / "themes.yaml").read_text("utf-8") == "own"
    (tmp_path / "other" / "models" / "mine").mkdir(parents=True)
    refused = start("true", POLICY_THEMES_HOME=str(tmp_path / "other"))
    assert "无法在" in refused.communicate(timeout=60)[1]
    assert refused.returncode == 1


def test_secrets_come_from_files(start: Callable[..., subprocess.Popen[str]], tmp_path: Path) -> None:
    home, secret = tmp_path / "data", tmp_path / "secret"
    home.mkdir()
    secret.write_text("postgresql://a:$(id)`id`'\"@b/c\n", "utf-8")
    said = start("env", POLICY_THEMES_HOME=str(home), POLICY_THEMES_DATABASE_FILE=str(secret)).communicate(timeout=60)[
        0
    ]
    assert "POLICY_THEMES_DATABASE=postgresql://a:$(id)`id`'\"@b/c\n" in said
    assert "DATABASE_FILE" not in said
    missing = start("true", POLICY_THEMES_HOME=str(home), POLICY_THEMES_DATABASE_FILE=str(tmp_path / "none"))
    assert "无法读取" in missing.communicate(timeout=60)[1]
    assert missing.returncode == 1


# --- compose ---


def test_compose_names_settings_files_and_services_that_exist() -> None:
    replicas = [name for name, one in COMPOSE["services"].items() if one["image"] == "policy-themes"]
    assert len(replicas) == 2
    settings = {f"POLICY_THEMES_{name.upper()}" for name in Settings.model_fields}
    secrets = set(COMPOSE["secrets"])
    for name in replicas:
        service = COMPOSE["services"][name]
        assert (DEPLOY / service["build"]["context"]).resolve() == ROOT
        assert (ROOT / service["build"]["dockerfile"]).is_file()
        for key, value in service["environment"].items():
            assert key.removesuffix("_FILE") in settings | {"FORWARDED_ALLOW_IPS"}, key
            if key.endswith("_FILE"):
                assert value.removeprefix("/run/secrets/") in secrets & set(service["secrets"])
            elif key in settings:
                Settings(**{key.removeprefix("POLICY_THEMES_").lower(): value})
        assert (
            service["environment"]["FORWARDED_ALLOW_IPS"]
            == COMPOSE["networks"]["inside"]["ipam"]["config"][0]["subnet"]
        )
        assert seconds(service["stop_grace_period"]) > Settings().shutdown_seconds + ENDING
        assert service["user"] == dict(instructions())["USER"]
    for service in COMPOSE["services"].values():
        assert set(service.get("networks", [])) <= set(COMPOSE["networks"])
        mounted = [one.split(":")[0] for one in service.get("volumes", [])]
        assert all((DEPLOY / one).is_file() if one[0] == "." else one in COMPOSE["volumes"] for one in mounted)
        assert set(service.get("depends_on", [])) <= set(COMPOSE["services"])


def test_compose_gives_no_service_more_than_it_needs() -> None:
    for name, service in COMPOSE["services"].items():
        assert service["read_only"], name
        assert service["cap_drop"] == ["ALL"], name
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["mem_limit"]
        assert service["cpus"]
        assert service["tmpfs"]
        assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))
    assert COMPOSE["networks"]["inside"]["internal"] is True
    passwords = re.findall(
        r"(?im)^[^#\n]*(?:password|secret|key)[^:\n]*: *(\S.*)$", (DEPLOY / "compose.yaml").read_text("utf-8")
    )
    assert all(re.match(r"/run/secrets/|\[|\./secrets/", value) for value in passwords)


# --- nginx ---


def directive(name: str) -> list[str]:
    return re.findall(rf"(?m)^\s*{name}\s+([^;]+);", NGINX)


def test_nginx_lets_through_what_the_service_allows_and_waits_as_long_as_it_works() -> None:
    (size,) = directive("client_max_body_size")
    largest = {name: one for name, one in Settings().model_dump().items() if name.endswith("_bytes")}
    assert int(size.removesuffix("m")) * 1_000_000 > max(largest.values())
    assert seconds(directive("proxy_read_timeout")[0]) > Settings().document_seconds
    named = {one.split(":")[0] for one in directive("server") if "8000" in one}
    assert named == {name for name, one in COMPOSE["services"].items() if one["image"] == "policy-themes"}
    (listening,) = directive("listen")
    assert COMPOSE["services"]["nginx"]["ports"] == [f"127.0.0.1:{listening}:{listening}"]
    assert directive("proxy_set_header X-Forwarded-For") == ["$remote_addr"]


def test_behind_nginx_on_the_same_machine_a_caller_from_outside_is_not_taken_for_local(
    serve: Callable[..., httpx.Client], small_labels: Path, tmp_path: Path
) -> None:
    environment = {"POLICY_THEMES_LOCAL_KEY": "local", "POLICY_THEMES_LABELS": str(small_labels)}
    environment["POLICY_THEMES_DATABASE"] = f"sqlite:///{tmp_path / 'store.db'}"
    with serve(environment=environment) as client:
        body = {"text": "排查校园消防隐患。", "themes": ["安全"], "annotator": "甲"}
        outside = {"Authorization": "Bearer local", "X-Forwarded-For": "203.0.113.5"}
        assert client.post("/labels", json=body, headers=outside).status_code == 401
        assert client.post("/labels", json=body, headers={"Authorization": "Bearer local"}).status_code != 401


@pytest.fixture
def nginx(client: httpx.Client, tmp_path: Path) -> Iterator[str]:
    """nginx with our file, before one server that is up and one that is not; its address."""
    with socket.socket() as free, socket.socket() as down:
        free.bind(("127.0.0.1", 0))
        down.bind(("127.0.0.1", 0))
        port, dead = free.getsockname()[1], down.getsockname()[1]
    written = NGINX.replace("first:8000", f"127.0.0.1:{dead}").replace(
        "second:8000", str(client.base_url)[7:].rstrip("/")
    )
    written = written.replace("listen 8080", f"listen 127.0.0.1:{port}").replace("/tmp/", f"{tmp_path}/")
    (tmp_path / "nginx.conf").write_text(written, "utf-8")
    running = subprocess.Popen([PROXY, "-c", tmp_path / "nginx.conf", "-p", tmp_path, "-g", RUN_AS])
    try:
        wait_for(port, running)
        yield f"http://127.0.0.1:{port}"
    finally:
        running.send_signal(signal.SIGQUIT)
        running.wait(20)


def wait_for(port: int, running: subprocess.Popen[bytes]) -> None:
    """Until something listens there, or the process has ended."""
    deadline = time.monotonic() + 10
    while True:
        assert running.poll() is None, "nginx ended"
        assert time.monotonic() < deadline, "nginx does not listen"
        with socket.socket() as asking:
            if asking.connect_ex(("127.0.0.1", port)) == 0:
                return


if PROXY:  # where it is installed: a proxy that listens on port 80 is not for tests to install

    def test_nginx_runs_our_file_and_passes_over_a_replica_that_is_down(nginx: str) -> None:
        with httpx.Client(base_url=nginx, trust_env=False, timeout=30) as client:
            for _ in range(6):
                answer = client.post("/classify", json={"text": SAID})
                assert answer.status_code == 200
                assert answer.json()["themes"]
            too_large = client.post(
                "/classify", content=b"x" * 17_000_000, headers={"Content-Type": "application/json"}
            )
            assert too_large.status_code == 413
            assert too_large.json()["status"] == 413  # the service's own refusal, not a page of the proxy


# --- systemd ---


class Several(dict[str, Any]):
    """systemd lets a key stand more than once: its values are collected."""

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, [*self.get(key, []), *value] if isinstance(value, list) and key in self else value)


def unit() -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False, dict_type=Several, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment]
    parser.read(UNIT, "utf-8")
    return parser


def test_the_unit_starts_a_command_that_exists_and_is_shut_in(run_command: Run) -> None:
    service = unit()["Service"]
    words = shlex.split(service["ExecStart"])
    installed = (DEPLOY / "install.sh").read_text("utf-8")
    (default,) = re.findall(r"target=\$\{1:-(\S+)\}", installed)
    assert words[0] == f"{default}/current/bin/policy-themes"
    assert words[words.index("--host") + 1] == "127.0.0.1"
    serving(words[1:], run_command)
    assert service["ExecStartPre"].split()[0] == f"{default}/current/bin/policy-themes-start"
    assert "policy-themes-start" in installed
    wanted = {"NoNewPrivileges": "yes", "ProtectSystem": "strict", "ProtectHome": "yes", "PrivateTmp": "yes"}
    assert {key: service[key] for key in wanted} == wanted
    assert service["CapabilityBoundingSet"] == ""
    assert service["User"] != "root"
    assert "POLICY_THEMES_HOME=/var/lib/" + service["StateDirectory"] in UNIT.read_text("utf-8")
    assert int(service["TimeoutStopSec"]) > Settings().shutdown_seconds + ENDING


def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("systemd-analyze is not installed (Debian: systemd)")
    # It looks for the program: that of the tests stands in for the installed one.
    written = UNIT.read_text("utf-8").replace("/opt/policy-themes/current/bin/policy-themes-start", "/bin/true")
    (tmp_path / UNIT.name).write_text(
        written.replace("/opt/policy-themes/current/bin/policy-themes", str(COMMAND)), "utf-8"
    )
    done = subprocess.run([program, "verify", tmp_path / UNIT.name], check=False, capture_output=True, text=True)
    assert [line for line in done.stderr.splitlines() if UNIT.name in line] == []
    assert done.returncode == 0, done.stderr


# --- what is installed ---


def locked() -> dict[str, str]:
    """Name -> version of requirements.lock, of what this platform installs."""
    text = (ROOT / "requirements.lock").read_text("utf-8")
    found = [Requirement(line.rstrip(" \\")) for line in text.splitlines() if line[:1].isalnum()]
    return {
        canonicalize_name(one.name): str(one.specifier)[2:]
        for one in found
        if one.marker is None or one.marker.evaluate()
    }


def closure(*extras: str) -> set[str]:
    """Every distribution that the program with these extras needs here, by pyproject.toml and then the installed ones' own word."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    said = [*project["dependencies"], *(one for extra in extras for one in project["optional-dependencies"][extra])]
    waiting = [need for need in map(Requirement, said) if need.marker is None or need.marker.evaluate()]
    seen: dict[str, set[str]] = {}
    while waiting:
        one = waiting.pop()
        name = canonicalize_name(one.name)
        if name in seen and one.extras <= seen[name]:
            continue
        seen.setdefault(name, set()).update(one.extras)
        for word in metadata.requires(name) or []:
            need = Requirement(word)
            if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in {"", *one.extras}):
                waiting.append(need)
    return set(seen)


def test_the_lock_is_what_the_tests_pass_with_and_every_file_has_a_digest() -> None:
    constrained = dict(
        line.split("==") for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines() if "==" in line
    )
    constrained = {canonicalize_name(name): version for name, version in constrained.items()}
    found = locked()
    assert {name: constrained.get(name) for name in found} == found, "run make lock"
    assert set(found) == closure("documents", "postgres", "service", "train"), "run make lock"
    blocks = re.split(r"(?m)^(?=\w)", (ROOT / "requirements.lock").read_text("utf-8"))[1:]
    assert len(blocks) >= len(found)
    assert all(re.search(r"--hash=sha256:[0-9a-f]{64}", block) for block in blocks)


FREE = r"MIT|BSD|Apache|ISC|PSF|Python Software|MPL|Mozilla|LGPL|0BSD|Zlib|CC0|CNRI|Unlicense|HPND|Public Domain"


READ = {
    "pypdfium2": "BSD-3-Clause AND Apache-2.0"
}  # its metadata adds "dependency licenses": PDFium's, all of the BSD kind


def licence(name: str) -> str:
    """The SPDX expression, else what the classifiers say, else the licence field's first line; READ where somebody had to look."""
    if name in READ:
        return READ[name]
    said = metadata.metadata(name)
    classified = [
        one.rpartition("::")[2].strip() for one in said.get_all("Classifier", []) if one.startswith("License ::")
    ]
    return said.get("License-Expression") or " OR ".join(classified) or (said.get("License") or "").splitlines()[0]


def is_free(expression: str) -> bool:
    """Whether one of the alternatives is made of licences that ask nothing of the program itself."""
    alternatives = re.split(r"\bOR\b", expression.replace("(", "").replace(")", ""))
    parts = [re.split(r"\bAND\b|,", one) for one in alternatives]
    return any(all(re.search(FREE, part) and not re.search(r"\bA?GPL", part) for part in one) for one in parts)


def test_nothing_that_is_installed_is_gpl_or_of_unknown_licence() -> None:
    found = {name: licence(name) for name in closure("documents", "parquet", "postgres", "ray", "service", "train")}
    assert len(found) > 60
    assert {name: said for name, said in found.items() if not is_free(said)} == {}
    assert not is_free("GPL-3.0-or-later")
    assert not is_free("AGPL-3.0-only")
    assert not is_free("MIT AND GPL-2.0-only")
    assert not is_free("")
    assert is_free("MPL-1.1 OR GPL-2.0-only OR LGPL-2.1-or-later")


def test_the_licences_listed_are_those_of_what_is_locked() -> None:
    listed = (ROOT / "THIRD_PARTY_LICENSES.md").read_text("utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:4]] for line in listed.splitlines() if line.startswith("| ")][
        1:
    ]
    assert {canonicalize_name(name): version for name, version, _ in rows} == locked(), "run make licenses"
    assert all(said and said != "UNKNOWN" for _, _, said in rows)


def test_scripts_are_scripts_of_any_shell() -> None:
    for script in sorted(DEPLOY.glob("*.sh")):
        assert subprocess.run(["sh", "-n", script], check=False).returncode == 0, script.name
    made = (ROOT / "Makefile").read_text("utf-8")
    for name in ("bundle.sh", "licenses.sh"):
        assert f"service/deploy/{name}" in made


def without_network() -> list[str]:
    """What to put before a command so that it has no network, where the system lets us; else nothing."""
    call = ["unshare", "--net", "--map-root-user"]
    allowed = (
        shutil.which("unshare") and not subprocess.run([*call, "true"], check=False, capture_output=True).returncode
    )
    return call if allowed else []


OFFLINE = {"PIP_INDEX_URL": "http://127.0.0.1:9/simple", "PIP_NO_CACHE_DIR": "1", "HTTPS_PROXY": "http://127.0.0.1:9"}


def test_the_bundle_installs_and_works_without_a_network(tmp_path: Path) -> None:
    # What serves, without what trains and reads documents: a third of the download. `make bundle` takes the whole lock.
    lock, serving_needs = tmp_path / "serving.lock", closure("postgres", "service")
    blocks = re.split(r"(?m)^(?=\w)", (ROOT / "requirements.lock").read_text("utf-8"))[1:]
    lock.write_text("".join(one for one in blocks if canonicalize_name(one.split("==")[0]) in serving_needs), "utf-8")
    environment = {**os.environ, "BIN": str(COMMAND.parent), "OUT": str(tmp_path / "dist"), "LOCK": str(lock)}
    built = subprocess.run(
        ["sh", DEPLOY / "bundle.sh"], env=environment, check=False, capture_output=True, text=True, timeout=250
    )
    assert built.returncode == 0, f"the one test that needs a package registry:\n{built.stderr}"
    (bundle,) = (tmp_path / "dist").glob("policy-themes-*-offline.tar.gz")
    with tarfile.open(bundle) as archive:
        archive.extractall(tmp_path, filter="data")
    folder, target = tmp_path / bundle.name.removesuffix(".tar.gz"), tmp_path / "opt"
    environment = {name: one for name, one in os.environ.items() if not name.startswith("PIP_")} | OFFLINE
    environment["PYTHON"] = getattr(sys, "_base_executable", sys.executable)
    install = [*without_network(), "sh", folder / "install.sh", target]
    done = subprocess.run(install, env=environment, check=False, capture_output=True, text=True, timeout=250)
    assert done.returncode == 0, done.stderr
    works_offline(target / "current" / "bin" / "policy-themes", environment)
    # A bundle with a bit of it changed is not installed.
    (wheel,) = (folder / "wheels").glob("policy_themes-*.whl")
    wheel.write_bytes(wheel.read_bytes()[:-1] + b"x")
    done = subprocess.run(
        [*install[:-1], tmp_path / "other"], env=environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "安装包有损坏" in done.stderr
    assert not (tmp_path / "other").exists()


def works_offline(command: Path, environment: dict[str, str]) -> None:
    """Tags from standard input and over HTTP, the request made inside the same empty network."""
    tag, line = [*without_network(), command, "tag", "-", "-o", "-"], json.dumps({"text": SAID}).encode()
    done = subprocess.run(tag, input=line, env=environment, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    assert "安全" in done.stdout.decode()
    own = without_network()
    ask = [*own, command.with_name("python"), "-c", ASK, command, *own[:1]]
    done = subprocess.run(ask, env=environment, check=False, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    assert "安全" in done.stdout.decode()


ASK = """
import fcntl, json, socket, struct, subprocess, sys, urllib.request as u
if sys.argv[2:]:  # a network of its own begins with its loopback down
    fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh14x", b"lo", 0x41))
server = subprocess.Popen([sys.argv[1], "serve", "--port", "0"], stderr=subprocess.PIPE, text=True)
try:
    asked = u.Request(server.stderr.readline().split()[1] + "/classify", json.dumps({"text": "%s"}).encode(),
                      {"Content-Type": "application/json"})
    print(u.build_opener(u.ProxyHandler({})).open(asked, timeout=60).read().decode())
finally:
    server.terminate()
    server.wait()
""".replace("%s", SAID)
