"""Runs what a configuration says in network namespaces of Linux, with real packets: a second opinion to `paths`.

What rules mean is written here anew. Nothing here judges a configuration, and nothing but the command reads it.
"""
