"""What the `admission` block of a rule may say: the form only; whether its CEL is sound, an API server tells."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from ..facts.admission import OPTIONAL, PREFIX, REQUIRED, words

if TYPE_CHECKING:
    from .rulebook import Reading

KEY = "admission"
SCOPES = ("everywhere", "managed", "tenants")
OPERATIONS = ("CREATE", "UPDATE", "DELETE", "CONNECT")
OF_PARAMETER, OF_VALIDATION = ("api", "kind", "name"), ("expression", "message")


def read_admission(reading: "Reading", block: Any, config: Mapping[str, Any]) -> None:
    """Report all that is wrong with the block; `config` holds the settings that it may name as `<key>`."""
    if not reading.keys(block, KEY, required=REQUIRED, optional=OPTIONAL):
        return
    _list(reading, block, "operations")
    for operation in block["operations"] if isinstance(block.get("operations"), list) else []:
        reading.one_of(operation, OPERATIONS, KEY, "operations")
    resources = block.get("resources", {})
    if not isinstance(resources, dict) or not all(isinstance(item, list) and item for item in resources.values()):
        reading.wrong("must name resources by API group and version", KEY, "resources", given=resources)
    _texts(reading, block.get("conditions", {}), "conditions")
    reading.one_of(block.get("scope", SCOPES[-1]), SCOPES, KEY, "scope")
    if not isinstance(block.get("spares_system", False), bool):
        reading.wrong("must be true or false", KEY, "spares_system", given=block["spares_system"])
    if "parameter" in block and reading.keys(block["parameter"], KEY, "parameter", required=OF_PARAMETER):
        _texts(reading, block["parameter"], "parameter")
    _list(reading, block, "validations")
    for index, item in enumerate(block["validations"] if isinstance(block.get("validations"), list) else []):
        if reading.keys(item, KEY, "validations", index, required=OF_VALIDATION):
            _texts(reading, item, "validations", index)
    for word in sorted(words(block) - {PREFIX} - config.keys()):
        known = ", ".join(f"<{name}>" for name in (PREFIX, *config))
        reading.wrong(f"names <{word}>, which is no setting of the rule", KEY, fix=f"known here: {known}")


def _list(reading: "Reading", block: Mapping[str, Any], key: str) -> None:
    if not isinstance(block.get(key, [""]), list) or not block.get(key, [""]):
        reading.wrong("must be a list that is not empty", KEY, key, given=block[key])


def _texts(reading: "Reading", given: Any, *path: object) -> None:
    if not isinstance(given, dict):
        reading.wrong("must be a mapping", KEY, *path, given=given)
        return
    for key, text in given.items():
        if not isinstance(text, str) or not text:
            reading.wrong("must be text", KEY, *path, key, given=text)
