"""What must not stand in a file that people share: secrets, and paths of one machine."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Any

from latticelink.checks.findings import Check, Judgement, Severity
from latticelink.checks.rules import pages
from latticelink.checks.rules.reading import example
from latticelink.disclosure import is_secret_key, secret_in
from latticelink.paths.hops import Answer
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.dependencies import written
from latticelink.values.types import DATABASE

_PASSWORDS = frozenset(
    (
        "access_key",
        "admin_password",
        "auth_token",
        "master_password",
        "password",
        "private_key",
        "secret_key",
        "secret_string",
        "token",
    )
)
# Where a machine keeps people's files; and Windows' drives.
_OF_ONE_MACHINE = re.compile(r"(?:^|[\s\"'=:(])(?:/(?:home|Users|root|tmp|var/folders)/[^\s\"']+|[A-Za-z]:\\[^\s\"']+)")
# `path` is a file's where a state is kept; elsewhere it may be one of IAM's, of a health check or of a URL.
_PATHS = re.compile(r"(?:.*\.)?(?:filename|source|(?:config|backend\.[a-z]+)\.(?:path|workspace_dir))")

_LONGEST_PATH = 200
_NOT_PLAIN = (str, dict, list)


@lru_cache(maxsize=1)
def _texts(configuration: Configuration) -> list[tuple[Block | None, str, list[tuple[str, str]]]]:
    """Return all that is written: the block or the part's name, and each text in it with the keys that lead to it."""
    return [(block, part, [*_texts_in(raw)]) for _, block, part, raw in written(configuration)]


def _texts_in(raw: Any) -> Iterator[tuple[str, str]]:
    """Yield every text in the JSON with the keys that lead to it, but for comments."""
    todo = [("", raw)]
    while todo:
        where, part = todo.pop()
        if isinstance(part, str):
            yield where, part
        elif isinstance(part, dict):
            todo += [
                (f"{where}.{key}" if where else str(key), item)
                for key, item in part.items()
                if isinstance(item, _NOT_PLAIN) and key != "//"
            ]
        elif isinstance(part, list):
            todo += [(where, item) for item in part if isinstance(item, _NOT_PLAIN)]


def _judge(problem: Callable[[str, str], str | None]) -> Callable[[Configuration], Iterator[Judgement]]:
    def judge(configuration: Configuration) -> Iterator[Judgement]:
        for block, part, texts in _texts(configuration):
            found = dict.fromkeys(message for where, text in texts if (message := problem(where, text)))
            for message in found:
                yield Judgement(Answer.FAIL, block, message, part=part)
            if not found:
                yield Judgement(Answer.PASS, block, part=part)

    return judge


def _secret(where: str, text: str) -> str | None:
    what = secret_in(text)
    return f"`{where}` holds {what}." if what else None


def _password(where: str, text: str) -> str | None:
    written_out = where.rpartition(".")[2] in _PASSWORDS and text and "${" not in text
    return f"`{where}` is written in plain text ({len(text)} characters)." if written_out else None


def _machine(where: str, text: str) -> str | None:
    if "/" not in text and "\\" not in text:
        return None
    absolute = _PATHS.fullmatch(where) and (text.startswith("/") or re.match(r"[A-Za-z]:[\\/]", text))
    if absolute and len(text) <= _LONGEST_PATH and not is_secret_key(where.rpartition(".")[2]):
        return f"`{where}` is {text!r}."
    # Of any other text a path is a part: the rest of it, such as a script's, may be nobody else's business.
    return f"`{where}` holds a path on one machine." if absolute or _OF_ONE_MACHINE.search(text) else None


def _database(password: str) -> str:
    return example((DATABASE, "db", {"engine": "postgres", "password": password}))


def _provider(access_key: str) -> str:
    return example(provider={"aws": {"region": "eu-west-1", "access_key": access_key}})


def _state(path: str) -> str:
    return example(terraform={"backend": {"local": {"path": path}}})


CHECKS = (
    Check(
        id="LL831",
        severity=Severity.ERROR,
        title="The configuration holds no keys or tokens",
        why=(
            "It ends up in version control, in the plan and in the state, where everybody who can read these can use "
            "it."
        ),
        source=pages.TF_SENSITIVE,
        fix="Remove it, revoke it, and pass it through the environment or a secrets manager.",
        passing=_provider("${var.access_key}"),
        failing=_provider("AKIAIOSFODNN7EXAMPLE"),
        judge=_judge(_secret),
        as_written=True,
    ),
    Check(
        id="LL832",
        severity=Severity.ERROR,
        title="The configuration holds no passwords",
        why=(
            "It ends up in version control, in the plan and in the state, where everybody who can read these can use "
            "it."
        ),
        source=pages.TF_SENSITIVE,
        fix="Have RDS manage it (`manage_master_user_password = true`), or read it from a secrets manager.",
        passing=_database("${random_password.db.result}"),
        failing=_database("correct-horse"),
        judge=_judge(_password),
        as_written=True,
    ),
    Check(
        id="LL833",
        severity=Severity.WARNING,
        title="The configuration holds no path on one machine",
        why="On another machine the path means another place: Terraform finds no state there, and plans to create "
        "everything again.",
        source=pages.TF_BACKEND_LOCAL,
        fix="Write a path relative to the folder in which Terraform runs.",
        passing=_state("../../../state/producer.tfstate"),
        failing=_state("/home/me/app/terraform.producer.tfstate"),
        judge=_judge(_machine),
        as_written=True,
    ),
)
