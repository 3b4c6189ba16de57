"""HCP Terraform, as both those who keep state there and those who read a configuration know it."""

from __future__ import annotations

HCP_HOST = "app.terraform.io"
"""Where HCP Terraform is, unless a configuration names a host of Terraform Enterprise."""
