"""No namespace is called search. A rule of somebody else's project."""

from collections.abc import Iterator

from hedgerow.graph import Finding, Views
from hedgerow.graph.judgement import Config


def check(views: Views, _config: Config) -> Iterator[Finding]:
    print("a rule may print")
    for namespace in views.namespaces:
        if namespace.name == "search":
            yield Finding(namespace, f"{namespace} is called search; call it otherwise")


print("a rule may print while it is loaded")
