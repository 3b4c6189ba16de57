"""New projects: the app that one begins with, the files around it, and how they are written.

What begins a project is the scenario or an example of this repository, in the words of its own: never a copy of either.
Knows nothing of AWS, and loads no CDK.
"""
