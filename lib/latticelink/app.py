"""The app and its stacks: from `cdktf.json` to Terraform JSON, with one readable report if anything is wrong."""

from __future__ import annotations

import functools
import json
import os
import re
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any, NoReturn, ParamSpec

from latticelink import reading_ahead as _reading_ahead  # noqa: F401  (first: it reads while Node.js starts)
from latticelink.applied import read_applied, with_applied
from latticelink.backends import LocalState
from latticelink.cdk import bindings
from latticelink.cdk.flavour import chosen as chosen_cdk
from latticelink.checks.examination import Examination, examined
from latticelink.checks.findings import Severity
from latticelink.constructs.notes import notes_of
from latticelink.disclosure import foreign, forget, lines
from latticelink.errors import InvalidInput, LatticeLinkError, Report, collecting, line_of_user_code, render
from latticelink.network.reading import configuration_of
from latticelink.paths.hops import Answer
from latticelink.placing import move_into_place, refuse_links, unwritable
from latticelink.removals import describe_removals, find_removals
from latticelink.replacements import Blocks, as_moved, blocks_of, describe, find_replacements, read_blocks
from latticelink.reports.text import count_line, finding_lines
from latticelink.state import State, parse_stack_id, refuse_unmet_reads
from latticelink.summary import summarise, summarise_again
from latticelink.taken_domains import taken_domains
from latticelink.terminal import INTERRUPTED, coloured, progress, tell
from latticelink.terraform.raw import RawStack
from latticelink.terraform.sources import synthesised
from latticelink.values.arns import ROLE, partition_of
from latticelink.values.aws_ids import parse_region, parse_role_arn
from latticelink.values.calls import judged
from latticelink.values.names import parse_suffix
from latticelink.values.principals import parse_account_id
from latticelink.values.provider_version import DEFAULT_AWS_PROVIDER, parse_aws_provider
from latticelink.values.tags import parse_tags
from latticelink.values.tokens import REFUSED, is_known

_Arguments = ParamSpec("_Arguments")
# What passes a context on to Node.js calls itself for each level.
_DEEPEST = 50


class App(bindings.App):
    """The CDK's app, which knows the context of `cdktf.json` also when it is started without the CDK's command line.

    Args:
        context: the context. Default: `context` of `cdktf.json` in the working directory, with the settings in the
            variable CDKTF_CONTEXT_JSON over it.
        outdir: folder of the output. The choice of the CDK's command line wins. Default: `cdktf.out`.

    Raises:
        InvalidInput: if `cdktf.json` can't be read.

    Source: https://developer.hashicorp.com/terraform/cdktf/create-and-deploy/configuration-file
    """

    def __init_subclass__(cls) -> None:
        """Show the arguments of the subclass."""
        super().__init_subclass__()
        bindings.show_signature(cls)

    @judged
    def __init__(self, *, context: Mapping[str, Any] | None = None, outdir: str | Path | None = None) -> None:
        self.context: Mapping[str, Any] = _context() if context is None else context
        if problem := _not_json(self.context):
            with Report("App") as report:
                report.refuse("context", self.context, rule="The context is a JSON object.", fix=problem)
            self.context = {}
        # Node.js keeps the folder that it was started in, wherever this process has gone since.
        super().__init__(context=dict(self.context), outdir=str(Path(outdir).absolute()) if outdir else None)


class Stack(bindings.TerraformStack):
    """A Terraform stack with its state, its region, the AWS provider and, if named, its account.

    Credentials are never part of the code: they come from the environment (`AWS_PROFILE`, a role of the CI) of
    whoever applies the stack.

    Args:
        scope: the app.
        id: 1 to 64 letters, digits, hyphens and underscores; names the stack's folder and its state.
        state: where its state is kept.
        region: AWS region code, such as `ap-northeast-1`.
        aws_provider: version constraint for the AWS provider, in Terraform's notation; 5.100.0 or newer. An
            argument that a version which it allows lacks is refused where it is used.
        account_id: 12 digits; with another account's credentials, Terraform stops. Default: any account.
        role_arn: ARN of an IAM role to assume for the stack's resources, so that one run can apply the stacks of
            several accounts. State is read and written without it. Default: none.
        name_suffix: a suffix for the AWS names that are derived, so that one app can be applied several times in an
            account: 1 to 16 lower-case letters, digits and single hyphens, or `${terraform.workspace}`. Names that you
            give yourself stay as they are. Default: nothing.
        tags: the provider's default tags, for all AWS objects of the stack that take tags, those of other libraries
            too. Default: none.

    Attributes:
        provider: the AWS provider.

    Raises:
        InvalidInput: for tags that AWS refuses, a malformed id, region, account or role, a role of another account than
            `account_id` or of another partition than `region`, or a constraint that admits providers too old.

    Source: https://developer.hashicorp.com/terraform/language/providers/requirements,
        https://registry.terraform.io/providers/hashicorp/aws/latest/docs#assuming-an-iam-role
    """

    def __init_subclass__(cls) -> None:
        """Show the arguments of the subclass."""
        super().__init_subclass__()
        bindings.show_signature(cls)

    @judged
    def __init__(
        self,
        scope: Any,
        id: str,
        *,
        state: State,
        region: str,
        aws_provider: str = DEFAULT_AWS_PROVIDER,
        account_id: str | None = None,
        role_arn: str | None = None,
        name_suffix: str = "",
        tags: Mapping[str, str] | None = None,
    ) -> None:
        with Report(str(id)) as report:
            id = parse_stack_id(report, "id", id)
            self.region, self.aws_provider = self.parse_settings(report, region, aws_provider)
            if not isinstance(state, State):
                report.refuse(
                    "state",
                    state,
                    rule="The state of a stack is kept in a LocalState, an S3State or a CloudState.",
                    fix="Write state=LocalState(), S3State(bucket, region) or CloudState(organization).",
                )
                state = LocalState()
            checked = parse_tags(report, "tags", tags)
            name_suffix = parse_suffix(report, "name_suffix", name_suffix) if name_suffix != "" else ""
            self.account_id, role_arn = _parse_account(report, account_id, role_arn, self.region)
        super().__init__(scope, id)
        state.keep(self)
        notes_of(self).tags = checked.given
        notes_of(self).name_suffix = name_suffix
        self.provider: bindings.AwsProvider = self._provider(role_arn)
        self.add_override("terraform.required_providers.aws", {"source": "hashicorp/aws", "version": self.aws_provider})
        self.add_override("terraform.required_version", state.terraform_version)

    def _provider(self, role_arn: str | None) -> bindings.AwsProvider:
        tags = notes_of(self).tags
        return bindings.AwsProvider(
            self,
            "aws",
            region=self.region,
            allowed_account_ids=[self.account_id] if self.account_id else None,
            assume_role=[bindings.AwsProviderAssumeRole(role_arn=role_arn)] if role_arn else None,
            default_tags=[bindings.AwsProviderDefaultTags(tags=dict(tags))] if tags else None,
        )

    @staticmethod
    @judged
    def parse_settings(report: Report, region: str, aws_provider: str = DEFAULT_AWS_PROVIDER) -> tuple[str, str]:
        """Return both as a stack takes them; for settings of several stacks, so that each problem is reported once.

        Args:
            report: where problems are reported.
            region: AWS region code.
            aws_provider: version constraint for the AWS provider.

        Source: https://developer.hashicorp.com/terraform/language/providers/requirements
        """
        constraint = parse_aws_provider(report, "aws_provider", aws_provider)
        return parse_region(report, "region", region), constraint


bindings.show_signature(App)
bindings.show_signature(Stack)


def _parse_account(
    report: Report, account_id: str | None, role_arn: str | None, region: str
) -> tuple[str | None, str | None]:
    """Return a stack's account and the role taken on there; refuse malformed ones and a role from elsewhere."""
    role_arn = None if role_arn is None else parse_role_arn(report, "role_arn", role_arn)
    account_id = None if account_id is None else parse_account_id(report, "account_id", account_id)
    role = ROLE.read(role_arn)
    if role is not None and account_id and is_known(account_id) and account_id not in (REFUSED, role.account):
        report.refuse(
            "role_arn",
            role_arn,
            rule=f"The role must belong to the stack's account, which is {account_id}.",
            fix="Use a role of that account, or leave account_id out.",
        )
    if role is not None and is_known(region) and region != REFUSED and role.partition != partition_of(region):
        report.refuse(
            "role_arn",
            role_arn,
            rule=f"A role acts within its partition, and {region} is in {partition_of(region)}.",
            fix=f"Write 'arn:{partition_of(region)}:iam::{role.account}:role/{role.name}', or another region.",
            source="https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html",
        )
    return account_id, role_arn


def _told(function: Callable[_Arguments, int]) -> Callable[_Arguments, int]:
    """Let a function that returns an exit code say what is wrong, in place of raising it."""

    @functools.wraps(function)
    def call(*args: _Arguments.args, **kwargs: _Arguments.kwargs) -> int:
        try:
            return function(*args, **kwargs)
        except LatticeLinkError as error:
            print(coloured(str(error), sys.stderr), file=sys.stderr)
            return 1
        except KeyboardInterrupt:
            return INTERRUPTED

    return call


@_told
@judged
def run(build: Callable[[App], object], *, outdir: str | Path | None = None, quiet: bool | None = None) -> int:
    """Build an app, write its Terraform JSON, print a summary and check it; or print what is wrong and write nothing.

    The errors and warnings that `latticelink check` finds are printed in full, on standard error. docs/checks.md lists
    what is looked at, and says how a finding is suppressed.

    Standard error also has warnings of what the next apply would replace or take away from consumers, with the order of
    applies that works. The output is compared with a state in a local file, or else with what was in the folder.

    Args:
        build: makes the app's stacks; what it returns is ignored.
        outdir: folder of the output. The command line's choice (`CDKTF_OUTDIR`) wins. Default: `cdktf.out`.
        quiet: True prints nothing but what is wrong; False prints the whole summary. Default: what the variable
            LATTICELINK_QUIET says (1 or 0); without it nothing under the CDK's command line, one line where these
            stacks were written before, and else the whole summary.

    Returns:
        The exit code: 0; 1 if the input was refused, or if the check found an error, though the output is written then;
        130 after Ctrl-C.
    """
    chosen = os.environ.get("CDKTF_OUTDIR")
    target = Path(chosen or outdir or "cdktf.out")
    if not callable(build):
        _refuse_run(
            build,
            rule="run takes the function that creates the app's stacks, and calls it with the app.",
            fix="Write run(build), without parentheses after the function's name.",
        )
    forget()
    before = read_blocks(target)
    # Under its command line, the CDK itself takes the folder from the environment: nothing can be staged there.
    with progress(f"Writing {target}"):
        app = _write(build, target, staged=not chosen)
        stacks = synthesised(target)
    _warn_of_changes(before, stacks, target)
    if taken := taken_domains(stacks):
        print(lines(taken), file=sys.stderr, flush=True)
    quiet = _is_quiet(quiet)
    if quiet is None and before.keys() == {stack.name for stack in stacks}:
        tell(lines(summarise_again(target, stacks)))
    elif not quiet:
        command = _own_command() if "latticelink" in app.context else None
        tell(lines(summarise(target, stacks, _cli(_own_command()), command)))
    return _check(stacks, target, is_quiet=bool(quiet))


def _is_quiet(quiet: bool | None) -> bool | None:
    """Return whether nothing is said of what went well; None if that depends on whether it was said before."""
    if quiet is not None:
        return quiet
    if told := os.environ.get("LATTICELINK_QUIET"):
        return told != "0"
    return True if os.environ.get("CDKTF_OUTDIR") else None


def _warn_of_changes(before: Blocks, stacks: Sequence[RawStack], outdir: Path) -> None:
    """Say on the error output what the next apply would replace and take away.

    That is by the states that lie in local files, and where there is none by what was in the folder before.
    """
    after, applied = blocks_of(stacks), as_moved(read_applied(stacks), stacks)
    before = with_applied(as_moved(before, stacks), applied, after)
    replacements = find_replacements(before, after)
    removals = find_removals(before, after, replacements)
    found = {each.stack for each in replacements} | {each.stack for each in removals}
    since = "since the last apply" if found <= applied.keys() else "since the last synth"
    if replacements:
        print(lines(describe(replacements, before, outdir, since)), file=sys.stderr, flush=True)
    if removals:
        print(lines(describe_removals(removals, since)), file=sys.stderr, flush=True)


def _write(build: Callable[[App], object], target: Path, *, staged: bool) -> App:
    """Build the app and write its output to `target`; if `staged`, nothing is changed there before all is written."""
    # Node.js keeps the folder that it was started in, wherever this process has gone since.
    if not staged:
        refuse_links(target)
        return build_app(build, str(target.absolute()))
    try:
        staging = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=_made(target.parent)))
    except OSError as error:
        raise unwritable(target, error) from error
    try:
        app = build_app(build, str(staging.absolute()))
        move_into_place(staging, target)
        return app
    finally:
        shutil.rmtree(staging, ignore_errors=True)


def _own_command() -> str:
    """Return the shell command that started this program, as a person would type it."""
    python = Path(sys.executable)
    shown = python.relative_to(Path.cwd()) if python.is_relative_to(Path.cwd()) else Path(python.name)
    return shlex.join([str(shown), *sys.argv])


def _cli(command: str) -> tuple[str, str]:
    """Return the CDK's command line and how to deploy with it; it is told of an app that cdktf.json doesn't name."""
    cdk = chosen_cdk()
    program = Path(sys.argv[0]).resolve()
    try:
        app = str(json.loads(Path("cdktf.json").read_text(encoding="utf-8"))["app"])
        is_named = program in [Path(word).resolve() for word in shlex.split(app)]
    except (OSError, ValueError, KeyError, TypeError):
        is_named = True
    told = "" if is_named else f" --app {shlex.quote(command)}"
    return f"{cdk.core} CLI, on {cdk.cli_needs}", f"npx --yes {cdk.cli} deploy '*'{told}"


def _check(stacks: Sequence[RawStack], target: Path, *, is_quiet: bool) -> int:
    """Check what was written; return 1 if there is an error in it."""
    with progress(f"Checking {target}"):
        examination = examined(configuration_of(stacks))
    if found := "\n".join(finding_lines(examination, notes=False)):
        print(coloured(f"\n{found}", sys.stderr), file=sys.stderr, flush=True)
    if not is_quiet:
        _tell_result(examination, target)
    return 1 if examination.count(Severity.ERROR) else 0


def _tell_result(examination: Examination, target: Path) -> None:
    more = " `latticelink check` says more." if examination.of(Answer.FAIL) or examination.of(Answer.UNKNOWN) else ""
    # A word that begins with a hyphen would be an option.
    named = f"./{target}" if str(target).startswith("-") else str(target)
    folder = "" if target == Path("cdktf.out") else f" {shlex.quote(named)}"
    drawn = f"\nSee it: `latticelink draw{folder} --open`" if examination.paths else ""
    tell(lines(f"\nChecked: {count_line(examination)}{more}{drawn}"))


def build_app(build: Callable[[App], object], outdir: str, context: Mapping[str, Any] | None = None) -> App:
    """Build an app and write its Terraform JSON to a folder.

    Args:
        build: makes the app's stacks.
        outdir: the folder, as an absolute path.
        context: the app's context. Default: as for `App`.

    Raises:
        InvalidInput: with all that is wrong with the input.
        LatticeLinkError: if the CDK refuses it.
    """
    with collecting() as findings:
        try:
            app = App(context=context, outdir=outdir)
            build(app)
            stacks = [child for child in app.node.find_all() if isinstance(child, bindings.TerraformStack)]
            if not stacks and not findings:
                _refuse_run(
                    build,
                    rule="An app has at least one stack; this one has none, so there is nothing to deploy.",
                    fix="Create it in the function: Stack(app, 'producer', state=LocalState(), region='eu-west-1').",
                )
            refuse_unmet_reads(stacks)
        except InvalidInput as error:
            raise InvalidInput([*findings, *error.findings]) from None
        except Exception as error:
            if findings:
                # What the user's own code does with a refused value is a consequence, not another problem.
                raise LatticeLinkError(
                    f"{render(findings)}\n\nThere may be more: building stopped at {foreign(repr(error))}."
                ) from None
            raise _readable(error) from error
        if findings:
            raise InvalidInput(findings)
    try:
        app.synth()
    except Exception as error:
        raise _readable(error) from error
    return app


def _refuse_run(build: object, *, rule: str, fix: str) -> NoReturn:
    with Report("run") as report:
        report.refuse("build", build, rule=rule, fix=fix)
        raise InvalidInput(report.findings)


def _readable(error: Exception) -> Exception:
    """Return the CDK's own refusals, which come with a JavaScript stack, as one sentence; anything else as it is."""
    if not bindings.is_refusal(error):
        return error
    lines = [line.strip() for line in str(error).splitlines() if line.strip() and not line.strip().startswith("at ")]
    said = " ".join(lines).removeprefix("Error: ")
    where = line_of_user_code(error.__traceback__)
    return LatticeLinkError(f"{chosen_cdk().name} refuses this{f' ({where})' if where else ''}: {foreign(said)}")


def _context() -> Mapping[str, Any]:
    """Return the context of `cdktf.json`, with the settings in CDKTF_CONTEXT_JSON over it."""
    file = Path("cdktf.json")
    context: dict[str, Any] = {}
    with Report("cdktf.json") as report:
        if file.exists():
            content = _object(report, "content", lambda: json.loads(file.read_text(encoding="utf-8")))
            context = _object(report, "context", lambda: content.get("context", {}))
            _refuse_misplaced(report, content)
    with Report("environment") as report:
        if (passed := os.environ.get("CDKTF_CONTEXT_JSON")) is not None:
            over = _object(report, "CDKTF_CONTEXT_JSON", lambda: json.loads(passed))
            both = {key: {**context[key], **over[key]} for key in over if _are_objects(context.get(key), over[key])}
            context = {**context, **over, **both}
    return context


def _not_json(context: Mapping[str, Any]) -> str:
    """Return what to correct in a context that Node.js can't be given; nothing if it is JSON, as deep as anybody's."""
    try:
        text = json.dumps(dict(context), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        return f"Correct it: {error}."
    depth = deepest = 0
    for sign in re.sub(r'"(?:[^"\\]|\\.)*"', "", text):
        depth += (sign in "[{") - (sign in "]}")
        deepest = max(deepest, depth)
    return "" if deepest <= _DEEPEST else f"Correct it: it is nested more than {_DEEPEST} deep."


def _refuse_misplaced(report: Report, content: Mapping[str, Any]) -> None:
    for key in get_close_matches("context", set(content) - {"context"}, cutoff=0.8):
        report.refuse(key, content[key], rule="The app's context is in 'context'.", fix="Use that as the key.")
    if "latticelink" in content:
        report.refuse("latticelink", content["latticelink"], rule="Settings are in 'context'.", fix="Move them there.")


def _are_objects(*values: Any) -> bool:
    return all(isinstance(value, dict) for value in values)


def _object(report: Report, argument: str, read: Callable[[], Any]) -> dict[str, Any]:
    fix = "Write, for example, {}."
    try:
        value = read()
    except (OSError, ValueError) as error:
        value, fix = None, f"Correct it: {error}."
    except RecursionError:
        value, fix = None, "Correct it: it is nested too deeply."
    if isinstance(value, dict):
        return value
    report.refuse(argument, value, rule="It is a JSON object.", fix=fix)
    return {}


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
