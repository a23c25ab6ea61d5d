"""What gets built: components for AWS, Google Cloud and Kubernetes."""
