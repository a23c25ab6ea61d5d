"""Prefix lists of AWS: ranges under one name, which rules and routes refer to."""

from collections.abc import Iterator
from typing import Any

from ...facts.cidr import Network
from ..snapshot import Resource, Snapshot
from ..value import UNKNOWN, Mark, read
from .addresses import network, real
from .kubernetes import listing
from .links import ids, referred

PREFIX_LIST = "aws:ec2/managedPrefixList:ManagedPrefixList"
PREFIX_ENTRY = "aws:ec2/managedPrefixListEntry:ManagedPrefixListEntry"


class PrefixLists:
    """Ranges of the lists that are made here, inline entries and those that stand as resources of their own."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot, self._named = snapshot, ids(snapshot, PREFIX_LIST)

    def ranges(self, resource: Resource, given: Any, key: str) -> tuple[tuple[Network, ...], bool]:
        """Ranges of the lists that an input means, and whether these are all: not of lists that others make."""
        lists = self._meant(resource, given, key)
        found = [network(entry) for urn in lists or () for entry in self._entries(urn)]
        return real(found), lists is not None and None not in found

    def _meant(self, resource: Resource, given: Any, key: str) -> tuple[str, ...] | None:
        return referred(self._snapshot, self._named, resource, given, key, PREFIX_LIST)

    def _entries(self, urn: str) -> Iterator[Any]:
        resource = self._snapshot.by_urn.get(urn)
        inline = listing(resource.input("entries")) if resource is not None and resource.inputs else UNKNOWN
        yield from [inline] if isinstance(inline, Mark) else (read(entry, "cidr") for entry in inline)
        for entry in self._snapshot.of_type(PREFIX_ENTRY):
            owner = self._meant(entry, entry.input("prefixListId"), "prefixListId")
            if owner is None or urn in owner:
                yield UNKNOWN if owner is None else entry.input("cidr")
