"""libnftables by its C functions: rules are loaded and read without starting a program for each."""

from __future__ import annotations

import ctypes
import json
from typing import Any

_JSON_OUTPUT = 1 << 4  # NFT_CTX_OUTPUT_JSON of nftables/libnftables.h


def _library() -> ctypes.CDLL:
    library = ctypes.CDLL("libnftables.so.1")
    library.nft_ctx_new.restype = ctypes.c_void_p
    for name in ("nft_ctx_free", "nft_ctx_buffer_output", "nft_ctx_buffer_error"):
        getattr(library, name).argtypes = [ctypes.c_void_p]
    for name in ("nft_ctx_get_output_buffer", "nft_ctx_get_error_buffer"):
        getattr(library, name).argtypes = [ctypes.c_void_p]
        getattr(library, name).restype = ctypes.c_char_p
    library.nft_ctx_output_set_flags.argtypes = [ctypes.c_void_p, ctypes.c_uint]
    library.nft_run_cmd_from_buffer.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    return library


class NftError(Exception):
    """nftables refused rules; the message has its words and the rules."""


class Nft:
    """Loads and reads rules in whichever network namespace the calling thread is."""

    def __init__(self) -> None:
        """Raise OSError if the library isn't installed."""
        self._library = _library()

    def run(self, commands: str) -> list[dict[str, Any]]:
        """Run commands; return what they print, object by object.

        A context keeps what it once read of a namespace, counters included, so each call takes a new one.

        Raises:
            NftError: if nftables refuses them.
        """
        library = self._library
        context = library.nft_ctx_new(0)
        try:
            library.nft_ctx_buffer_output(context)
            library.nft_ctx_buffer_error(context)
            library.nft_ctx_output_set_flags(context, _JSON_OUTPUT)
            if library.nft_run_cmd_from_buffer(context, commands.encode()):
                raise NftError(f"{library.nft_ctx_get_error_buffer(context).decode()}\n{commands}")
            printed = library.nft_ctx_get_output_buffer(context).decode()
        finally:
            library.nft_ctx_free(context)
        found: list[dict[str, Any]] = json.loads(printed)["nftables"] if printed else []
        return found
