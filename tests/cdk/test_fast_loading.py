"""Fast loading: the output is that of the stock path to the byte, and it keeps out of the user's way."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from latticelink.cdk.flavour import CDKTF
from latticelink.cdk.node import packaged_node

import pytest

from tests.conftest import EXAMPLES, ROOT, run_programs, run_python, same_files
from tests.flavour import CDK, SCENARIO, in_words_of, program_of
from tests.test_scenario import run_main

PACKS_ARCHIVES = CDK is not CDKTF or shutil.which("node") is not None

# An app of somebody else: two dozen provider modules, computed lists, nested blocks, empty ones, values that are false,
# data sources, an iterator, escape hatches; the provider imported in each of the ways that users import it. Its folder
# is a whole path, as Node.js stays where it was started.
APP = """
import os
import latticelink
latticelink.App
from cdktf import (App, Fn, LocalBackend, TerraformIterator, TerraformOutput, TerraformResourceLifecycle,
                   TerraformStack, TerraformVariable, Token)
from cdktf_cdktf_provider_aws.acm_certificate import AcmCertificate
from cdktf_cdktf_provider_aws.cloudwatch_log_group import CloudwatchLogGroup
from cdktf_cdktf_provider_aws.data_aws_availability_zones import DataAwsAvailabilityZones
from cdktf_cdktf_provider_aws.data_aws_caller_identity import DataAwsCallerIdentity
from cdktf_cdktf_provider_aws.data_aws_iam_policy_document import (
    DataAwsIamPolicyDocument, DataAwsIamPolicyDocumentStatement, DataAwsIamPolicyDocumentStatementPrincipals)
from cdktf_cdktf_provider_aws.db_instance import DbInstance
from cdktf_cdktf_provider_aws.dynamodb_table import DynamodbTable, DynamodbTableAttribute
from cdktf_cdktf_provider_aws.eip import Eip
from cdktf_cdktf_provider_aws.iam_role import IamRole
from cdktf_cdktf_provider_aws.instance import Instance, InstanceRootBlockDevice
from cdktf_cdktf_provider_aws.kms_key import KmsKey
from cdktf_cdktf_provider_aws.lambda_function import LambdaFunction, LambdaFunctionEnvironment
from cdktf_cdktf_provider_aws.lb import Lb
from cdktf_cdktf_provider_aws.lb_listener import LbListener, LbListenerDefaultAction
from cdktf_cdktf_provider_aws.lb_target_group import LbTargetGroup, LbTargetGroupHealthCheck
from cdktf_cdktf_provider_aws.nat_gateway import NatGateway
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderDefaultTags
from cdktf_cdktf_provider_aws.route53_record import Route53Record
from cdktf_cdktf_provider_aws.route_table import RouteTable
from cdktf_cdktf_provider_aws.s3_bucket import S3Bucket
from cdktf_cdktf_provider_aws.security_group import SecurityGroup, SecurityGroupIngress
from cdktf_cdktf_provider_aws.sns_topic import SnsTopic
from cdktf_cdktf_provider_aws.sqs_queue import SqsQueue
from cdktf_cdktf_provider_aws.subnet import Subnet
from cdktf_cdktf_provider_aws import vpc, vpc_endpoint
import cdktf_cdktf_provider_aws as provider

app = App(outdir=os.path.abspath("cdktf.out"))
stack = TerraformStack(app, "s")
LocalBackend(stack, path="s.tfstate")
AwsProvider(stack, "aws", region="eu-west-1", default_tags=[AwsProviderDefaultTags(tags={"a": "b"})])
network = vpc.Vpc(stack, "vpc", cidr_block="10.0.0.0/16")
zones = DataAwsAvailabilityZones(stack, "zones", state="available")
subnets = [Subnet(stack, f"subnet{i}", vpc_id=network.id, availability_zone=Fn.element(zones.names, i),
                  cidr_block=Fn.cidrsubnet(network.cidr_block, 4, i)) for i in range(2)]
address = Eip(stack, "eip", domain="vpc")
NatGateway(stack, "nat", subnet_id=subnets[0].id, allocation_id=address.allocation_id)
RouteTable(stack, "routes", vpc_id=network.id).add_override("tags.Name", "escaped")
group = SecurityGroup(stack, "group", vpc_id=network.id, ingress=[SecurityGroupIngress(
    protocol="tcp", from_port=443, to_port=443, cidr_blocks=["0.0.0.0/0"])])
endpoint = vpc_endpoint.VpcEndpoint(stack, "endpoint", vpc_id=network.id, service_name="x",
                                    security_group_ids=[group.id])
TerraformOutput(stack, "dns", value=endpoint.dns_entry.get(0).dns_name)
certificate = AcmCertificate(stack, "certificate", domain_name="example.com", validation_method="DNS")
each = TerraformIterator.from_complex_list(certificate.domain_validation_options, "domain_name")
Route53Record(stack, "record", for_each=each, zone_id="Z1", name=each.get_string("resource_record_name"),
              type=each.get_string("resource_record_type"), records=[each.get_string("resource_record_value")], ttl=60)
document = DataAwsIamPolicyDocument(stack, "document", statement=[DataAwsIamPolicyDocumentStatement(
    actions=["sts:AssumeRole"],
    principals=[DataAwsIamPolicyDocumentStatementPrincipals(type="Service", identifiers=["lambda.amazonaws.com"])])])
role = IamRole(stack, "role", assume_role_policy=document.json)
queue, topic, key = SqsQueue(stack, "queue"), SnsTopic(stack, "topic"), KmsKey(stack, "key")
LambdaFunction(stack, "function", function_name="f", role=role.arn, environment=LambdaFunctionEnvironment(
    variables={"QUEUE": queue.url, "TOPIC": topic.arn}))
balancer = Lb(stack, "lb", subnets=[subnet.id for subnet in subnets])
targets = LbTargetGroup(stack, "targets", port=80, protocol="HTTP", vpc_id=network.id,
                        health_check=LbTargetGroupHealthCheck(path="/"))
LbListener(stack, "listener", load_balancer_arn=balancer.arn, port=443,
           default_action=[LbListenerDefaultAction(type="forward", target_group_arn=targets.arn)])
DynamodbTable(stack, "table", name="t", hash_key="id", attribute=[DynamodbTableAttribute(name="id", type="S")])
names = TerraformIterator.from_list(["a", "b"])
S3Bucket(stack, "bucket", for_each=names, bucket=Token.as_string(names.value))
CloudwatchLogGroup(stack, "logs", kms_key_id=key.arn).add_override("lifecycle", {"prevent_destroy": True})
database = DbInstance(stack, "db", instance_class="db.t4g.micro")
TerraformOutput(stack, "port", value=database.port)
TerraformOutput(stack, "account", value=DataAwsCallerIdentity(stack, "me").account_id)
Instance(stack, "blocks-without-arguments", ebs_optimized=False, lifecycle=TerraformResourceLifecycle(),
         root_block_device=InstanceRootBlockDevice(), security_groups=[], tags={"a": ""})
TerraformVariable(stack, "falsy", default=0, nullable=False, description="")
TerraformOutput(stack, "any", value={"in": [InstanceRootBlockDevice(), InstanceRootBlockDevice(iops=0)], "b": ""})
provider.ssm_parameter.SsmParameter(stack, "parameter", name="p", type="String", value=database.endpoint)
app.synth()
"""


ARCHIVE = """
import os
import latticelink
latticelink.App
from cdktf import App, AssetType, LocalBackend, TerraformAsset, TerraformStack
app = App(outdir=os.path.abspath("cdktf.out"))
stack = TerraformStack(app, "s")
LocalBackend(stack, path="s.tfstate")
TerraformAsset(stack, "archive", path={source!r}, type=AssetType.ARCHIVE)
app.synth()
"""

WRONG_ARGUMENTS = """
import latticelink
latticelink.App
from cdktf import App, TerraformStack
from latticelink.cdk.bindings import Vpc, VpcEndpoint
stack = TerraformStack(App(), "s")
Vpc(stack, "right", cidr_block="10.0.0.0/16", tags={"Name": "a"}, enable_dns_support=True)
VpcEndpoint(stack, "endpoint", vpc_id="vpc-1", subnet_ids=["subnet-1"], tags={"Name": "a"})
for wrong in ({"cidr_block": 10}, {"tags": "Name"}, {"cidr_block": ["10.0.0.0/16"]}):
    for _ in range(2):
        try:
            Vpc(stack, "wrong", **wrong)
        except TypeError as error:
            print("refused", *wrong)
for wrong in ([1], ["subnet-1", 1], [["subnet-1"]], {"subnet-1": "a"}):
    for _ in range(2):
        try:
            VpcEndpoint(stack, "wrong", vpc_id="vpc-1", subnet_ids=wrong)
        except TypeError as error:
            print("refused", "subnet_ids")
"""

LOADED = """
import latticelink, logging, sys
logging.basicConfig(level=logging.DEBUG, format="%(name)s %(message)s", stream=sys.stdout)
{before}
latticelink.Network
prefix = "cdktf_cdktf_provider_aws."
print(len([name for name in sys.modules if name.startswith(prefix)]) < 100)
"""

PROGRAMS = """
const program = /(?:jsii-runtime|program)\\.js$/.exec(process.argv[1]);
if (program) require("node:fs").appendFileSync({path}, `${{program[0]}}\\n`);
"""


def run_app(folder: Path, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "app.py").write_text(in_words_of(CDK, code))
    return run_python(folder, "app.py", **environment)


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return a folder for each path, fast and stock, where each program has written to the folder of its name.

    What a program printed is in `NAME.txt`, and the processes of jsii in `processes`. All programs run in one process,
    as the stock path's import takes ten seconds.
    """
    code = tmp_path_factory.mktemp("code")
    (code / "handler").mkdir()
    (code / "handler" / "handler.py").write_text("pass")
    apps = {
        "switched off": LOADED.format(before=f"import {CDK.bindings}"),
        "other modules": APP,
        "archive": ARCHIVE.format(source=str(code / "handler")),
        "wrong arguments": WRONG_ARGUMENTS,
    }
    for name, app in apps.items():
        (code / f"{name}.py").write_text(in_words_of(CDK, app))
    programs = {name: code / f"{name}.py" for name in apps if name != "archive" or PACKS_ARCHIVES}
    programs |= {name: program_of(name) for name in [SCENARIO, *EXAMPLES]}
    fast = {name: program for name, program in programs.items() if name != "switched off"}
    folders = {}
    for path, switch, these in (("fast", "1", fast), ("stock", "0", programs)):
        folders[path] = tmp_path_factory.mktemp(path)
        script = code / f"{path}.cjs"
        script.write_text(PROGRAMS.format(path=json.dumps(str(folders[path] / "processes"))))
        environment = {"NODE_OPTIONS": f'--require "{script}"', "LATTICELINK_FAST_LOAD": switch}
        result = run_programs(folders[path], these, **environment)
        assert result.returncode == 0, result.stderr
    return folders


@pytest.mark.parametrize("program", [SCENARIO, "other modules", *EXAMPLES])
def test_what_is_written_is_the_same_to_the_byte_as_on_the_stock_path(written: dict[str, Path], program: str) -> None:
    assert same_files(written["fast"] / program, written["stock"] / program)


@pytest.mark.skipif(not PACKS_ARCHIVES, reason="CDKTF packs archives with the `node` on PATH")
def test_archives_are_packed_as_on_the_stock_path(written: dict[str, Path]) -> None:
    assert list((written["fast"] / "archive").rglob("archive.zip"))
    assert same_files(written["fast"] / "archive", written["stock"] / "archive")


def test_what_jsii_refuses_before_asking_node_is_refused_however_often_right_ones_came(
    written: dict[str, Path],
) -> None:
    refused = ["cidr_block", "tags", "cidr_block", *["subnet_ids"] * 4]
    said = [f"refused {argument}" for argument in refused for _ in range(2)]
    for folder in written.values():
        assert (folder / "wrong arguments.txt").read_text().splitlines() == said


@pytest.mark.parametrize(
    ("path", "processes"), [("fast", ["program.js"]), ("stock", ["jsii-runtime.js", "program.js"])]
)
def test_of_the_installed_release_one_process_answers(
    written: dict[str, Path], path: str, processes: list[str]
) -> None:
    """It fails where a new release of jsii no longer looks as it is known, so that its two processes are started."""
    assert (written[path] / "processes").read_text().split() == processes


def test_a_package_that_changed_is_not_taken_for_the_one_of_before(tmp_path: Path) -> None:
    """The note of an archive's checksum is for one file at one time; another one gets a note of its own."""
    script = ROOT / "lib" / "latticelink" / "cdk" / "lazy_provider.cjs"
    archive = tmp_path / "package.tgz"
    ask = (
        "const digest = globalThis[Symbol.for('latticelink.digest')];"
        "const crypto = require('node:crypto'), fs = require('node:fs');"
        "const compute = () => { console.log('computed'); "
        "return crypto.createHash('sha256').update(fs.readFileSync(process.argv[1])).digest(); };"
        "console.log(digest(process.argv[1], ['name', '1.0.0'], compute).toString('hex'));"
    )
    node = run_python(
        tmp_path, "-c", "from latticelink.cdk.node import packaged_node; print(packaged_node() or 'node')"
    )

    def answers(content: bytes | None) -> list[str]:
        if content is not None:
            archive.write_bytes(content)
        command = [node.stdout.strip(), "--require", str(script), "-e", ask, str(archive)]
        environment = {**os.environ, "LATTICELINK_NODE_CACHE": str(tmp_path / "cache")}
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.split()

    first = hashlib.sha256(b"first").hexdigest()
    assert answers(b"first") == ["computed", first]
    assert answers(None) == [first]
    assert answers(b"other") == ["computed", hashlib.sha256(b"other").hexdigest()], "of the same size"
    for note in (tmp_path / "cache").glob("*.digest"):
        note.write_bytes(b"half a digest")
    assert answers(None) == ["computed", hashlib.sha256(b"other").hexdigest()]


def told_of_loading(output: str) -> list[str]:
    """Return what an app with LOADED says, but for which CDK was chosen."""
    lines = [line for line in output.splitlines() if line.startswith(("latticelink ", "True", "False"))]
    return [line for line in lines if line != "latticelink the CDK is CDKTF, as LATTICELINK_CDK says so"]


STEPS_ASIDE = [
    ("on by default", "", ["True"]),
    (
        "the package is imported already",
        "import cdktf_cdktf_provider_aws",
        ["latticelink cdktf_cdktf_provider_aws is imported already; fast loading steps aside", "False"],
    ),
    (
        "another version",
        "import importlib.metadata as m; m.version = lambda name: '99.0.0'\nimport latticelink.cdk.bindings\n"
        "import cdktf_cdktf_provider_aws",
        [
            "latticelink cdktf_cdktf_provider_aws is not the version that fast loading knows; it steps aside",
            "False",
        ],
    ),
]


@pytest.mark.skipif(CDK is not CDKTF, reason="CDK Terrain's own package is lazy: nothing steps aside")
@pytest.mark.parametrize(("what", "before", "said"), STEPS_ASIDE, ids=[row[0] for row in STEPS_ASIDE])
def test_when_fast_loading_steps_aside(tmp_path: Path, what: str, before: str, said: list[str]) -> None:
    result = run_app(tmp_path, LOADED.format(before=before))
    assert result.returncode == 0, result.stderr
    assert told_of_loading(result.stdout) == said, what


@pytest.mark.skipif(CDK is not CDKTF, reason="CDK Terrain's own package is lazy: there is nothing to switch off")
def test_the_switch_turns_fast_loading_off_without_a_word(written: dict[str, Path]) -> None:
    assert told_of_loading((written["stock"] / "switched off.txt").read_text()) == ["False"]


LOADED_BY_NODE = """
process.on("exit", () => {{
  const files = Object.keys(require("node:module")._cache);
  if (files.some((file) => file.includes("provider-aws"))) require("node:fs").writeFileSync({path}, files.join("\\n"));
}});
"""


def test_of_the_installed_release_node_loads_what_is_used_alone(tmp_path: Path) -> None:
    """It fails where a new release of bindings, CDK or jsii no longer looks as the preloaded script knows it."""
    script, loaded = tmp_path / "loaded.cjs", tmp_path / "loaded.txt"
    script.write_text(LOADED_BY_NODE.format(path=json.dumps(str(loaded))))
    result = run_main(tmp_path, NODE_OPTIONS=f'--require "{script}"', XDG_CACHE_HOME=str(tmp_path / "cache"))
    assert result.returncode == 0, result.stderr
    files = loaded.read_text().splitlines()
    assert 10 < sum("provider-aws" in file for file in files) < 100
    assert not [file for file in files if re.search(r"[\\/](archiver|fflate)[\\/]", file)]
    assert list((tmp_path / "cache").rglob("*.digest")), "jsii's checksums are remembered"


# How an index exports a module, and whether it is known, so that the module is loaded when it is used.
INDEX_LINES = [
    ("CDKTF's", 'exports.part = require("./part");', True),
    ("CDK Terrain's", 'exports.part = __importStar(require("./part/index"));', True),
    ("of another compiler", 'exports.part = __importDefault(require("./part"));', False),
    ("of a single file", 'exports.part = require("./part.js").part;', False),
    ("a known one beside another", 'exports.part = require("./part");\nconst other = require("./part");', False),
]


@pytest.mark.parametrize("package", ["cdktf", "cdktn"])
@pytest.mark.parametrize(("what", "lines", "known"), INDEX_LINES, ids=[row[0] for row in INDEX_LINES])
def test_an_index_of_another_form_is_loaded_whole_and_gives_the_same(
    tmp_path: Path, what: str, lines: str, known: bool, package: str
) -> None:
    lib = tmp_path / "node_modules" / f"@{package}" / "provider-aws" / "lib"
    (lib / "part").mkdir(parents=True)
    helpers = "const __importStar = (module) => module, __importDefault = __importStar;\n"
    (lib / "index.js").write_text(f'"use strict";\n{helpers}exports.part = void 0;\n{lines}\n')
    for name in ("part.js", "part/index.js"):
        (lib / name).write_text('console.log("loaded");\nexports.answer = 42;\nexports.part = exports;\n')
    script = ROOT / "lib" / "latticelink" / "cdk" / "lazy_provider.cjs"
    use = f"const index = require({str(lib / 'index.js')!r}); console.log('used'); console.log(index.part.answer);"
    command = [packaged_node() or "node", "--require", str(script), "-e", use]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert said == (["used", "loaded", "42"] if known else ["loaded", "used", "42"]), what


def test_the_users_node_options_are_kept_and_a_home_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    script = tmp_path / "the users own.cjs"
    script.write_text(f"require('node:fs').writeFileSync({str(tmp_path / 'used')!r}, '')")
    (tmp_path / "blocked").write_text("a file where the cache folder would be")
    (tmp_path / "run").mkdir()
    result = run_main(tmp_path / "run", NODE_OPTIONS=f'--require "{script}"', XDG_CACHE_HOME=str(tmp_path / "blocked"))
    assert (result.returncode, result.stderr) == (0, "")
    assert (tmp_path / "used").exists()


def test_processes_side_by_side_share_the_caches(tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    running = []
    for number in range(3):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "app.py").write_text(in_words_of(CDK, APP))
        running.append(subprocess.Popen([sys.executable, "app.py"], cwd=folder, env=environment))
    assert [process.wait(timeout=120) for process in running] == [0, 0, 0]
    assert same_files(tmp_path / "0" / "cdktf.out", tmp_path / "1" / "cdktf.out")
    assert same_files(tmp_path / "0" / "cdktf.out", tmp_path / "2" / "cdktf.out")


def test_the_cache_of_compiled_code_serves_the_next_run_and_does_not_grow(tmp_path: Path) -> None:
    def cached() -> set[str]:
        assert run_main(tmp_path, XDG_CACHE_HOME=str(tmp_path / "cache")).returncode == 0
        return {str(path) for path in (tmp_path / "cache").rglob("*") if path.is_file()}

    first = cached()
    assert cached() == first
    node = run_python(tmp_path, "-c", "from latticelink.cdk.node import packaged_node; print(packaged_node() or '')")
    if node.stdout.strip():  # A Node.js before 22.1 has no such cache.
        assert len(first) > 100


def test_the_first_synth_leaves_the_index_of_types_that_makes_the_next_one_fast(tmp_path: Path) -> None:
    packages = tmp_path / "packages"
    if (unpacked := Path("~/.cache/aws/jsii/package-cache").expanduser()).is_dir():
        shutil.copytree(unpacked, packages, copy_function=_link_or_copy)
    for index in packages.rglob(".jsii.runtime*"):
        index.unlink()
    assert run_main(tmp_path, JSII_RUNTIME_PACKAGE_CACHE_ROOT=str(packages)).returncode == 0
    for package in ("constructs", CDK.core, f"@{CDK.core}/provider-aws"):
        (folder,) = packages.glob(f"{package}/*/*")
        assert sorted(path.name for path in folder.glob(".jsii.runtime*")) == [
            ".jsii.runtime-defs.v1.jsonl",
            ".jsii.runtime-index.v1",
            ".jsii.runtime.v1.json",
        ]


def _link_or_copy(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def test_a_link_asks_node_four_times(tmp_path: Path) -> None:
    """For its resource configuration, the endpoint, its construct and its group; the rest goes with these."""
    count = "import sys; sys.path.insert(0, sys.argv.pop(1)); import run; print(*map(run.round_trips, (5, 15)))"
    result = run_python(tmp_path, "-c", count, str(ROOT / "bench"))
    few, more = map(int, result.stdout.split())
    assert more - few <= 4 * 10


WHEN_CHECKS_ARE_READ = """
import sys, threading
def told(event, arguments):
    if event == "subprocess.Popen":
        print("starts node")
    if event == "import" and arguments[0] == "latticelink.checks.examination":
        print("reads the checks", "beside" if threading.current_thread() is not threading.main_thread() else "alone")
sys.addaudithook(told)
import latticelink
latticelink.App
"""


def test_the_checks_are_read_beside_the_start_of_node_and_not_before_it(tmp_path: Path) -> None:
    """Before it, two threads would take turns on one lock, and Node.js start later."""
    result = run_python(tmp_path, "-c", WHEN_CHECKS_ARE_READ)
    assert result.stdout.splitlines() == ["starts node", "reads the checks beside"], result.stderr
