"""The caches are ours alone: what another user may have put there is neither run nor read nor written through."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

from latticelink.cdk.cache_folder import cache_folder

import pytest

from tests.test_scenario import run_main

Change = Callable[[Path], object]
SOMEBODY = 12345
needs_root = pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="gives a folder to another user")


def made(mode: int, *parts: str, owner: int | None = None) -> Change:
    """Make a folder below the one that is given, with a mode and perhaps another owner."""

    def make(home: Path) -> None:
        folder = home.joinpath(*parts)
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(mode)
        if owner is not None:
            os.chown(folder, owner, owner)

    return make


def linked(*parts: str) -> Change:
    def make(home: Path) -> None:
        (home.parent / "elsewhere").mkdir()
        home.joinpath(*parts).parent.mkdir(parents=True, exist_ok=True)
        home.joinpath(*parts).symlink_to(home.parent / "elsewhere")

    return make


OURS: list[tuple[str, Change]] = [
    ("nothing is there", lambda _: None),
    ("the folder of all caches is there", made(0o755)),
    ("an earlier version made ours readable", made(0o755, "latticelink", "node")),
    ("the folder of all caches is a link to one of ours", linked()),
    ("the folder of all caches is everybody's, with each entry its owner's", made(0o1777)),
]
OTHERS: list[tuple[str, Change]] = [
    ("others may write to ours", made(0o777, "latticelink", "node")),
    ("the group may write to the one around", made(0o770, "latticelink")),
    ("others may write to the folder of all caches", made(0o777)),
    ("ours is a link", linked("latticelink", "node")),
    ("the one around is a link", linked("latticelink")),
    ("there is a file", lambda home: (home.mkdir(), (home / "latticelink").write_text(""))),
    ("all caches are a file", lambda home: home.write_text("")),
]
ANOTHERS: list[tuple[str, Change]] = [
    ("all caches are another user's", made(0o755, owner=SOMEBODY)),
    ("the one around is another user's", made(0o755, "latticelink", owner=SOMEBODY)),
    ("ours is another user's", made(0o700, "latticelink", "node", owner=SOMEBODY)),
    (
        "ours is another user's, in everybody's",
        lambda home: (made(0o1777)(home), made(0o700, "latticelink", owner=1)(home)),
    ),
]


def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Change, *below: str) -> Path | None:
    home = tmp_path.joinpath("caches", *below)
    monkeypatch.setenv("XDG_CACHE_HOME", str(home))
    change(tmp_path / "caches")
    return cache_folder("node")


@pytest.mark.parametrize(("sentence", "change"), OURS, ids=[row[0] for row in OURS])
def test_a_folder_of_ours_is_for_us_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sentence: str, change: Change
) -> None:
    folder = chosen(tmp_path, monkeypatch, change)
    assert folder is not None, sentence
    assert [stat.S_IMODE(each.stat().st_mode) for each in (folder.parent, folder)] == [0o700, 0o700]


@pytest.mark.parametrize(("sentence", "change"), OTHERS, ids=[row[0] for row in OTHERS])
def test_a_folder_that_others_may_write_to_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sentence: str, change: Change
) -> None:
    assert chosen(tmp_path, monkeypatch, change) is None, sentence


def test_a_folder_below_one_that_others_may_write_to_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert chosen(tmp_path, monkeypatch, made(0o777), "deep", "deeper") is None


@needs_root
@pytest.mark.parametrize(("sentence", "change"), ANOTHERS, ids=[row[0] for row in ANOTHERS])
def test_a_folder_of_another_user_is_not_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, sentence: str, change: Change
) -> None:
    assert chosen(tmp_path, monkeypatch, change) is None, sentence


def test_a_relative_folder_is_none_as_the_specification_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "caches")
    assert cache_folder("node") is None


def written(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda _: b"\0" * 32, id="another digest"),
        pytest.param(lambda kept: kept[:31] + bytes([kept[31] ^ 1]) + kept[32:], id="one bit"),
        pytest.param(lambda kept: b"\0" * len(kept), id="as long"),
        pytest.param(lambda _: b"", id="nothing"),
    ],
)
def test_a_digest_that_leads_to_failure_is_computed_anew(tmp_path: Path, damage: Callable[[bytes], bytes]) -> None:
    caches = tmp_path / "caches"
    assert run_main(tmp_path, XDG_CACHE_HOME=str(caches)).returncode == 0
    notes = list(caches.rglob("*.digest"))
    right = {note: note.read_bytes() for note in notes}
    assert right
    for note, kept in right.items():
        note.write_bytes(damage(kept))
    result = run_main(tmp_path, XDG_CACHE_HOME=str(caches))
    assert (result.returncode, result.stderr) == (0, "")
    assert {note: note.read_bytes() for note in notes} == right


def test_a_synth_leaves_a_folder_that_others_may_write_to_as_it_is(tmp_path: Path) -> None:
    """What is planted there is neither run nor overwritten, and nothing is added."""
    caches = tmp_path / "caches"
    folder = caches / "latticelink" / "node"
    assert run_main(tmp_path, XDG_CACHE_HOME=str(caches)).returncode == 0
    (tmp_path / "victim").write_text("mine")
    for note in list(folder.rglob("*.digest")):
        note.unlink()
        note.symlink_to(tmp_path / "victim")
    folder.chmod(0o777)
    before = written(caches)
    result = run_main(tmp_path, XDG_CACHE_HOME=str(caches))
    assert (result.returncode, result.stderr) == (0, "")
    assert written(caches) == before
    assert (tmp_path / "victim").read_text() == "mine"


def test_a_link_among_our_notes_is_not_written_through(tmp_path: Path) -> None:
    caches = tmp_path / "caches"
    assert run_main(tmp_path, XDG_CACHE_HOME=str(caches)).returncode == 0
    (tmp_path / "victim").write_text("mine")
    for note in list(caches.rglob("*.digest")):
        note.unlink()
        note.symlink_to(tmp_path / "victim")
    assert run_main(tmp_path, XDG_CACHE_HOME=str(caches)).returncode == 0
    assert (tmp_path / "victim").read_text() == "mine"
    assert not any(note.is_symlink() for note in caches.rglob("*.digest"))
