import pulumi
import pulumi_kubernetes as k8s
from components.team import Team

config = pulumi.Config()
print(config.require("greeting"), "from", pulumi.get_stack())
cluster = k8s.Provider("cluster", kubeconfig=config.require_secret("kubeconfig"))
for name, cpu in config.require_object("teams").items():
    Team(name, cpu, pulumi.ResourceOptions(providers=[cluster]))
pulumi.export("teams", sorted(config.require_object("teams")))
