"""Where the subnets of a network lie: fixed slots by tier and zone, so that a new zone moves nothing."""

from collections.abc import Iterable
from ipaddress import IPv4Network

from hedgerow.facts.aws.vpc import LARGEST, SMALLEST

from ..shared.checks import private_range
from ..shared.inputs import Wrong

NARROWEST = 22
SLOTS = 4
ZONE_LETTERS = "abcdef"


def slot(zone: str) -> int:
    """The slot of a zone, 0 to 3, from its letter alone: a and e share one, which is why they exclude each other."""
    return (ord(zone) - ord("a")) % SLOTS


def planned_ranges(network: IPv4Network, zones: Iterable[str]) -> dict[str, dict[str, str]]:
    """Ranges of the subnets by tier and zone: private in the first half of the network, public in the third quarter,
    intra in the last; four slots each, and what they leave over is reserved.
    """
    third, last = list(network.subnets(prefixlen_diff=2))[2:]
    tiers = {
        "private": (network, network.prefixlen + 3),
        "public": (third, min(network.prefixlen + 6, SMALLEST)),
        "intra": (last, min(network.prefixlen + 10, SMALLEST)),
    }
    ordered = sorted(zones, key=slot)
    return {tier: {zone: _nth(*place, slot(zone)) for zone in ordered} for tier, place in tiers.items()}


def _nth(within: IPv4Network, prefix: int, index: int) -> str:
    size = 1 << (32 - prefix)
    return str(IPv4Network((int(within.network_address) + index * size, prefix)))


def check_network(wrong: Wrong, text: str) -> IPv4Network:
    """The range of a network; report one that is not private, too wide or too narrow."""
    network = private_range(wrong, "cidr", text)
    if network.prefixlen > NARROWEST:
        fits = network.supernet(new_prefix=NARROWEST)
        wrong("cidr", f"must hold the {fits.num_addresses} addresses of a /{NARROWEST}", text, f"type {fits}")
    if network.prefixlen < LARGEST:
        fits = next(network.subnets(new_prefix=LARGEST))
        wrong("cidr", f"must be a /{LARGEST} or narrower, AWS's limit", text, f"type {fits}")
    return network


def check_zones(wrong: Wrong, zones: list[str]) -> list[str]:
    """The zones in the order of their slots; report letters that are none, too few, too many or that clash."""
    if not 2 <= len(zones) <= SLOTS:
        wrong("zones", f"must be 2 to {SLOTS}", zones, "type letters such as [a, b, c]")
    known = [zone for zone in zones if zone in tuple(ZONE_LETTERS)]
    for zone in zones:
        if zone not in known:
            first, last = ZONE_LETTERS[0], ZONE_LETTERS[-1]
            wrong("zones", f"must be letters from {first} to {last}", zone, "type the last letter of a zone's name")
    for place in range(SLOTS):
        sharing = [zone for zone in known if slot(zone) == place]
        if len(set(sharing)) > 1:
            both = " and ".join(sorted(set(sharing)))
            wrong("zones", f"must not hold {both}, which share a place in the network", zones, "keep one of them")
        elif len(sharing) > 1:
            wrong("zones", f"must not repeat {sharing[0]}", zones, "name each zone once")
    return sorted(known, key=slot)
