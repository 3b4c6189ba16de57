"""What AWS makes of a configuration: ranges, security groups, network ACLs, where things are, defaults.

Facts of single networks live here; whether packets get from one end to the other is for `paths` to say.
"""
