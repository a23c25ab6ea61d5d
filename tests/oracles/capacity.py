"""What a pod asks for and whether pods find nodes, in the dullest way: moments of a pod's life, and every placing."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

UNITS = {
    "m": Fraction(1, 1000),
    "": Fraction(1),
    "Ki": Fraction(1024),
    "Mi": Fraction(1024**2),
    "Gi": Fraction(1024**3),
}
Vector = Mapping[str, int]


def number(text: str) -> Fraction:
    """A quantity of digits and one of UNITS."""
    digits = text.rstrip("mKMGi")
    return Fraction(digits) * UNITS[text[len(digits) :]]


def peak(spec: Mapping[str, Any], resource: str, default: Fraction) -> Fraction:
    """The largest sum of requests of one resource at any moment of a pod's life, its overhead on top."""
    sidecars, moments = list[Fraction](), list[Fraction]()
    for container in spec.get("initContainers", []):
        moments.append(sum(sidecars, Fraction(0)) + asks(container, resource, default))
        if container.get("restartPolicy") == "Always":
            sidecars.append(asks(container, resource, default))
    running = [asks(container, resource, default) for container in spec.get("containers", [])]
    moments.append(sum(sidecars + running, Fraction(0)))
    over = spec.get("overhead", {}).get(resource)
    return max(moments) + (number(over) if over else 0)


def asks(container: Mapping[str, Any], resource: str, default: Fraction) -> Fraction:
    """The request of one container: its own, else its limit, else the default of the namespace."""
    for kind in ("requests", "limits"):
        if resource in container.get("resources", {}).get(kind, {}):
            return number(container["resources"][kind][resource])
    return default


def packable(pods: Sequence[Vector], nodes: Sequence[Vector]) -> bool:
    """Whether some placing puts every pod on a node: all of them are tried."""
    if not pods:
        return True
    first, *rest = pods
    for index, node in enumerate(nodes):
        if all(node.get(resource, 0) >= amount for resource, amount in first.items()):
            left = {resource: amount - first.get(resource, 0) for resource, amount in node.items()}
            if packable(rest, [*nodes[:index], left, *nodes[index + 1 :]]):
                return True
    return False


def first_fit_decreasing(pods: Sequence[tuple[Fraction, Any, Vector]], nodes: Sequence[Vector]) -> list[Any]:
    """Names of the pods that find no node, pod after pod and node after node; `pods` with their share and name."""
    free, lost = [dict(node) for node in nodes], []
    for _, name, pod in sorted(pods, key=lambda each: (-each[0], each[1])):
        taken = next((node for node in free if all(node.get(key, 0) >= amount for key, amount in pod.items())), None)
        if taken is None:
            lost.append(name)
        else:
            taken.update({key: taken[key] - pod.get(key, 0) for key in taken})
    return lost
