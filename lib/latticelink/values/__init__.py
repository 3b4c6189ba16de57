"""Plain values: what is shared, ports, names, addresses, the contract. Standard library only, no CDK."""
