"""Components for any Kubernetes cluster."""

from .access import TenantSubjectsArgs
from .admission import Admission, AdmissionArgs
from .existing_cluster import ExistingClusterArgs
from .existing_platform import ExistingPlatform, ExistingPlatformArgs
from .platform_reference import PlatformReferenceArgs, read_reference
from .quota import TenantQuotaArgs
from .tenant import Tenant, TenantArgs
from .workload import Workload, WorkloadArgs

__all__ = [
    "Admission",
    "AdmissionArgs",
    "ExistingClusterArgs",
    "ExistingPlatform",
    "ExistingPlatformArgs",
    "PlatformReferenceArgs",
    "Tenant",
    "TenantArgs",
    "TenantQuotaArgs",
    "TenantSubjectsArgs",
    "Workload",
    "WorkloadArgs",
    "read_reference",
]
