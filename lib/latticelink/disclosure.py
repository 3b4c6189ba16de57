"""What may leave the program: nothing secret, and nothing that a terminal or a log takes for more than text.

Whatever reads notes what is secret in it (`note_secrets`), and whatever prints asks `shown`, or `line` where a line of
its own begins. A value is secret if Terraform marks it as sensitive, if it stands under a key such as `password`, or
if it looks like a key or a token. Of at most three characters, or an ordinary word, it can't be told from other text
and is not looked for.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

HIDDEN = "(hidden)"

SECRETS = {
    "the id of an AWS access key": re.compile(r"(?<![A-Za-z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Za-z0-9])"),
    "a private key": re.compile(
        r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----(?:.*?-----END (?:[A-Z]+ )*PRIVATE KEY-----|.*)", re.S
    ),
    "a GitHub token": re.compile(r"(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_[A-Za-z0-9_]{50,})"),
    "an HCP Terraform token": re.compile(r"\b[A-Za-z0-9]{14}\.atlasv1\.[A-Za-z0-9]{60,}"),
    "a Slack token": re.compile(r"(?<![A-Za-z0-9])xox[baprs]-[A-Za-z0-9-]{10,}"),
}
"""What a secret looks like that is one wherever it stands, by what it is called in a sentence."""

# These may be harmless, so that no check calls them wrong: a JSON web token, and a password in an address.
_OTHERS = (r"\beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]*", r"(?<=://)[^\s/:@$]*:[^\s/@$]+(?=@)")
_ANY_SECRET = re.compile("|".join(f"(?s:{each})" for each in (*(each.pattern for each in SECRETS.values()), *_OTHERS)))
# One of these is in each of them, and finding none takes a tenth of the time.
_SIGN = re.compile(r"AKIA|ASIA|-----BEGIN|gh[pousr]_|github_pat_|\.atlasv1\.|xox|eyJ|://")
_KEY = re.compile(
    r"(?:^|.*[_\-. ])pass|.*(?:password|passwd|passphrase|pwd|secret|token|credential|sensitive_content|"
    r"secret_?(?:string|binary)|(?:private|secret|access|api|auth|shared|account|signing|encryption)[_-]?key)",
    re.IGNORECASE | re.S,
)
_ENDINGS = re.compile(r"(?:s|_wo|_base64)$", re.IGNORECASE)
# They say how something is, and which secret is meant, but hold none.
_NO_SECRET_KEYS = frozenset(("http_tokens",))
_ORDINARY = frozenset(
    ("true", "false", "null", "none", "default", "required", "optional", "enabled", "disabled", "string", "number")
)
_ASSIGNED = re.compile(
    r"""(?:password|passwd|secret|token|api_?key|access_?key)["']?\s*[=:]\s*["']?([^\s"'&;,${}]{6,})""",
    re.IGNORECASE,
)
_TEMPLATE = re.compile(r"[$%]\{[^}]*\}")
_SHORTEST, _BARE = 4, 8
_LONGEST, _MOST_SHOWN, _BEGINNING = 200_000, 20_000, 2_000
# GitHub's runner takes `##[command]` for one of its own wherever it stands, and `::command` where a line begins.
_COMMAND = "##["
_FIRST = re.compile(r"^(\s*):(?=:[A-Za-z])")


class _Noted:
    """The secret texts of what was read last, by their first characters."""

    by_start: dict[str, list[str]] = {}  # noqa: RUF012


def forget() -> None:
    """Forget the secrets of what was read before."""
    _Noted.by_start = {}


@functools.lru_cache(maxsize=10_000)
def is_secret_key(key: str) -> bool:
    """Return whether what stands under a key is secret by the key's name, such as `db_password` or `token`."""
    end = key[-200:].rstrip("'\"]")
    return key not in _NO_SECRET_KEYS and any(map(_KEY.fullmatch, (end, _ENDINGS.sub("", end))))


def note_secrets(value: Any, *, shortest: int = _SHORTEST) -> None:
    """Note a value as secret: each text and number in it, with the texts between its templates.

    Args:
        value: the value, as JSON.
        shortest: how many characters a text has at least to be noted.
    """
    for leaf in _leaves(value):
        for part in _TEMPLATE.split(leaf):
            text = part.strip()
            if len(text) < max(shortest, _SHORTEST) or text.lower() in _ORDINARY:
                continue
            for form in {text, repr(text)[1:-1], json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1]}:
                known = _Noted.by_start.setdefault(form[:_SHORTEST], [])
                if form not in known:
                    known.append(form)
                    known.sort(key=len, reverse=True)


def note_keyed(value: Any, *, shortest: int = _SHORTEST) -> None:
    """Note what stands under a key that holds secrets; an ARN there says which secret is meant."""
    note_secrets([each for each in _leaves(value) if not each.startswith("arn:")], shortest=shortest)


def note_assigned(text: str) -> None:
    """Note what a free text, such as a script, gives to a name like `DB_PASSWORD`."""
    for found in _ASSIGNED.finditer(text):
        if not re.fullmatch(r"[a-z]+", found[1]):
            note_secrets(found[1])


def _leaves(value: Any) -> Iterator[str]:
    """Yield the texts and numbers in a value; of a list or map that stands in many places once."""
    todo, seen = [value], set()
    while todo:
        part = todo.pop()
        if isinstance(part, dict | list):
            if id(part) not in seen:
                seen.add(id(part))
                todo += part.values() if isinstance(part, dict) else part
        elif isinstance(part, str):
            yield part
        elif isinstance(part, int | float) and not isinstance(part, bool) and len(str(part)) > _SHORTEST:
            yield str(part)


def allow(names: Iterable[str]) -> None:
    """Take back what was noted where it is also the name of something: a name must be told, and isn't secret."""
    for name in names:
        known = _Noted.by_start.get(name[:_SHORTEST], [])
        if name in known:
            known.remove(name)


def secret_in(text: str) -> str | None:
    """Return what a text holds that looks like a secret, as `SECRETS` calls it; None if it holds none."""
    if not _SIGN.search(text):
        return None
    return next((what for what, pattern in SECRETS.items() if pattern.search(text)), None)


def holds_secret(value: Any) -> bool:
    """Return whether a secret stands in one of a value's texts; what is made of it is as secret."""
    return any(len(each) <= _MOST_SHOWN and concealed(each) != each for each in _leaves(value))


def concealed(text: str) -> str:
    """Return a text with `(hidden)` in place of each secret in it."""
    if _SIGN.search(text):
        text = _ANY_SECRET.sub(HIDDEN, text)
    return _without_noted(text) if _Noted.by_start else text


def _without_noted(text: str) -> str:
    done, at = 0, 0
    kept: list[str] = []
    while at < len(text):
        found = next(
            (each for each in _Noted.by_start.get(text[at : at + _SHORTEST], ()) if _is_at(text, each, at)), ""
        )
        if found:
            kept += [text[done:at], HIDDEN]
            at += len(found)
            done = at
        else:
            at += 1
    return "".join([*kept, text[done:]])


def _is_at(text: str, secret: str, at: int) -> bool:
    """Return whether a secret stands at a place of a text; a short one isn't looked for inside of words."""
    if not text.startswith(secret, at):
        return False
    around = text[max(at - 1, 0) : at] + text[at + len(secret) : at + len(secret) + 1]
    return len(secret) >= _BARE or not any(each.isalnum() or each == "_" for each in around)


def shown(text: str) -> str:
    """Return a text for people, files and logs: without secrets, on one line, what can't be seen as escapes.

    Of one that is longer than anybody reads only the beginning is shown: a few lines of Terraform make one of 1 MB, and
    it may stand in many places.
    """
    if len(text) > _LONGEST:
        return f"(a text of {len(text):,} characters)"
    text = concealed(text)
    if len(text) > _MOST_SHOWN:
        text = f"{text[:_BEGINNING]}... ({len(text):,} characters)"
    if _COMMAND in text:
        text = text.replace(_COMMAND, "#\\x23[")
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else _escape(each) for each in text)


def _escape(character: str) -> str:
    return character.encode("unicode_escape").decode("ascii")


def line(text: str) -> str:
    """Return a text as a line of its own, which a log doesn't take for a command."""
    text = shown(text)
    return _FIRST.sub(r"\1\\x3a", text) if "::" in text else text


def foreign(text: str) -> str:
    """Return what another program or somebody's code says, without what it gives to names such as `token`."""
    return _ASSIGNED.sub(lambda found: found[0].replace(found[1], HIDDEN), text)


def lines(text: str) -> str:
    """Return a text of several lines, each as `line` shows it. What is in it from outside has been shown before."""
    return "\n".join(map(line, text.split("\n")))


def shown_tree(content: Any) -> Any:
    """Return JSON with each text in it as it is shown."""
    if isinstance(content, str):
        return shown(content)
    if isinstance(content, dict):
        return {shown(key): shown_tree(each) for key, each in content.items()}
    return [shown_tree(each) for each in content] if isinstance(content, list | tuple) else content


def without_secrets(value: Any, key: str = "") -> Any:
    """Return a value as it may be told of: what stands in it under a key that holds secrets is hidden.

    Args:
        value: the value; what is not a string, list or map stays as it is.
        key: the name that it was given under.
    """
    if isinstance(value, dict):
        return {each: without_secrets(item, f"{each}") for each, item in value.items()}
    if isinstance(value, list | tuple):
        return type(value)([without_secrets(each, key) for each in value]) if type(value) in (list, tuple) else value
    if is_secret_key(key) and value not in (None, "") and not isinstance(value, bool):
        return HIDDEN
    return concealed(value) if isinstance(value, str) else value
