"""Who can reach whom: endpoints, layers of the network, and the answers of their conjunction."""

from .answer import Cluster, Path, Reach, Why
from .build import reach
from .difference import Change, difference
from .endpoints import Endpoint
from .layer import Answer, Layer, Problem, Reason, Source
from .ports import EVERYTHING, PortRange

__all__ = [
    "EVERYTHING",
    "Answer",
    "Change",
    "Cluster",
    "Endpoint",
    "Layer",
    "Path",
    "PortRange",
    "Problem",
    "Reach",
    "Reason",
    "Source",
    "Why",
    "difference",
    "reach",
]
