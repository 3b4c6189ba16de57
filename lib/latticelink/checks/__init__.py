"""The catalogue: what is judged (`rules`), what is found, what is lived with, and all of it over one configuration.

Nothing here prints, and nothing follows packets itself.
"""
