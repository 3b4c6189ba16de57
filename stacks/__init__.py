"""The scenario's two stacks and what they are made of."""
