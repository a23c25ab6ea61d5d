"""Whole clusters for tests: random nodes, networks and groups or firewalls of a cloud, and what runs in Kubernetes."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from hedgerow.graph import UNKNOWN, Resource, Snapshot

from . import aws, gcp, gcp_network, vpc
from .clusters import SPACES
from .endpoints import Manifest
from .services import entered_clusters
from .tiers import cluster_policies

Whole = dict[str, Any]
ADDON = "aws:eks/addon:Addon"
PLUGINS: dict[str, Any] = {
    "none": {},
    "dataplane-v2": {"datapathProvider": "ADVANCED_DATAPATH"},
    "calico": {"networkPolicy": {"enabled": True}, "addonsConfig": {"networkPolicyConfig": {"disabled": False}}},
}


@st.composite
def objects(draw: st.DrawFn) -> list[Manifest]:
    """Owners of pods, policies of every tier, Services and Ingress; every namespace is declared."""
    made = draw(entered_clusters())
    told = {each["metadata"]["name"] for each in made if each["kind"] == "Namespace"}
    homes: list[Manifest] = [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}} for name in SPACES if name not in told
    ]
    tiers = [draw(cluster_policies(f"tier-{number}")) for number in range(draw(st.integers(0, 2)))]
    return [*homes, *made, *tiers]


@st.composite
def eks(draw: st.DrawFn) -> Whole:
    """A cluster of EKS in subnets with routes and ACLs, its nodes with security groups."""
    network = draw(vpc.configs(barred=draw(st.booleans())))
    groups = {**draw(aws.configs()), "known": network["known"]}
    plugin = draw(st.sampled_from(("vpc-cni", "vpc-cni", "none")))
    return {"cloud": "aws", "plugin": plugin, "groups": groups, "network": network, "objects": draw(objects())}


@st.composite
def gke(draw: st.DrawFn) -> Whole:
    """A cluster of GKE in a network with routes, its nodes with tags and accounts behind firewall rules."""
    network: dict[str, Any] = draw(gcp_network.configs)
    firewall: dict[str, Any] = draw(gcp.configs)
    # Of who has a private address and a tag together with which rules, one layer's test is enough.
    rules = [{**rule, "source_tags": [], "source_accounts": []} for rule in firewall["rules"]]
    nodes = [{**each, "account": draw(st.sampled_from(gcp.ACCOUNTS))} for each in network["nodes"]]
    plugin = draw(st.sampled_from(("dataplane-v2", "calico", "none")))
    whole: Whole = {
        "cloud": "gcp",
        "plugin": plugin,
        "rules": rules,
        "of_gke": [gcp.OF_GKE],
        "network": {**network, "nodes": nodes},
    }
    return {**whole, "objects": draw(objects())}


def snapshot(whole: Whole) -> Snapshot:
    """The whole cluster as the resources of one program."""
    made = _eks(whole) if whole["cloud"] == "aws" else _gke(whole)
    return Snapshot.of("test", "dev", [*made, *map(_of_kubernetes, whole["objects"])])


def _eks(whole: Whole) -> Iterator[Resource]:
    network, known = whole["network"], whole["network"]["known"]
    yield from vpc.network(network)
    ends = [f"s{number}" for number in range(len(network["subnets"]))]
    for item in aws.resources(whole["groups"]):
        if item.type == "aws:eks/nodeGroup:NodeGroup":
            ids = [f"<{end}>" if known else UNKNOWN for end in ends]
            links = {} if known else {"subnetIds": tuple(f"urn::{vpc.SUBNET}::{end}" for end in ends)}
            given, linked = {**item.inputs, "subnetIds": ids}, {**item.property_dependencies, **links}
            yield replace(item, inputs=given, outputs=given, property_dependencies=linked)
        else:
            yield item
    settings = '{"enableNetworkPolicy": "true"}' if whole["plugin"] == "vpc-cni" else "{}"
    inputs = {"addonName": "vpc-cni", "clusterName": "main", "configurationValues": settings}
    yield Resource(f"urn::{ADDON}::cni", ADDON, "cni", inputs=inputs, outputs=inputs)


def _gke(whole: Whole) -> Iterator[Resource]:
    network = whole["network"]
    for item in (*gcp_network.network(network), *gcp_network.cluster(network)):
        if item.type == "gcp:container/cluster:Cluster":
            given = {**item.inputs, **PLUGINS[whole["plugin"]]}
            yield replace(item, inputs=given, outputs=given)
        else:
            yield item
    yield from (gcp.firewall(number, rule, known=network["known"]) for number, rule in enumerate(whole["rules"]))


def _of_kubernetes(manifest: Manifest) -> Resource:
    version, kind, metadata = manifest["apiVersion"], manifest["kind"], manifest["metadata"]
    token = f"kubernetes:{'core/v1' if version == 'v1' else version}:{kind}"
    name = f"{metadata.get('namespace', 'default')}/{metadata['name']}"
    return Resource(f"urn::{token}::{name}", token, name, inputs=manifest, outputs=manifest)
