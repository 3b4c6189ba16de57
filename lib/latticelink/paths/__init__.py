"""Follows packets hop by hop, from the clients of an endpoint to the target.

A file here is the tracer or one stage of a path. What is wrong, and how bad it is, is for `checks` to say.
"""
