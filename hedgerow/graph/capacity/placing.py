"""Which pods may run on which nodes: taints, node selectors, required node affinity."""

from collections.abc import Iterable, Mapping
from typing import Any

from ..value import MISSING, UNKNOWN, Mark, is_known, read
from ..views.answer import every, some
from ..views.kubernetes import listing, mapping
from ..views.selection import Requirement
from .demand import Demand
from .nodes import GPU, SHUT
from .pools import Pool, Taint

JUDGED = ("In", "NotIn", "Exists", "DoesNotExist")
HOSTNAME = "kubernetes.io/hostname"


def admits(pool: Pool, demand: Demand) -> Any:
    """Whether a pool takes the pods of a workload; UNKNOWN where that hangs on what is not known.

    A label key with a prefix that the pool does not set may be set by something else, so that it is taken to be there.
    """
    spec = demand.workload.pod_spec
    if isinstance(spec, Mark):
        return UNKNOWN
    if pool.taints == () and read(spec, "nodeSelector") is MISSING and read(spec, "affinity") is MISSING:
        return True
    return every([_tolerated(pool, spec, demand), _selected(pool, spec)])


def _tolerated(pool: Pool, spec: Any, demand: Demand) -> Any:
    if isinstance(pool.taints, Mark):
        return UNKNOWN
    tolerations = listing(read(spec, "tolerations"))
    # GKE lets pods that ask for GPUs onto nodes with GPUs by itself (ExtendedResourceToleration); EKS does not.
    free = GPU if pool.cloud == "gcp" and demand.pod.requests.get(GPU) else None
    against = [taint for taint in pool.taints if taint.effect in SHUT and taint.key != free]
    if not against:
        return True
    return every(_tolerates(taint, tolerations) for taint in against)


def _tolerates(taint: Taint, tolerations: Any) -> Any:
    if isinstance(tolerations, Mark):
        return UNKNOWN
    return some(_matches(taint, item) for item in tolerations)


def _matches(taint: Taint, toleration: Any) -> Any:
    if not is_known(toleration):
        return UNKNOWN
    if not isinstance(toleration, Mapping) or toleration.get("effect") not in (None, "", taint.effect):
        return False
    key, operator = toleration.get("key") or "", toleration.get("operator") or "Equal"
    if not key:
        return operator == "Exists"
    return key == taint.key and (operator == "Exists" or str(toleration.get("value") or "") == taint.value)


def _selected(pool: Pool, spec: Any) -> Any:
    wanted = mapping(read(spec, "nodeSelector"))
    parts = UNKNOWN if isinstance(wanted, Mark) else every(_has(pool, "In", key, [wanted[key]]) for key in wanted)
    required = read(spec, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution")
    terms = listing(read(required, "nodeSelectorTerms"))
    if isinstance(terms, Mark) or (isinstance(required, Mark) and required is not MISSING):
        return every([parts, UNKNOWN])
    return every([parts, some(_term(pool, term) for term in terms) if terms else True])


def _term(pool: Pool, term: Any) -> Any:
    expressions = listing(read(term, "matchExpressions"))
    if not is_known(expressions):
        return UNKNOWN
    return every(
        _has(pool, str(part.get("operator")), str(part.get("key")), part.get("values") or []) for part in expressions
    )


def _has(pool: Pool, operator: str, key: str, values: Iterable[Any]) -> Any:
    if isinstance(pool.labels, Mark):
        return UNKNOWN
    if operator not in JUDGED or ("/" in key and key not in pool.labels):
        return True
    if any(isinstance(value, Mark) for value in [pool.labels.get(key), *values]):
        return UNKNOWN
    return Requirement(key, operator, tuple(map(str, values))).holds(pool.labels.get(key))
