"""The command `latticelink`: one file a command, each thin. Imports no CDK, so that it starts at once."""
