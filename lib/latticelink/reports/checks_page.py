"""Writes docs/checks.md from the catalogue: `python -m latticelink.reports.checks_page`."""

from __future__ import annotations

import json
from collections.abc import Iterator

from latticelink.checks.catalogue import AREAS, CHECKS
from latticelink.checks.findings import Check
from latticelink.checks.retired import RETIRED
from latticelink.reports.pages import symptom_of

_INTRODUCTION = """\
# What `latticelink check` looks at

`latticelink check [INPUT ...]` reads a synth output folder (default: `cdktf.out`), any folder of Terraform JSON, one
such file, plans and states, alone or several together ([inputs.md](inputs.md)). It starts no CDK and no Terraform and
needs no AWS account.
`make synth`, `main.py` and `latticelink.run` run it on what they wrote.

Standard input (`-`) and pipes can be given as inputs (`latticelink check <(terraform show -json plan)`,
`... | latticelink check -`); then no other file is read beside them. If a folder contains a pipe, a socket or a device
where a file should be, it is refused, so that nothing waits for it.

The work for one input is limited. The limits are counted, not timed, so the answer is the same on every machine:
files of at most 32 MiB each, JSON that takes at most an estimated 300 MB once it is loaded, and 6 million
steps of work. That is enough for 5,000 links in one app; beyond it, the command ends with an explanation and exit code
2. If an expression makes a string of more than a million characters or a list of more than 10,000 parts, its value is
"unknown".

Each check gives one of the first three answers for each place that it applies to, and each hop of a path gets any of
the four:

| answer | meaning |
|---|---|
| pass | it is as it should be |
| fail | it is not: a finding |
| unknown | it depends on a value that is known only after apply, or on a resource that isn't in the files |
| not judged | nothing of the hop is in the files, so nothing was examined |

Nothing is guessed: unknowns are listed with the reason and what would settle them. If LL001 reports a problem, no
other check reports it again. A finding has a severity:

| severity | meaning |
|---|---|
| error | Terraform or AWS refuses it, or it won't work |
| warning | it works, until something happens |
| note | worth knowing |

| exit code | when |
|---|---|
| 0 | no error and no warning; notes and unknowns don't count |
| 1 | an error or a warning; with `--strict` also something unknown |
| 2 | the input can't be read: malformed, no Terraform, too large, a loop in references |

`latticelink.run`, which writes the output before it checks it, returns 1 for an error only.

`--format json` prints the same for programs: `counts`, lists of `findings`, `unknown`, `suppressed` and `paths`, the
[`topology`](topology.md) and [`inputs`](inputs.md), and `not_judged`: endpoint services of an NLB and the endpoints
that lead to them ([from-nlb.md](from-nlb.md)). Each finding has `check`, `severity`, `title`, `place`,
`construct`, `file`, `message`, `fix` and `see`. `--why` shows for each path the rule that admits it at each hop.

## Living with a finding

A finding, or an unknown, can be suppressed by check and resource, with a reason. In code:

```python
suppress(gateway, "LL411", reason="one zone is enough for tests")
```

This is written into the stack's JSON; hand-written files can contain it too. Terraform ignores comments under `//`:

```json
{"//": {"latticelink": {"suppress": [
  {"check": "LL411", "resource": "producer/gateway", "reason": "one zone is enough for tests"}
]}}}
```

In HCL it is a comment: `# latticelink: suppress CHECK RESOURCE: REASON` ([hcl.md](hcl.md)).

Or in `latticelink-suppressions.toml` of the working directory, or the file that `--suppressions` names:

```toml
[[suppress]]
check = "LL411"
resource = "producer/gateway"
reason = "one zone is enough for tests"
```

A resource is a Terraform address (`aws_vpc_endpoint.nginx`, or `consumer: aws_vpc_endpoint.nginx` for one stack's), the
path of a construct, which includes everything below it, or the name of a stack. A suppression without a reason, or one
that suppresses nothing, is itself a finding. So is one of a check that doesn't exist or is [retired](#retired).

The author of a configuration can suppress what is found in it. If the check is a gate for other people's changes, as on
pull requests, `--no-inline-suppressions` ignores the suppressions in the inputs, and `--suppressions FILE` names a file
that they can't change, such as one on the main branch; without it, `latticelink-suppressions.toml` of the working
directory still counts.

## In GitHub's code scanning

```yaml
- run: latticelink check --format sarif > latticelink.sarif || true
- uses: github/codeql-action/upload-sarif@8aad20d150bbac5944a9f9d289da16a4b0d87c1e # v4.36.2
  with:
    sarif_file: latticelink.sarif
```

The job needs the permission `security-events: write`. GitHub shows a finding next to the file that has it, so commit
the synth output, or read the findings in the list of alerts. Suppressed findings are marked as such; unknowns are
notifications of the run, and with `--strict` results.

## The checks
"""


_NO_MORE = """\
These checks are gone, and their ids are never used again. What the AWS provider says was tried with version 5.100.0.
LL903 reports suppressions of them, which have no effect: remove those."""


def document() -> str:
    """Return the text of docs/checks.md."""
    sections = (line for check in CHECKS for line in _section(check))
    return "\n".join([_INTRODUCTION, *_table(), "", *sections, *_retired()]) + "\n"


def _table() -> Iterator[str]:
    yield "| check | severity | area | what should be |"
    yield "|---|---|---|---|"
    for area, checks in AREAS.items():
        for check in checks:
            yield f"| [{check.id}](#{check.id.lower()}) | {check.severity} | {area} | {check.title} |"


def _retired() -> Iterator[str]:
    yield from ("## Retired", "", _NO_MORE, "", "| check | asked that | who says it now |", "|---|---|---|")
    for check in RETIRED:
        yield f"| {check.id} | {check.title} | {check.reason} |"


def _section(check: Check) -> Iterator[str]:
    yield from (f"### {check.id}", "", f"**{check.title}.** {check.why}", "")
    yield f"Fix: {check.fix} Source: <{check.source}>"
    if symptom := symptom_of(check):
        yield from ("", f"Already applied: [what it looks like](troubleshooting.md#{symptom}).")
    yield from ("", "```jsonc", "// fails", *_shown(check.failing), "// passes", *_shown(check.passing), "```", "")


def _shown(example: str) -> Iterator[str]:
    """Yield the example, a line for each of its files."""
    content = json.loads(example)
    if any(name.endswith(".json") for name in content):
        for name, part in content.items():
            yield f"// {name}"
            yield json.dumps(part)
    else:
        yield json.dumps(content)


if __name__ == "__main__":
    print(document(), end="")
