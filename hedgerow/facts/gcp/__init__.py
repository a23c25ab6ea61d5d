"""What is true of Google Cloud: machine types, address ranges of GKE. Tables are dated and made by `refresh`."""
