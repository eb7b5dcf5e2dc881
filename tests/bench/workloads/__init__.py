"""A family of workloads per module; each has measure(ground, table)."""
