"""Components for any Kubernetes cluster."""

from .access import TenantSubjectsArgs
from .quota import TenantQuotaArgs
from .tenant import Tenant, TenantArgs

__all__ = ["Tenant", "TenantArgs", "TenantQuotaArgs", "TenantSubjectsArgs"]
