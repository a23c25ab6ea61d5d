"""The tables are what the commands make of AWS's answers: replayed from moto's records and botocore's stubs."""

import contextlib
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import boto3
import moto
import pytest
import yaml
from botocore import exceptions
from botocore.stub import Stubber
from moto.ec2.models.instance_types import INSTANCE_TYPES

from hedgerow.facts import table
from hedgerow.facts.aws import client as clients
from hedgerow.facts.aws import eks, instances, refresh, regions
from hedgerow.facts.unanswered import Unanswered

from ...support import ROOT

SOURCE = "a test, read 2026-11-21"


def client(service: str, region: str = "us-east-1") -> Any:
    return boto3.client(service, region_name=region, aws_access_key_id="none", aws_secret_access_key="none")


class Recorded:
    """An EC2 client that answers with moto's records, without the XML between, which takes ten seconds."""

    def get_paginator(self, _: str) -> "Recorded":
        return self

    def paginate(self) -> list[dict[str, Any]]:
        return [{"InstanceTypes": list(INSTANCE_TYPES.values())}]


def test_the_instance_table_that_ships_is_what_moto_recorded() -> None:
    assert f"moto {moto.__version__}" in table.source(instances.INSTANCES)
    made = refresh.refresh_instances(Recorded(), source=table.source(instances.INSTANCES))
    assert made == instances.INSTANCES.read_text()


def test_the_zone_table_that_ships_is_what_moto_answers() -> None:
    assert f"moto {moto.__version__}" in table.source(regions.ZONES)
    some = ["ca-central-1", "cn-north-1", "eu-west-1", "us-east-1"]
    with moto.mock_aws():
        made = refresh.refresh_zones(lambda region: client("ec2", region), some, source=SOURCE)
    assert [line.split(",") for line in made.splitlines()[2:]] == [
        row for row in table.rows(regions.ZONES) if row[0] in some
    ]


PLAIN = {
    "InstanceType": "x1.large",
    "VCpuInfo": {"DefaultVCpus": 2},
    "MemoryInfo": {"SizeInMiB": 4096},
    "ProcessorInfo": {"SupportedArchitectures": ["i386", "x86_64"]},
    "Hypervisor": "nitro",
    "NetworkInfo": {
        "DefaultNetworkCardIndex": 1,
        "Ipv4AddressesPerInterface": 10,
        "NetworkCards": [
            {"NetworkCardIndex": 0, "MaximumNetworkInterfaces": 2},
            {"NetworkCardIndex": 1, "MaximumNetworkInterfaces": 3},
        ],
    },
}


def gpu(**fields: object) -> dict[str, object]:
    return {"GpuInfo": {"Gpus": [{"Name": "L4", "Count": 1, "Manufacturer": "NVIDIA", **fields}]}}


@pytest.mark.parametrize(
    ("change", "row"),
    [
        ({}, "x1.large,2,4096,x86_64,0,,0,3,10,yes"),
        ({"Hypervisor": "xen"}, "x1.large,2,4096,x86_64,0,,0,3,10,no"),
        ({"Hypervisor": "xen", "BareMetal": True}, "x1.large,2,4096,x86_64,0,,0,3,10,yes"),
        (gpu(Count=4), "x1.large,2,4096,x86_64,4,L4,0,3,10,yes"),
        (gpu(Count=0, LogicalGpuCount=1), "x1.large,2,4096,x86_64,1,L4,0,3,10,yes"),
        (gpu(Manufacturer="AMD"), "x1.large,2,4096,x86_64,0,,0,3,10,yes"),
        ({"NeuronInfo": {"NeuronDevices": [{"Count": 16}]}}, "x1.large,2,4096,x86_64,0,,16,3,10,yes"),
    ],
)
def test_one_answer_becomes_one_row(change: dict[str, Any], row: str) -> None:
    ec2 = client("ec2")
    with Stubber(ec2) as stub:
        stub.add_response("describe_instance_types", {"InstanceTypes": [{**PLAIN, **change}]})
        assert refresh.refresh_instances(ec2, source=SOURCE).splitlines()[2:] == [row]


def test_pages_are_joined_sorted_and_macs_left_out() -> None:
    mac = {**PLAIN, "InstanceType": "mac9.metal", "ProcessorInfo": {"SupportedArchitectures": ["arm64_mac"]}}
    ec2 = client("ec2")
    with Stubber(ec2) as stub:
        stub.add_response("describe_instance_types", {"InstanceTypes": [PLAIN, mac], "NextToken": "more"})
        stub.add_response("describe_instance_types", {"InstanceTypes": [{**PLAIN, "InstanceType": "a9.large"}]})
        made = refresh.refresh_instances(ec2, source=SOURCE).splitlines()
    assert made[:2] == [f"# source: {SOURCE}", ",".join(refresh.INSTANCE_COLUMNS)]
    assert [line.partition(",")[0] for line in made[2:]] == ["a9.large", "x1.large"]


def answer(version: str, released: datetime, standard: datetime, extended: datetime) -> dict[str, Any]:
    return {
        "clusterVersion": version,
        "releaseDate": released,
        "endOfStandardSupportDate": standard,
        "endOfExtendedSupportDate": extended,
    }


def test_versions_are_written_by_their_day_in_utc() -> None:
    west = timezone(timedelta(hours=-8))
    client_ = client("eks")
    with Stubber(client_) as stub:
        first = answer(
            "1.36",
            datetime(2026, 6, 1, 17, tzinfo=west),
            datetime(2027, 8, 1, 16, tzinfo=west),
            datetime(2028, 8, 2, tzinfo=UTC),
        )
        second = answer(
            "1.35",
            datetime(2026, 1, 28, tzinfo=UTC),
            datetime(2027, 3, 27, tzinfo=UTC),
            datetime(2028, 3, 27, tzinfo=UTC),
        )
        stub.add_response(
            "describe_cluster_versions", {"clusterVersions": [first], "nextToken": "more"}, {"includeAll": True}
        )
        stub.add_response(
            "describe_cluster_versions", {"clusterVersions": [second]}, {"includeAll": True, "nextToken": "more"}
        )
        made = refresh.refresh_versions(client_, source=SOURCE)
    lines = eks.VERSIONS.read_text().splitlines()
    assert made.splitlines() == [f"# source: {SOURCE}", lines[1], *lines[-2:]]


def test_only_whole_zones_count_and_regions_without_any_are_left_out() -> None:
    zones = {
        "eu-west-9": [
            ("eu-west-9b", "availability-zone"),
            ("eu-west-9a", "availability-zone"),
            ("wl1", "wavelength-zone"),
        ],
        "eu-west-8": [("lz1", "local-zone")],
    }

    class Answers:
        def __init__(self, region: str) -> None:
            self.region = region

        def describe_availability_zones(self) -> dict[str, Any]:
            return {"AvailabilityZones": [{"ZoneName": name, "ZoneType": kind} for name, kind in zones[self.region]]}

    made = refresh.refresh_zones(Answers, zones, source=SOURCE)
    assert made == f"# source: {SOURCE}\nregion,zones\neu-west-9,eu-west-9a eu-west-9b\n"


def addon(name: str, *builds: tuple[str, dict[str, bool]]) -> dict[str, Any]:
    return {
        "addonName": name,
        "addonVersions": [
            {
                "addonVersion": version,
                "compatibilities": [
                    {"clusterVersion": kubernetes, "defaultVersion": default} for kubernetes, default in fits.items()
                ],
            }
            for version, fits in builds
        ],
    }


DNS = addon("coredns", ("v1.9.3-eksbuild.9", {"1.35": True}), ("v1.9.3-eksbuild.10", {"1.35": False, "1.36": False}))
CNI = addon("vpc-cni", ("v1.22.4-eksbuild.3", {"1.36": True}))


def test_addons_are_told_by_kubernetes_version_with_the_default_and_the_newest() -> None:
    client_ = client("eks")
    with Stubber(client_) as stub:
        more = {"owners": ["aws"], "nextToken": "more"}
        stub.add_response("describe_addon_versions", {"addons": [DNS], "nextToken": "more"}, {"owners": ["aws"]})
        stub.add_response("describe_addon_versions", {"addons": [CNI]}, more)
        made = refresh.refresh_addons(client_, source=SOURCE)
    assert made.splitlines() == [
        f"# source: {SOURCE}",
        "addon,default,newest",
        "coredns@1.35,v1.9.3-eksbuild.9,v1.9.3-eksbuild.10",
        "coredns@1.36,,v1.9.3-eksbuild.10",
        "vpc-cni@1.36,v1.22.4-eksbuild.3,v1.22.4-eksbuild.3",
    ]


def test_the_addon_table_that_ships_says_what_the_locks_of_the_examples_say() -> None:
    lock = yaml.safe_load((ROOT / "stacks" / "aws-dev.lock.yaml").read_text())
    found = {name: eks.addon_default(name, lock["kubernetes"]) for name in lock["addons"]}
    assert found == lock["addons"]
    assert eks.addon_default("coredns", "1.2") is None
    assert eks.ADDONS.read_text().splitlines()[1] == ",".join(refresh.ADDON_COLUMNS)


class Account:
    """Stubbed clients of one account, by service and region."""

    def __init__(self, **answers: list[tuple[str, Any]]) -> None:
        self.answers, self.asked = answers, list[tuple[str, str]]()
        self.stack = contextlib.ExitStack()

    def client_of(self, service: str, region: str) -> Any:
        self.asked.append((service, region))
        made = client(service, region)
        stub = self.stack.enter_context(Stubber(made))
        for operation, answer in self.answers.get(f"{service}_{region}".replace("-", "_"), []):
            if isinstance(answer, str):
                stub.add_client_error(operation, answer, "no\nmore")
            else:
                stub.add_response(operation, answer)
        return made

    def refreshed(self) -> dict[str, str]:
        with self.stack, clients.explained():
            return refresh.refresh(self.client_of, ["eu-west-1", "eu-west-2"], today=date(2026, 12, 1))


ZONES = {"AvailabilityZones": [{"ZoneName": "eu-west-1a", "ZoneType": "availability-zone"}]}
TYPES = ("describe_instance_types", {"InstanceTypes": [PLAIN]})
DAY = datetime(2026, 1, 1, tzinfo=UTC)
WHOLE: dict[str, list[tuple[str, Any]]] = {
    "ec2_eu_west_1": [("describe_regions", {"Regions": [{"RegionName": "eu-west-1"}]}), TYPES],
    "ec2_eu_west_2": [("describe_instance_types", {"InstanceTypes": [{**PLAIN, "InstanceType": "a9.large"}]})],
    "eks_eu_west_1": [
        ("describe_addon_versions", {"addons": [CNI]}),
        ("describe_cluster_versions", {"clusterVersions": [answer("1.36", DAY, DAY, DAY)]}),
    ],
}


def test_a_refresh_asks_each_region_and_names_what_it_asked() -> None:
    account = Account(**WHOLE)
    stubbed = account.client_of

    def client_of(service: str, region: str) -> Any:
        """As EC2 answers of zones: by a client made anew."""
        if account.asked.count((service, region)):
            account.answers["ec2_eu_west_1"] = [("describe_availability_zones", ZONES)]
        return stubbed(service, region)

    account.client_of = client_of  # type: ignore[method-assign]
    made = account.refreshed()
    assert {name: text.splitlines()[0] for name, text in made.items()} == {
        "eks_addons": "# source: EKS DescribeAddonVersions in eu-west-1, read 2026-12-01",
        "eks_versions": "# source: EKS DescribeClusterVersions in eu-west-1, read 2026-12-01",
        "instances": "# source: EC2 DescribeInstanceTypes in eu-west-1 eu-west-2, read 2026-12-01",
        "zones": "# source: EC2 DescribeAvailabilityZones of every region that the account has on, read 2026-12-01",
    }
    assert [row[0] for row in table.read_rows(made["instances"])] == ["a9.large", "x1.large"]
    assert list(table.read_rows(made["zones"])) == [["eu-west-1", "eu-west-1a"]]
    assert made.keys() == {name[4:] for name in table.shipped() if name.startswith("aws/")} - {"replacements"}


REFUSED = "AWS refused DescribeInstanceTypes"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("ExpiredToken", f"the AWS credentials have expired; {clients.SIGN_IN}"),
        (
            "AuthFailure",
            f"AWS does not know these credentials (AuthFailure), or the region is not on in their account; {clients.SIGN_IN}",
        ),
        ("UnauthorizedOperation", f"{REFUSED}: no more; let the caller's role do it: reading is enough"),
        ("Throttling", f"{REFUSED} for too many requests (Throttling); try again in a minute"),
        ("Strange", f"{REFUSED} (Strange): no more"),
    ],
)
def test_a_refusal_on_a_later_page_makes_no_table_and_is_told_in_one_line(code: str, told: str) -> None:
    first = ("describe_instance_types", {"InstanceTypes": [PLAIN], "NextToken": "more"})
    broken = [("describe_regions", {"Regions": []}), first, ("describe_instance_types", code)]
    with pytest.raises(Unanswered) as unanswered:
        Account(**{**WHOLE, "ec2_eu_west_1": broken}).refreshed()
    assert str(unanswered.value) == told


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (exceptions.NoCredentialsError(), f"no AWS credentials were found; {clients.SIGN_IN}"),
        (
            exceptions.PartialCredentialsError(provider="env", cred_var="AWS_SECRET_ACCESS_KEY"),
            f"no AWS credentials were found; {clients.SIGN_IN}",
        ),
        (
            exceptions.TokenRetrievalError(provider="sso", error_msg="Token has expired"),
            "the AWS credentials cannot be used: Error when retrieving token from sso: Token has expired; "
            + clients.SIGN_IN,
        ),
        (
            exceptions.ProfileNotFound(profile="acme"),
            "The config profile (acme) could not be found; `aws configure list-profiles` names those there are",
        ),
        (
            exceptions.EndpointConnectionError(endpoint_url="https://ec2.eu-west-9.example.com"),
            'AWS did not answer: Could not connect to the endpoint URL: "https://ec2.eu-west-9.example.com"; '
            "check the region's name and the network",
        ),
        (
            KeyError("VCpuInfo"),
            "AWS answered something that hedgerow cannot read: KeyError('VCpuInfo'); please report it",
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_what_the_sdk_raises_is_told_with_what_to_type(error: Exception, told: str) -> None:
    with pytest.raises(Unanswered) as unanswered, clients.explained():
        raise error
    assert str(unanswered.value) == told


def test_clients_try_again_where_they_are_throttled(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "none")
    config = clients.client("ec2", "eu-west-1").meta.config
    assert config.retries == {"mode": "standard", "total_max_attempts": 7}
