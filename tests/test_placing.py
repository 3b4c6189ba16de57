"""A synth changes the whole output folder or nothing, says which, and writes through no link."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from latticelink import LatticeLinkError
from latticelink.placing import move_into_place

import pytest

from tests.test_app import run_app

NEW = ("manifest.json", "stacks/a/cdk.tf.json", "stacks/b/cdk.tf.json", "stacks/b/assets/x/1/page.html")


def tree(folder: Path) -> dict[str, str | None]:
    """Return each path below a folder with what is in it, and links with where they lead."""
    return {
        str(path.relative_to(folder)): str(path.readlink())
        if path.is_symlink()
        else path.read_text()
        if path.is_file()
        else None
        for path in folder.rglob("*")
    }


@pytest.fixture
def folders(tmp_path: Path) -> tuple[Path, Path]:
    """Return what was written, and an output folder with what an older synth and Terraform left."""
    staging, target = tmp_path / ".cdktf.out.x", tmp_path / "cdktf.out"
    for folder, names, content in (
        (staging, NEW, "new"),
        (target, ("manifest.json", "stacks/a/cdk.tf.json", "stacks/a/terraform.tfstate", "stacks/b/plan"), "old"),
    ):
        for name in names:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(content)
    return staging, target


def test_new_files_come_over_old_ones_and_what_terraform_left_stays(folders: tuple[Path, Path]) -> None:
    staging, target = folders
    move_into_place(staging, target)
    files = {name: text for name, text in tree(target).items() if text is not None}
    assert files == dict.fromkeys(NEW, "new") | {"stacks/a/terraform.tfstate": "old", "stacks/b/plan": "old"}


def folder_in_place(name: str) -> Callable[[Path], object]:
    def change(target: Path) -> None:
        (target / name).unlink(missing_ok=True)
        (target / name / "mine").mkdir(parents=True)

    return change


def file_in_place(name: str) -> Callable[[Path], object]:
    return lambda target: (target / name).write_text("mine")


def link_in_place(name: str, to: str = "../elsewhere") -> Callable[[Path], object]:
    def change(target: Path) -> None:
        place, kept = target / name, target.parent / "elsewhere"
        kept.mkdir()
        if place.is_dir():
            place.rename(kept / "was")
        place.unlink(missing_ok=True)
        place.parent.mkdir(parents=True, exist_ok=True)
        place.symlink_to(os.path.relpath(kept if to == "../elsewhere" else to, place.parent))

    return change


IN_THE_WAY: list[tuple[str, Callable[[Path], object], str]] = [
    ("a folder in place of a file", folder_in_place("stacks/b/cdk.tf.json"), "stacks/b/cdk.tf.json is a folder."),
    ("a folder in place of the manifest", folder_in_place("manifest.json"), "manifest.json is a folder."),
    ("a file in place of a folder", file_in_place("stacks/b/assets"), "Not a directory."),
    ("a linked stack folder", link_in_place("stacks/b"), "stacks/b is a link"),
    ("linked stacks", link_in_place("stacks"), "stacks is a link"),
    ("a linked file", link_in_place("stacks/a/cdk.tf.json", "/nowhere"), "stacks/a/cdk.tf.json is a link"),
    ("a linked manifest", link_in_place("manifest.json", "/nowhere"), "manifest.json is a link"),
    ("linked assets", link_in_place("stacks/b/assets"), "stacks/b/assets is a link"),
    ("a folder of the assets", link_in_place("stacks/b/assets/x"), "stacks/b/assets/x is a link"),
]


@pytest.mark.parametrize(("sentence", "change", "said"), IN_THE_WAY, ids=[row[0] for row in IN_THE_WAY])
def test_what_is_in_the_way_is_told_and_nothing_is_changed(
    folders: tuple[Path, Path], sentence: str, change: Callable[[Path], object], said: str
) -> None:
    staging, target = folders
    change(target)
    before = tree(target.parent)
    with pytest.raises(LatticeLinkError) as stopped:
        move_into_place(staging, target)
    assert said in str(stopped.value), sentence
    assert "Nothing was changed there." in str(stopped.value)
    kept = {name: text for name, text in tree(target.parent).items() if not name.startswith(staging.name)}
    assert kept == {name: text for name, text in before.items() if not name.startswith(staging.name)}


@pytest.mark.parametrize("at", range(1, 7))
@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_a_move_that_stops_midway_is_taken_back(
    folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, at: int, error: BaseException
) -> None:
    staging, target = folders
    before, count, replace = tree(target), 0, Path.replace

    def failing(self: Path, place: Path) -> Path:
        nonlocal count
        count += 1
        if count == at:
            raise error
        return replace(self, place)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises((LatticeLinkError, KeyboardInterrupt)) as stopped:
        move_into_place(staging, target)
    if isinstance(error, OSError):
        assert str(stopped.value) == f"Can't write to {target}: No space left on device. Nothing was changed there."
    assert tree(target) == before


def test_what_cannot_be_taken_back_is_told(folders: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    staging, target = folders
    count, replace = 0, Path.replace

    def failing(self: Path, place: Path) -> Path:
        nonlocal count
        count += 1
        if count > 2:
            raise OSError(5, "Input/output error")
        return replace(self, place)

    monkeypatch.setattr(Path, "replace", failing)
    with pytest.raises(LatticeLinkError) as stopped:
        move_into_place(staging, target)
    assert "Nothing was changed" not in str(stopped.value)
    assert f"Changed there: {target}/stacks/a/cdk.tf.json. Run the synth again." in str(stopped.value)


@pytest.mark.parametrize("by", ["the app", "the CDK's command line"])
@pytest.mark.parametrize("name", ["stacks/producer", "stacks", "stacks/producer/cdk.tf.json", "manifest.json"])
def test_a_synth_writes_through_no_link(tmp_path: Path, by: str, name: str) -> None:
    (tmp_path / "mine").mkdir()
    place = tmp_path / "cdktf.out" / name
    place.parent.mkdir(parents=True)
    to = tmp_path / "mine" if "." not in name else tmp_path / "mine" / "file"
    if "." in name:
        to.write_text("mine")
    place.symlink_to(to)
    before = tree(tmp_path / "mine")
    result = run_app(tmp_path, "make(app)", **({"CDKTF_OUTDIR": "cdktf.out"} if by != "the app" else {}))
    assert result.returncode == 1
    assert result.stderr.startswith(
        f"cdktf.out/{name} is a link, so what is written there would end up where the link leads"
    )
    assert tree(tmp_path / "mine") == before
    assert tree(tmp_path / "cdktf.out")[name] == str(to)


def test_an_error_of_the_apps_own_code_is_not_taken_for_one_of_the_folder(tmp_path: Path) -> None:
    result = run_app(tmp_path, 'open("nowhere.txt")')
    assert "FileNotFoundError: [Errno 2] No such file or directory: 'nowhere.txt'" in result.stderr
    assert "Can't write" not in result.stderr
