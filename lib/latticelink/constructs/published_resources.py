"""What a stack reads of another one: its published resources by name, and what the plan makes sure of."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from latticelink.cdk import bindings
from latticelink.errors import InvalidInput, Report
from latticelink.values import contract
from latticelink.values.calls import judged
from latticelink.values.contract import SharedResource
from latticelink.values.tokens import is_known


class PublishedResources:
    """What one stack published, by name; made by `State.read`."""

    def __init__(
        self,
        stack: Any,
        producer: str,
        published: dict[str, SharedResource] | None,
        reader: dict[str, Any],
        *,
        is_in_app: bool,
    ) -> None:
        self.is_in_app = is_in_app
        self._stack = stack
        self._producer = producer
        self._published = published
        self._resources: dict[str, SharedResource] = {}
        stack.add_override(
            f"data.terraform_remote_state.{producer}",
            {**reader, "lifecycle": {"postcondition": bindings.lazy_list(self._postconditions)}},
        )

    @judged
    def __getitem__(self, name: str) -> SharedResource:
        """Return the resource that the producer's author shared as `name`.

        Raises:
            InvalidInput: if the producer is in this app and published no such name.
        """
        if name not in self._resources:
            with Report(self._stack, f"read({self._producer!r})") as report:
                if not isinstance(name, str) or not is_known(name) or '"' in name or "\\" in name:
                    report.refuse(
                        "name",
                        name,
                        rule=(
                            "A published resource is read by the name, a plain string, under which its producer "
                            "shared it."
                        ),
                        fix="Write the name, such as 'orders-db'.",
                    )
                elif self._published is not None and name not in self._published:
                    report.refuse(
                        "name",
                        name,
                        rule=f"Stack {self._producer!r} publishes: {', '.join(sorted(self._published)) or 'nothing'}.",
                        fix="Read one of these names, or share this one there.",
                    )
            self._resources[name] = contract.from_output(
                name,
                f"data.terraform_remote_state.{self._producer}.outputs",
                stack=self._stack,
                published=(self._published or {}).get(name),
            )
        return self._resources[name]

    def __iter__(self) -> Iterator[SharedResource]:
        """Refuse: which names there are is known only where the producer is in the same app."""
        raise self._key_forgotten("all of them")

    def __getattr__(self, name: str) -> Any:
        """Refuse a published name that is written as an attribute."""
        if name.startswith("_") or name not in (self._published or {}):
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")
        raise self._key_forgotten(f".{name}")

    def _key_forgotten(self, given: str) -> InvalidInput:
        report = Report(self._stack, f"read({self._producer!r})")
        report.refuse(
            "name",
            given,
            rule="Published resources are read one by one, by name.",
            fix=f"Write [{next(iter(sorted(self._published or {})), 'orders-db')!r}] after it.",
        )
        return InvalidInput(report.findings)

    def _postconditions(self) -> list[dict[str, str]]:
        output = f"self.outputs.{contract.OUTPUT}"
        stack, name = f"Stack '{self._producer}'", f"the output '{contract.OUTPUT}'"
        return [
            {
                "condition": f"${{can({output}.resources)}}",
                "error_message": f"{stack} has no output '{contract.OUTPUT}' in its state. Apply that stack as it is "
                "now, in the same Terraform workspace as this one; if it is none of LatticeLink's, read another stack. "
                "If it has been destroyed, `terraform destroy` works here all the same.",
            },
            {
                "condition": f"${{try({output}.version, {contract.VERSION}) == {contract.VERSION}}}",
                "error_message": f"{stack} publishes version ${{try({output}.version, 0)}} of {name}, and this "
                f"stack was made for version {contract.VERSION}. Make both with the same major version of LatticeLink.",
            },
            *(
                {
                    "condition": f'${{try(contains(keys({output}.resources), "{wanted}"), true)}}',
                    "error_message": f"{stack} publishes nothing named '{wanted}'. It publishes: "
                    f'${{try(join(", ", keys({output}.resources)), "nothing")}}. Read one of these names, or '
                    f"share '{wanted}' in that stack and apply it first.",
                }
                for wanted in sorted(self._resources)
            ),
        ]
