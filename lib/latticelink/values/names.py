"""Names within AWS's rules: checked where the user gives one, derived from the user's key where not."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass, replace
from itertools import count

from latticelink.errors import Report
from latticelink.values.tokens import is_known

_API = "https://docs.aws.amazon.com/vpc-lattice/latest/APIReference/"


@dataclass(frozen=True)
class NameRule:
    """What AWS allows as the name of one kind of object.

    Args:
        what: the kind of object, for messages.
        forbidden_prefix: how a name must not start, because AWS's own ids do.
        source: the page of AWS's documentation that states the rule.
        shortest: least number of characters.
        longest: greatest number of characters.
    """

    what: str
    forbidden_prefix: str
    source: str
    shortest: int = 3
    longest: int = 40

    def allows(self, name: str) -> bool:
        """Return whether AWS takes `name`."""
        return (
            self.shortest <= len(name) <= self.longest
            and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", name) is not None
            and not name.startswith(self.forbidden_prefix)
        )

    def sentence(self) -> str:
        """Return the rule in words."""
        return (
            f"The name of {self.what} has {self.shortest} to {self.longest} characters: lower-case letters, digits and "
            f"single hyphens, no hyphen at either end, not starting with {self.forbidden_prefix!r}."
        )


RESOURCE_GATEWAY = NameRule("a resource gateway", "rgw-", f"{_API}API_CreateResourceGateway.html")
SECURITY_GROUP = NameRule(
    "a security group",
    "sg-",
    "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html",
    shortest=1,
    longest=255,
)
RESOURCE_CONFIGURATION = NameRule("a resource configuration", "rcfg-", f"{_API}API_CreateResourceConfiguration.html")

# The page of the API doesn't name the prefix; that of CloudFormation does.
SERVICE_NETWORK = NameRule(
    "a service network",
    "servicenetwork-",
    "https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-vpclattice-servicenetwork.html",
    longest=63,
)


LONGEST_SUFFIX = 16


def parse_suffix(report: Report, argument: str, given: str) -> str:
    """Return what derived names end in, if AWS takes it at the end of each, or it is an expression; refuse the rest."""
    if isinstance(given, str) and (
        not is_known(given) or (len(given) <= LONGEST_SUFFIX and re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", given))
    ):
        return given
    report.refuse(
        argument,
        given,
        rule=f"Names end in 1 to {LONGEST_SUFFIX} lower-case letters, digits and single hyphens, or in an expression.",
        fix="Write, for example, 'dev', or '${terraform.workspace}'.",
        source=RESOURCE_GATEWAY.source,
    )
    return ""


def derive_name(rule: NameRule, *parts: str, suffix: str = "") -> str:
    """Return a name that `rule` allows, made from `parts` (the user's keys, outermost first), and `suffix` behind them.

    Upper case is lowered and what AWS refuses becomes a hyphen. Where something was cut or lost, a hash of the parts
    keeps the names of different parts different; it depends on nothing else, so it is the same on every machine.
    """
    if suffix:
        shorter = replace(rule, longest=rule.longest - LONGEST_SUFFIX - 1)
        return f"{derive_name(shorter, *parts)}-{suffix}"
    text = "-".join(parts)
    lowered = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    lost = bool(re.search(r"[^A-Za-z0-9 ._/-]", text)) or len(lowered) < rule.shortest
    if lowered.startswith(rule.forbidden_prefix):
        lowered = f"x-{lowered}"
    if not lost and len(lowered) <= rule.longest:
        return lowered
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:8]
    kept = lowered[: rule.longest - len(digest) - 1].strip("-")
    return f"{kept}-{digest}" if kept else f"x-{digest}"


def parse_name(report: Report, argument: str, name: str | None, rule: NameRule, default: str) -> str:
    """Return `name` if AWS allows it, or `default`, a derived one, if it is None; refuse anything else."""
    if name is None:
        return default
    if not isinstance(name, str) or not rule.allows(name):
        derived = derive_name(rule, name) if isinstance(name, str) and name and is_known(name) else default
        report.refuse(
            argument, name, rule=rule.sentence(), fix=f"Write {derived!r}, or leave it out.", source=rule.source
        )
        return default
    return name


def parse_key(report: Report, argument: str, key: str) -> str:
    """Return `key`, the user's own name for a shared resource, by which consumers read it; refuse what can't be one.

    A key is part of the contract and of Terraform addresses: 1 to 64 letters, digits, hyphens, underscores, dots and
    single spaces, starting and ending with a letter or digit.
    """
    if isinstance(key, str) and len(key) <= 64 and re.fullmatch(r"[A-Za-z0-9]+([ ._-]+[A-Za-z0-9]+)*", key):
        return key
    if isinstance(key, str) and not is_known(key):
        fix = "Write the name itself: consumers look it up in the state before Terraform can fill in an expression."
    else:
        fix = "Write a short name such as 'orders-db'."
    report.refuse(
        argument,
        key,
        rule="The name of a shared resource has 1 to 64 letters, digits, spaces, dots, hyphens or underscores, and "
        "starts and ends with a letter or digit.",
        fix=fix,
    )
    return refused_id()


_refused = count(1)


def refused_id() -> str:
    """Return what stands for a refused id or key: another one each time, as a second one of a name is refused too."""
    return f"refused-{next(_refused)}"


_GROUP_SIGNS = r"[A-Za-z0-9 ._\-:/()#,@\[\]+=&;{}!$*]"
_RULE_DOC = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html"


def group_name_of(name: str) -> str:
    """Return the name of the security group of something with this name: the same, where AWS takes it for a group."""
    return f"{name}-group" if name == "default" else f"x-{name}" if name.startswith("sg-") else name


def parse_group_name(report: Report, argument: str, name: str | None, default: str) -> str:
    """Return `name` if AWS takes it as a security group's, or `default` if it is None; refuse the rest."""
    if name is None:
        return default
    if isinstance(name, str) and not is_known(name):
        return name
    plain = isinstance(name, str) and re.fullmatch(rf"{_GROUP_SIGNS}{{1,255}}", name)
    if plain and name == name.strip() and not name.lower().startswith("sg-") and name.lower() != "default":
        return name
    report.refuse(
        argument,
        name,
        rule="A security group's name has 1 to 255 letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*; it isn't "
        "'default' and doesn't begin with 'sg-'.",
        fix=f"Write {default!r}, or leave it out.",
        source=_RULE_DOC,
    )
    return default


def parse_description(report: Report, argument: str, given: str) -> str:
    """Return `given` if AWS takes it as the description of a security group or of its rule; refuse the rest."""
    plain = isinstance(given, str) and re.fullmatch(rf"{_GROUP_SIGNS}{{1,255}}", given) and given.strip()
    if isinstance(given, str) and (not is_known(given) or plain):
        return given
    report.refuse(
        argument,
        given,
        rule="The description of a security group or a rule has 1 to 255 letters, digits, spaces and "
        "._-:/()#,@[]+=&;{}!$*.",
        fix="Write, for example, 'To the resource endpoint'.",
        source=_RULE_DOC,
    )
    return "refused"
