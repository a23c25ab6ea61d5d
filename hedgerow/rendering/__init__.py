"""The Kubernetes objects of a stack as files of YAML, the same ones each time."""
