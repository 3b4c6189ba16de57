"""Makes one configuration of what was read, in which stacks and their states meet and nothing refers to itself."""

from __future__ import annotations

from collections.abc import Iterable

from latticelink.errors import UnreadableInput
from latticelink.terraform.configuration import Configuration, Default, StackConfiguration
from latticelink.terraform.identities import refer_by_identity
from latticelink.terraform.joining import applied, tell_apart
from latticelink.terraform.loops import refuse_loops
from latticelink.terraform.plans import unfold
from latticelink.terraform.raw import RawStack
from latticelink.terraform.remote_state import read_stack
from latticelink.terraform.secrets import note_stacks


def configuration_of(stacks: Iterable[RawStack], default: Default) -> Configuration:
    """Return the configuration that the stacks make.

    Args:
        stacks: as `sources.raw_stacks` or `sources.synthesised` read them.
        default: says what an attribute is whose argument is left out, such as `network.defaults.default`.

    Raises:
        UnreadableInput: if it refers to itself in a loop.

    Source: https://developer.hashicorp.com/terraform/language/syntax/json
    """
    try:
        unfolded = [unfold(raw) for raw in stacks]
        note_stacks(unfolded)
        found = [StackConfiguration(raw, read_stack, default) for raw in unfolded]
        states = applied(found)
        for state, stack in states.items():
            stack.raw.called = stack.raw.called or state.raw.called
        judged = [stack for stack in found if stack not in states]
        tell_apart(judged)
        configuration = Configuration(judged, states)
        refer_by_identity(configuration.stacks)
        refuse_loops(configuration)
    except RecursionError:
        raise UnreadableInput("The input refers to itself, or is nested too deeply to be read.") from None
    return configuration
