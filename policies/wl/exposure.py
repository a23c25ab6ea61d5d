"""The internet reaches a Service only where the configuration grants it, and by a load balancer only."""

from collections.abc import Iterator

from hedgerow.graph import UNKNOWN, Finding, Views
from hedgerow.graph.judgement import Config
from hedgerow.graph.value import Mark
from hedgerow.graph.views import Service

from ..grants import granted, line
from ..words import hidden, unjudged


def check(views: Views, config: Config) -> Iterator[Finding]:
    for service in views.services:
        if not views.of_the_system(service):
            yield from _type(views, service, config)
            yield from _addresses(service)


def _type(views: Views, service: Service, config: Config) -> Iterator[Finding]:
    if isinstance(service.type, Mark):
        yield unjudged(service, "its type", service.type)
    elif service.type == "NodePort":
        told = f"{service} opens a port on every node, past the load balancers"
        yield Finding(
            service, f"{told}; make it ClusterIP, or LoadBalancer with the cloud's annotation for an internal one"
        )
    elif service.type == "LoadBalancer" and service.internal is not True and service.narrowed is not True:
        yield from _balanced(views, service, config)


def _balanced(views: Views, service: Service, config: Config) -> Iterator[Finding]:
    named = [service.namespace, service.name]
    name = UNKNOWN if hidden(named) is not None else "/".join(map(str, named))
    may = granted(name, config)
    if may is True:
        return
    unread = hidden([service.internal, service.narrowed])
    if may is not False or unread is not None:
        yield unjudged(service, "who reaches its load balancer", unread)
        return
    grant = f", or {line(views, 'wl-exposure', config, name)}" if isinstance(name, str) else ""
    told = f"{service} has a load balancer, and nothing keeps the internet from it"
    yield Finding(service, f"{told}; give it the cloud's annotation for an internal one{grant}")


def _addresses(service: Service) -> Iterator[Finding]:
    given = service.external_addresses
    if hidden(given) is not None:
        yield unjudged(service, "externalIPs", given)
    elif given:
        told = f"{service} takes over {', '.join(map(str, given))} for the whole cluster"
        yield Finding(service, f"{told}; leave externalIPs out")
