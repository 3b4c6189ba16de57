"""The checks that judge what a configuration says, by area; `latticelink.checks.catalogue` lists them all."""
