"""What the class of an environment presets where the settings say nothing."""

from dataclasses import dataclass

CLASSES = ("dev", "staging", "prod")


@dataclass(frozen=True)
class Preset:
    """Defaults of one class. A value that the settings give always wins."""

    nat: str
    """NAT gateways: `single` or `per_zone`."""
    deletion_protection: bool
    """Whether the cloud refuses to delete the cluster, and Pulumi protects it and its network."""
    log_days: int
    """How long control-plane logs are kept."""
    replicas: int
    """Pods of a workload."""


PRESETS = {
    "dev": Preset(nat="single", deletion_protection=False, log_days=30, replicas=1),
    "staging": Preset(nat="single", deletion_protection=False, log_days=90, replicas=2),
    "prod": Preset(nat="per_zone", deletion_protection=True, log_days=365, replicas=2),
}
