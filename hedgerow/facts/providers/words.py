"""Terraform's names as Pulumi writes them: `guest_accelerator`, a list, is `guestAccelerators`."""

import re

_WORD = re.compile(r"ARN|CIDR|IAM|IDs?|IPv4|IPv6|IP|KMS|VPC|DNS|URL|DB|TTL|JSON|[A-Z][a-z0-9]+|[A-Z]+(?![a-z])|\d+")


def constant(name: str) -> str:
    """What a constant named after its own value stands for: `names.AttrCIDRBlock` is `cidr_block`."""
    return "_".join(_WORD.findall(name.rpartition(".")[2].removeprefix("Attr"))).lower()


def camel(name: str) -> str:
    """`cidr_block` is `cidrBlock`."""
    first, *others = name.split("_")
    return first + "".join(word[:1].upper() + word[1:] for word in others)


def plural(name: str) -> str:
    """The plural of a word, or the word where it is one already."""
    if name.endswith("s") and not name.endswith(("ss", "us", "is")):
        return name
    if name.endswith("y") and name[-2:-1] not in "aeiou":
        return f"{name[:-1]}ies"
    return f"{name}es" if name.endswith(("s", "x", "z", "ch", "sh")) else f"{name}s"
