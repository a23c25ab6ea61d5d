"""What a tenant reads of the platform: the part of the contract that its fences are made of."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from hedgerow.facts import cidr, labels

from ..shared.inputs import Path, Wrong
from ..shared.platform import CONTRACT_VERSION, ENFORCERS, EndpointArgs, LoadBalancerArgs, PlatformArgs
from ..shared.presets import CLASSES
from .checks import count, network, texts

MINOR = re.compile(r"1\.[1-9][0-9]?")
PLATFORM = "platform"
LOAD_BALANCERS = ("internal", "public")


@dataclass(frozen=True)
class Server:
    """An address range and the TCP ports used on it."""

    address: cidr.Network
    ports: tuple[int, ...]


@dataclass(frozen=True)
class Contract:
    """Checked values of a platform.

    `load_balancers` are annotations by kind, `network` is the range that its nodes lie in, `closed` are the ranges that
    are no part of the internet.
    """

    label_prefix: str
    environment: str
    kubernetes: str
    dns_namespace: str
    dns_pods: tuple[dict[str, str], ...]
    dns_addresses: tuple[cidr.Network, ...]
    health_checks: tuple[cidr.Network, ...]
    identity: tuple[Server, ...]
    load_balancers: dict[str, dict[str, str]]
    network: cidr.Network | None
    closed: tuple[cidr.Network, ...]


def read_contract(wrong: Wrong, platform: PlatformArgs) -> Contract:
    """The contract, every part of it checked: the platform may be one that hedgerow never made."""
    _check_words(wrong, platform)
    dns, ranges = platform["dns"], platform["ranges"]
    if not (dns["pods"] and all(dns["pods"])):
        fix = "type the labels of each kind, such as [{k8s-app: kube-dns}]"
        wrong((PLATFORM, "dns", "pods"), "must not be empty", dns["pods"], fix)
    if problem := labels.name_problem(dns["namespace"]):
        wrong((PLATFORM, "dns", "namespace"), problem, dns["namespace"], "type its name, such as kube-system")
    closed = {role: network(wrong, (PLATFORM, "ranges", role), ranges[role]) for role in sorted(ranges)}
    return Contract(
        label_prefix=platform["label_prefix"],
        environment=platform["environment"],
        kubernetes=platform["kubernetes"],
        dns_namespace=dns["namespace"],
        dns_pods=tuple(dict(sorted(pods.items())) for pods in dns["pods"]),
        dns_addresses=_networks(wrong, (PLATFORM, "dns", "addresses"), dns["addresses"]),
        health_checks=_networks(wrong, (PLATFORM, "health_checks"), platform["health_checks"]),
        identity=tuple(_servers(wrong, platform["identity"])),
        load_balancers=_load_balancers(wrong, platform["load_balancers"]),
        network=closed.get("network"),
        closed=(
            *(range_ for range_ in closed.values() if range_),
            *_networks(wrong, (PLATFORM, "metadata_addresses"), platform["metadata_addresses"]),
        ),
    )


def _check_words(wrong: Wrong, platform: PlatformArgs) -> None:
    if int(platform["version"]) != CONTRACT_VERSION:
        fix = "update the stack of the platform" if platform["version"] < CONTRACT_VERSION else "update this stack"
        wrong((PLATFORM, "version"), f"must be {CONTRACT_VERSION}", platform["version"], f"{fix} first")
    if platform["environment"] not in CLASSES:
        rule = f"must be one of {', '.join(CLASSES)}"
        wrong((PLATFORM, "environment"), rule, platform["environment"], "type one of them")
    if problem := labels.name_with_dots_problem(platform["label_prefix"]):
        wrong((PLATFORM, "label_prefix"), problem, platform["label_prefix"], "type a DNS name of yours")
    if platform["network_policy"] not in ENFORCERS:
        rule = f"must be one of {', '.join(ENFORCERS)}"
        wrong((PLATFORM, "network_policy"), rule, platform["network_policy"], "type one of them")
    minor = platform["kubernetes"]
    if not (isinstance(minor, str) and MINOR.fullmatch(minor)):
        wrong((PLATFORM, "kubernetes"), "must be a minor version", minor, "type one in quotes, such as '1.35'")


def _servers(wrong: Wrong, given: list[EndpointArgs]) -> Iterator[Server]:
    for index, server in enumerate(given):
        at = (PLATFORM, "identity", str(index))
        address = network(wrong, (*at, "address"), server["address"])
        if not server["ports"]:
            wrong((*at, "ports"), "must not be empty", server["ports"], "type its TCP ports, such as [80]")
        ports = tuple(count(wrong, (*at, "ports"), port, 1, 65535) for port in server["ports"])
        if address:
            yield Server(address, ports)


def _load_balancers(wrong: Wrong, given: dict[str, LoadBalancerArgs]) -> dict[str, dict[str, str]]:
    at = (PLATFORM, "load_balancers")
    if sorted(given) != sorted(LOAD_BALANCERS):
        kinds = " and ".join(LOAD_BALANCERS)
        wrong(at, f"must have {kinds}", sorted(given), "type {annotations: {}} for one that needs none")
    for kind, balancer in given.items():
        for key, value in balancer["annotations"].items():
            if problem := labels.key_problem(key):
                wrong((*at, kind, "annotations", key), problem, value, "type it as the cloud documents it")
    return {kind: dict(sorted(balancer["annotations"].items())) for kind, balancer in sorted(given.items())}


def _networks(wrong: Wrong, path: Path, addresses: list[str]) -> tuple[cidr.Network, ...]:
    found = (network(wrong, path, text) for text in texts(wrong, path, addresses))
    return tuple(range_ for range_ in found if range_)
