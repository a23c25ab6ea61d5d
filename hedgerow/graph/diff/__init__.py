"""What a change changes: two snapshots, resource by resource and input by input."""

from .change import CREATE, DELETE, EITHER, RENAME, REPLACE, UPDATE, Change, Difference, Property, Risk
from .compare import difference

__all__ = [
    "CREATE",
    "DELETE",
    "EITHER",
    "RENAME",
    "REPLACE",
    "UPDATE",
    "Change",
    "Difference",
    "Property",
    "Risk",
    "difference",
]
