"""Draws the documentation's pictures from the JSON of the scenario and of the examples: `make docs`.

The alternative text of a picture, wherever a page shows it, is its verdict; that is written anew as well.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from latticelink.network.reading import read
from latticelink.paths.outlining import outline_of
from latticelink.picture.svg import as_svg
from latticelink.picture.words import verdict

ROOT = Path(__file__).parent.parent.parent
PICTURES = Path(__file__).parent
SCENARIO, BLOCKED = "scenario", "blocked"
MISSING = "ec2-b_group_ingress-"
"""What the logical id of the rule starts with that is missing in the blocked scenario: into the target's group."""
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
EXAMPLES = sorted(path.parent for path in ROOT.glob("examples/*/main.py"))
EXAMPLES_BEGIN = """\
# Examples

Each example is a complete app: `python examples/<name>/main.py` writes its Terraform JSON. The pictures are drawn from
that JSON, and the resources that each stack creates are counted in it. A *producer* is a stack that shares a resource
of its VPC, through a resource gateway where traffic enters that VPC; a *consumer* is a stack that uses it, through a
VPC endpoint in its own VPC. "Unknown" in a picture means that the files alone don't say whether packets pass there, for
example because a VPC that exists already is named only by its id.

## What is billed

This lists what AWS bills for, not amounts, as prices differ by region and change: see the pricing pages that
[Which connection to choose](../docs/choose.md#what-is-billed) links to, and those of the services that examples share.

| Terraform resource | billed by |
|---|---|
| `aws_vpc_endpoint` (a resource endpoint) | hour, and GB processed; to its owner. Open: whether hours are \
counted once or for each zone |
| `aws_vpc_endpoint` (of a service network), `aws_vpclattice_service_network_vpc_association` | nothing by the hour |
| `aws_vpclattice_resource_gateway` | GB processed; to its owner. Nothing by the hour |
| `aws_vpclattice_service_network_resource_association` | hour of each resource configuration (according to third \
parties; not on the AWS pages that we could read) |
| `aws_route53_zone` | month |
| `aws_db_instance`, `aws_rds_cluster`, `aws_rds_cluster_instance`, `aws_s3_bucket` | as without LatticeLink: \
see the service's own pricing page |
| `aws_vpc`, `aws_subnet`, `aws_security_group` and rules | nothing |
| `aws_lb`, and an `aws_vpc_endpoint` of its endpoint service | hour and GB: \
[What is billed](../docs/choose.md#what-is-billed) |
| `terraform_data` | nothing: it exists only in Terraform's state |
"""
_IMAGE = re.compile(r"!\[[^\]]*\]\((?P<link>[^)]*pictures/(?P<name>[\w-]+)\.svg)\)")


def picture_of(output: Path) -> tuple[str, str] | None:
    """Return the picture of a synth output folder and its verdict; None if nothing is shared there."""
    outline = outline_of(read(output))
    return (as_svg(outline), verdict(outline, outline.ways)) if outline.ways else None


def without_rule(output: Path, folder: Path) -> Path:
    """Copy the scenario's output without the rule into the target's group; return the copy."""
    copy = folder / "cdktf.out"
    shutil.copytree(output, copy)
    file = copy / "stacks" / "producer" / "cdk.tf.json"
    content = json.loads(file.read_text(encoding="utf-8"))
    rules = content["resource"]["aws_vpc_security_group_ingress_rule"]
    [name] = [each for each in rules if each.startswith(MISSING)]
    del rules[name]
    file.write_text(json.dumps(content), encoding="utf-8")
    return copy


def with_verdicts(text: str, verdicts: dict[str, str]) -> str:
    """Return a page's text in which each picture has its verdict as alternative text."""
    return _IMAGE.sub(lambda found: f"![{_plain(verdicts[found['name']])}]({found['link']})", text)


def made_by(output: Path) -> dict[str, dict[str, int]]:
    """Return for each stack of a synth output folder how many resources of each type it makes."""
    files = sorted(output.rglob("cdk.tf.json"))
    resources = {file.parent.name: json.loads(file.read_text(encoding="utf-8"))["resource"] for file in files}
    return {stack: {kind: len(made[kind]) for kind in sorted(made)} for stack, made in resources.items()}


def examples_page(verdicts: dict[str, str], made: dict[str, dict[str, dict[str, int]]]) -> str:
    """Return the page that shows what each example shares, and what its stacks make."""
    parts = [EXAMPLES_BEGIN.rstrip()]
    for example in EXAMPLES:
        first = (example / "main.py").read_text(encoding="utf-8").split('"""')[1].strip().splitlines()[0]
        parts += ["", f"## {example.name}", "", f"{first} Program: [main.py]({example.name}/main.py)."]
        if example.name in verdicts:
            parts += ["", f"![{_plain(verdicts[example.name])}](../docs/pictures/{example.name}.svg)"]
        parts += ["", "| stack | creates |", "|---|---|"]
        for stack, kinds in made[example.name].items():
            parts.append(f"| {stack} | {', '.join(f'{count} `{kind}`' for kind, count in kinds.items())} |")
    return "\n".join(parts) + "\n"


def _plain(text: str) -> str:
    return re.sub(r"([\[\]\\])", r"\\\1", text)


def _synthesised(program: Path, folder: Path) -> Path:
    folder.mkdir(parents=True)
    subprocess.run([sys.executable, program], cwd=folder, stdout=subprocess.DEVNULL, check=True)
    [output] = folder.glob("*.out")
    return output


def main() -> None:
    """Draw all pictures, and write their verdicts into the pages that show them."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        outputs = {each.name: _synthesised(each / "main.py", folder / each.name) for each in EXAMPLES}
        outputs[SCENARIO] = _synthesised(ROOT / "main.py", folder / SCENARIO)
        outputs[BLOCKED] = without_rule(outputs[SCENARIO], folder / BLOCKED)
        made = {each.name: made_by(outputs[each.name]) for each in EXAMPLES}
        drawn = {name: found for name, output in outputs.items() if (found := picture_of(output)) is not None}
    for old in PICTURES.glob("*.svg"):
        old.unlink()
    for name, (picture, _) in drawn.items():
        (PICTURES / f"{name}.svg").write_text(picture, encoding="utf-8")
    verdicts = {name: said for name, (_, said) in drawn.items()}
    for page in PAGES:
        page.write_text(with_verdicts(page.read_text(encoding="utf-8"), verdicts), encoding="utf-8")
    (ROOT / "examples" / "README.md").write_text(examples_page(verdicts, made), encoding="utf-8")


if __name__ == "__main__":
    main()
