"""What a program says it will build: snapshot, views, findings."""

from .judgement import Exemption, Finding, Judged, Rule, Setting, judge
from .snapshot import Resource, Snapshot
from .value import MISSING, SECRET, UNKNOWN, is_known, printable, read
from .views import Views

__all__ = [
    "MISSING",
    "SECRET",
    "UNKNOWN",
    "Exemption",
    "Finding",
    "Judged",
    "Resource",
    "Rule",
    "Setting",
    "Snapshot",
    "Views",
    "is_known",
    "judge",
    "printable",
    "read",
]
