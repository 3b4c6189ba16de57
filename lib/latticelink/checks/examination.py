"""Runs all checks over one configuration and says what came of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from latticelink.checks import suppressions
from latticelink.checks.catalogue import CHECKS
from latticelink.checks.findings import Check, Judgement, Result, Severity, unknown
from latticelink.disclosure import shown
from latticelink.network.reading import read
from latticelink.paths.hops import Answer, TracedPath
from latticelink.paths.tracing import trace
from latticelink.terraform.blocks import Block
from latticelink.terraform.configuration import Configuration
from latticelink.terraform.inputs import Inputs
from latticelink.terraform.json_files import UnreadableInput, is_regular
from latticelink.terraform.work import spend

_STEPS_OF_A_RESULT = 20
_ORDER = {severity: place for place, severity in enumerate(Severity)}


@dataclass(frozen=True)
class Examination:
    """What all checks say of one configuration.

    Args:
        configuration: what was read.
        results: every place where a check fails or can't tell, worst first.
        paths: the way of each client to each resource.
        passed: how many places were judged and are as they should be.
    """

    configuration: Configuration
    results: tuple[Result, ...]
    paths: tuple[TracedPath, ...]
    passed: int

    def of(self, answer: Answer) -> list[Result]:
        """Return the results with `answer` that nobody suppressed."""
        return [each for each in self.results if each.judgement.answer == answer and not each.suppressed]

    @property
    def suppressed(self) -> list[Result]:
        """The results that somebody decided to live with."""
        return [each for each in self.results if each.suppressed]

    def count(self, severity: Severity) -> int:
        """Return how many findings there are of `severity`."""
        return sum(each.check.severity == severity for each in self.of(Answer.FAIL))

    def exit_code(self, *, strict: bool = False) -> int:
        """Return 1 if there is an error or a warning, or with `strict` something unknown; else 0."""
        found = self.count(Severity.ERROR) or self.count(Severity.WARNING)
        return 1 if found or (strict and self.of(Answer.UNKNOWN)) else 0


def examine(inputs: Inputs, suppressions_file: Path | None = None, *, inline: bool = True) -> Examination:
    """Read what is given together, as `network.reading.read` does, and run all checks over it.

    Args:
        inputs: a path, or several.
        suppressions_file: TOML file of suppressions. Default: `latticelink-suppressions.toml` of the working
            directory, if there is one.
        inline: whether the suppressions that stand in the inputs themselves count; not where a stranger wrote them.

    Raises:
        UnreadableInput: if an input or the file of suppressions can't be read.
    """
    return examined(read(inputs), suppressions_file, inline=inline)


def examined(
    configuration: Configuration, suppressions_file: Path | None = None, *, inline: bool = True
) -> Examination:
    """Run all checks over what was read, as `examine` does."""
    decided = suppressions.in_configuration(configuration) if inline else []
    if suppressions_file is None and is_regular(suppressions.DEFAULT_FILE):
        suppressions_file = suppressions.DEFAULT_FILE
    if suppressions_file is not None:
        decided += suppressions.read_file(suppressions_file)
    return judge(configuration, decided)


def judge(configuration: Configuration, decided: Sequence[suppressions.Suppression] = ()) -> Examination:
    """Run all checks over `configuration`, less what was `decided` to be suppressed."""
    passed, results = 0, []
    paths = tuple(trace(configuration))
    told = set(_told(paths))
    for check in CHECKS:
        for judgement in _judgements(check, configuration):
            if check.hop and (check.hop, judgement.block, judgement.answer) in told:
                continue
            if judgement.answer is Answer.PASS:
                passed += 1
            else:
                spend(_STEPS_OF_A_RESULT)
                results.append(Result(check, judgement))
    after = suppressions.suppress(results, decided, {check.id for check in CHECKS})
    ordered = sorted(after, key=lambda each: (_ORDER[each.check.severity], each.check.id, each.judgement.place))
    return Examination(configuration, tuple(ordered), paths, passed)


DEFECT = "a defect of LatticeLink"


def _judgements(check: Check, configuration: Configuration) -> Iterator[Judgement]:
    """Yield what a check says; that it stopped, where it did, so that the others still speak."""
    try:
        yield from check.judge(configuration)
    except (UnreadableInput, MemoryError):
        raise
    except Exception as error:
        message = f"{check.id} failed on this input ({type(error).__name__}: {shown(str(error))[:200]}), {DEFECT}."
        yield unknown(None, message, "Report it, together with the part of the input that it is about.")


def _told(paths: Sequence[TracedPath]) -> Iterator[tuple[str, Block | None, Answer]]:
    """Yield what LL001 says of hops that don't pass: the place, each block that it is about, and the answer."""
    for path in paths:
        for hop in path.hops:
            if hop.answer is not Answer.PASS:
                yield from ((hop.place, block, hop.answer) for block in (hop.block, path.endpoint, path.configuration))
