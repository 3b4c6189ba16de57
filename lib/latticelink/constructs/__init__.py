"""Thin classes that turn values into resources of the AWS provider, one file per AWS concept."""
