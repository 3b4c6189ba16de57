"""Builds the documentation as a site: `make site`. README.md is its front page, and pages need nothing but Markdown.

Sphinx reads the same files that GitHub shows. What a site has beyond that is added here: the navigation, the API
reference from docstrings, and Mermaid from a local file. No page asks another host for anything.
"""

from __future__ import annotations

import html
import re
import shutil
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.parsers.rst import Directive
from pygments.lexers.data import JsonLexer
from pygments.lexers.special import TextLexer

HERE = Path(__file__).parent
ROOT = HERE.parent.parent
MERMAID = ROOT / "tests" / "browser" / "node_modules" / "mermaid" / "dist" / "mermaid.min.js"

sys.path.insert(0, str(ROOT / "lib"))

project = "LatticeLink"
author = copyright = "LatticeLink"
root_doc = "README"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
include_patterns = [
    "README.md",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "docs/*.md",
    "docs/resources/*.md",
    "examples/README.md",
]
exclude_patterns = ["**/node_modules"]

NAVIGATION = {
    "Use it": [
        "docs/own-project",
        "docs/resources/README",
        "docs/resources/ip",
        "docs/resources/dns-name",
        "docs/resources/rds",
        "docs/resources/aurora",
        "docs/resources/group",
        "docs/resources/service-network",
        "docs/escape-hatches",
        "docs/import",
        "docs/hcl",
        "docs/from-nlb",
        "examples/README",
    ],
    "Decide": [
        "docs/choose",
        "docs/accounts",
        "docs/ownership",
        "docs/state",
        "docs/hcp-terraform",
        "docs/cdk-terrain",
    ],
    "Check, draw, test": [
        "docs/command-line",
        "docs/checks",
        "docs/reachability",
        "docs/inputs",
        "docs/draw",
        "docs/testing",
        "docs/lab",
        "docs/topology",
    ],
    "Run it": [
        "docs/troubleshooting",
        "docs/operations",
        "docs/iam",
        "docs/changes",
        "docs/github-actions",
        "docs/faq",
        "docs/upgrade",
    ],
    "Reference": [
        "docs/reference",
        "docs/contract",
        "docs/security-groups",
        "docs/refusals",
        "CHANGELOG",
        "SECURITY",
        "CONTRIBUTING",
    ],
}

# Markdown as GitHub reads it, with its anchors.
myst_heading_anchors = 4
myst_fence_as_directive = ["mermaid"]

html_theme = "furo"
html_title = "LatticeLink"
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = ["mermaid.min.js", "diagrams.js"]
html_show_sphinx = False
html_show_sourcelink = False
html_copy_source = False
# What a search result says of its page would be fetched, which browsers refuse for files.
html_show_search_summary = False

default_role = "code"
autodoc_typehints = "description"
autodoc_typehints_description_target = "documented"
autodoc_member_order = "bysource"
autodoc_class_signature = "mixed"
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_ivar = True


class Mermaid(Directive):
    """A diagram that Mermaid draws in the reader's browser."""

    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the diagram's text, where the script finds it."""
        text = html.escape("\n".join(self.content))
        return [nodes.raw("", f'<pre class="mermaid">{text}</pre>', format="html")]


# A public word on a line of its own in the reference's list stands for its docstring.
_WORD = re.compile(r"^- `(latticelink(?:\.testing)?)\.(\w+)`$", re.MULTILINE)


def _reference(match: re.Match[str]) -> str:
    module, name = match.groups()
    kind = "class" if name[0].isupper() else "function"
    members = "   :members:\n   :inherited-members: Construct, TerraformStack, App, Mapping, Exception\n"
    options = members if kind == "class" else ""
    return f"```{{eval-rst}}\n.. auto{kind}:: {module}.{name}\n{options}```\n"


def add_to_page(_: Any, page: str, source: list[str]) -> None:
    """Add to a page what GitHub doesn't need: the navigation to the front page, docstrings to the reference."""
    if page == root_doc:
        trees = (
            "\n".join(["```{toctree}", ":hidden:", f":caption: {caption}", "", *pages, "```"])
            for caption, pages in NAVIGATION.items()
        )
        source[0] += "\n\n" + "\n\n".join(trees) + "\n"
    elif page == "docs/reference":
        source[0] = _WORD.sub(_reference, source[0])


def split_sources(_app: Any, _what: str, _name: str, _object: Any, _options: Any, lines: list[str]) -> None:
    """Give the sources of a docstring a line each, and attributes of a property's text none of its own."""
    text = "\n".join(lines)
    text = re.sub(
        r"^Source: ((?:.|\n(?!\n))+)",
        lambda found: "Sources:\n\n" + "\n".join(f"* {each.strip()}" for each in re.split(r",\s+", found[1].strip())),
        text,
        flags=re.MULTILINE,
    )
    lines[:] = text.split("\n")


def draw_by_mermaid(app: Any) -> None:
    """Copy Mermaid into the site, so that nothing is asked of another host."""
    if not MERMAID.exists():
        raise SystemExit("No Mermaid to draw diagrams with: run `npm ci` in tests/browser.")
    target = Path(app.outdir) / "_static"
    target.mkdir(parents=True, exist_ok=True)
    shutil.copy(MERMAID, target / MERMAID.name)


def make_front_page(app: Any, problem: Exception | None) -> None:
    """Let index.html be README's page."""
    if problem is None:
        shutil.copy(Path(app.outdir) / f"{root_doc}.html", Path(app.outdir) / "index.html")


def setup(app: Any) -> None:
    """Connect the above."""
    app.add_directive("mermaid", Mermaid)
    app.add_lexer("jsonc", JsonLexer)
    for name in ("gitignore", "gitattributes"):
        app.add_lexer(name, TextLexer)
    app.connect("builder-inited", draw_by_mermaid)
    app.connect("source-read", add_to_page)
    app.connect("autodoc-process-docstring", split_sources)
    app.connect("build-finished", make_front_page)
