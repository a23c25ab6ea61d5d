"""Values that wait for other resources without becoming unknown because of them."""

from typing import TypeVar

import pulumi

T = TypeVar("T")


def ready(value: pulumi.Input[T], *after: pulumi.Resource) -> pulumi.Output[T]:
    """`value`, once the resources `after` are done, on the way up and, reversed, on the way down.

    It waits for their URNs and not for their ids, because a preview knows URNs: one more route or access entry must
    not make a subnet id or a kubeconfig unknown, which would show everything behind it as replaced.
    """
    return pulumi.Output.all(value, *(resource.urn for resource in after)).apply(lambda all_: all_[0])
