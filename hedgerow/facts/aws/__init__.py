"""What is true of AWS: regions, instance types, EKS. Tables are dated and made by `refresh`."""
