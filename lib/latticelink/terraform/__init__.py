"""Reads what Terraform reads: JSON, plans, what stands in them; evaluates expressions.

All of it is generic: a file here knows no AWS, and nothing about packets. It imports `errors` alone.
"""
