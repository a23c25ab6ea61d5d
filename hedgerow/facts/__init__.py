"""What is true of Kubernetes, AWS and Google Cloud: pure, without any SDK, each fact with its source and date."""
