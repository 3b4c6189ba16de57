"""Judges synthesised stacks, or any Terraform JSON, by what only the whole shows. Standard library only, no CDK."""
