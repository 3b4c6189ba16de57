"""Remembers what was synthesised, so that the tests of one session that ask for the same app share it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from latticelink.testing.apps import SynthesisedApp, synthesise
from latticelink.values.calls import judged

if TYPE_CHECKING:
    from latticelink.app import App


class Synthesise:
    """What the fixture `synthesise` gives: `synthesise`, which builds no app a second time.

    An app is the same if it is built by the same function, with the same context, in the same working directory. Apps
    that a function inside a test builds are forgotten with that function.
    """

    def __init__(self) -> None:
        self._known: WeakKeyDictionary[Callable[[App], object], dict[object, SynthesisedApp]]
        self._known = WeakKeyDictionary()

    @judged
    def __call__(self, build: Callable[[App], object], *, context: Mapping[str, Any] | None = None) -> SynthesisedApp:
        """Return the app, as `latticelink.testing.synthesise` does; tests share it, so it is not to be changed.

        Args:
            build: makes the app's stacks.
            context: the app's context. Default: that of `cdktf.json` in the working directory.

        Raises:
            InvalidInput: with all that is wrong with the input.
        """
        __tracebackhide__ = True
        try:
            known = self._known.setdefault(build, {})
        except TypeError:  # What can't be remembered by itself is built each time.
            known = {}
        try:
            told = repr(context)
        except Exception:  # What has no text is refused, each time.
            return synthesise(build, context=context)
        key = (told, os.getcwd(), os.environ.get("CDKTF_CONTEXT_JSON"))  # noqa: PTH109  (a text, as a key)
        if key not in known:
            known[key] = synthesise(build, context=context)
        return known[key]
