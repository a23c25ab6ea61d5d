"""How a GKE control plane is reached: one mode sets what the cluster opens and where the kubeconfig goes."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

import pulumi
import pulumi_gcp as gcp

from hedgerow.facts import cidr

from ..shared.checks import address_range, keyed
from ..shared.inputs import Wrong
from .kubeconfig import kubeconfig


class GkeEndpointMode(StrEnum):
    """The one way in to a control plane."""

    DNS = "dns"
    PRIVATE_IP = "private_ip"
    PUBLIC_IP = "public_ip"


WHO = {
    GkeEndpointMode.PRIVATE_IP: "the private range of whoever runs `pulumi up`, such as runners: 10.8.0.0/24",
    GkeEndpointMode.PUBLIC_IP: "the public range you work from, such as office: 203.0.113.0/24",
}


def check_authorized(wrong: Wrong, mode: GkeEndpointMode, ranges: Mapping[str, str]) -> dict[str, str]:
    """Ranges that reach an IP endpoint, by name; report those that the mode has no use for, and their lack."""
    for key in ranges:
        keyed(wrong, ("authorized_cidrs", key), key)
    if mode is GkeEndpointMode.DNS:
        if ranges:
            rule = "must not be given with endpoint_mode dns, which no range guards but IAM"
            wrong("authorized_cidrs", rule, dict(ranges), "delete it, or set endpoint_mode to private_ip or public_ip")
        return {}
    if not ranges:
        rule = f"must name one at least with endpoint_mode {mode}, which nobody else reaches"
        wrong("authorized_cidrs", rule, {}, f"type {WHO[mode]}; or set endpoint_mode to dns")
    return {key: _range(wrong, mode, key, text) for key, text in sorted(ranges.items())}


def _range(wrong: Wrong, mode: GkeEndpointMode, key: str, text: str) -> str:
    at, found = ("authorized_cidrs", key), address_range(wrong, ("authorized_cidrs", key), text)
    if found is None:
        return text
    if found.prefixlen == 0:
        wrong(at, "must not let in the whole internet", text, f"type {WHO[mode]}")
    elif cidr.is_private(found) != (mode is GkeEndpointMode.PRIVATE_IP):
        other = "private_ip" if mode is GkeEndpointMode.PUBLIC_IP else "public_ip"
        kind = mode.removesuffix("_ip")
        wrong(
            at, f"must be {kind} with endpoint_mode {mode}", text, f"type {WHO[mode]}; or set endpoint_mode to {other}"
        )
    return text


def endpoint_inputs(mode: GkeEndpointMode, authorized: Mapping[str, str]) -> dict[str, Any]:
    """What the mode sets on a `gcp.container.Cluster`. Nodes are private in every mode."""
    by_dns = mode is GkeEndpointMode.DNS
    # Without an IP endpoint the API itself makes it private: said here too, or every preview would differ.
    private: dict[str, Any] = {
        "enable_private_endpoint": mode is not GkeEndpointMode.PUBLIC_IP,
        "enable_private_nodes": True,
    }
    if mode is GkeEndpointMode.PRIVATE_IP:
        private["master_global_access_config"] = {"enabled": True}
    inputs: dict[str, Any] = {
        "control_plane_endpoints_config": {
            "dns_endpoint_config": {"allow_external_traffic": by_dns},
            "ip_endpoints_config": {"enabled": not by_dns},
        },
        "private_cluster_config": private,
    }
    if not by_dns:
        inputs["master_authorized_networks_config"] = {
            "cidr_blocks": [{"cidr_block": text, "display_name": key} for key, text in authorized.items()],
            "gcp_public_cidrs_access_enabled": False,
            "private_endpoint_enforcement_enabled": True,
        }
    return inputs


def host(mode: GkeEndpointMode, cluster: gcp.container.Cluster) -> pulumi.Output[str]:
    """The name or address that the mode reaches the control plane by."""
    # Read block by block: `Output.all` makes plain mappings of them.
    name = cluster.control_plane_endpoints_config.apply(dns_name)
    private = cluster.private_cluster_config.apply(private_address)
    # The link is known once the cluster is there: until then its blocks may look known and lack what Google adds.
    parts = pulumi.Output.all(cluster.self_link, name, private, cluster.endpoint)
    return parts.apply(lambda known: chosen(mode, known[1], known[2], known[3]))


def chosen(mode: GkeEndpointMode, name: str | None, private: str | None, public: str) -> str:
    """Of what a cluster tells of its endpoints, the one of the mode."""
    if mode is GkeEndpointMode.DNS and not name:
        fix = "run `pulumi refresh`, or set endpoint_mode to private_ip or public_ip"
        raise pulumi.RunError(f"the cluster tells of no DNS endpoint; {fix}")
    found = {GkeEndpointMode.DNS: name, GkeEndpointMode.PRIVATE_IP: private, GkeEndpointMode.PUBLIC_IP: public}
    return str(found[mode])


def dns_name(endpoints: Any) -> str | None:
    """Name in the block of a cluster's endpoints, if there is one by now."""
    config = endpoints and endpoints.dns_endpoint_config
    name: str | None = config and config.endpoint
    return name


def private_address(private: Any) -> str | None:
    """Address in the block of a private cluster, if there is one by now."""
    address: str | None = private and private.private_endpoint
    return address


def reached(
    mode: GkeEndpointMode, cluster: gcp.container.Cluster, where: pulumi.Output[str], context: pulumi.Input[str]
) -> pulumi.Output[str]:
    """Kubeconfig as JSON by the endpoint of the mode."""
    if mode is GkeEndpointMode.DNS:
        return pulumi.Output.all(context, where).apply(lambda known: kubeconfig(known[0], known[1], None))
    # A certificate is no secret, but it comes in one block with a key that is.
    authority = pulumi.Output.unsecret(cluster.master_auth.apply(lambda auth: auth.cluster_ca_certificate))
    return pulumi.Output.all(context, where, authority).apply(lambda known: kubeconfig(known[0], known[1], known[2]))
