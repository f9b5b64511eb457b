"""Settings: typed values that the platform's staff and, where allowed, each tenant's admins choose.

An app declares its settings in a module `setting_definitions`, which is imported at start-up:

    define(
        SettingDefinition(
            key="users.registration_mode",      # <group>.<name>; the group is the app, or `features`
            type=str,                           # bool, int, str, or list (of texts)
            choices=("open", "invitation", "domain"),
            default="invitation",
            description="Who may register an account.",
            is_public=True,                     # shown to everybody, for a login page
        ),
    )

and reads them with `apps.core.selectors.get_setting("users.registration_mode")`. The effective value is the
tenant's override, unless the key is locked; else the platform's; else the default.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from apps.core.choices import SettingScope
from apps.core.errors import InvalidInput

TYPE_NAMES: Final[Mapping[type, str]] = {bool: "boolean", int: "integer", str: "string", list: "list"}
RESERVED_GROUPS: Final = frozenset({"settings", "locks"})
MAX_TEXT: Final = 2000
MAX_ITEMS: Final = 200


class InvalidSetting(InvalidInput):
    """The value is not one that the setting can take."""

    code = "invalid_setting"


class UnknownSetting(InvalidInput):
    """No app defines a setting with this key."""

    code = "unknown_setting"


@dataclass(frozen=True, slots=True, kw_only=True)
class SettingDefinition:
    """One setting.

    Args:
        key: `<group>.<name>`, each lower_snake.
        type: `bool`, `int`, `str` or `list` (a list of texts).
        default: the value where nobody chose one.
        description: one sentence for the person who chooses.
        scope: `tenant` settings may be overridden by tenants; `granted` ones by the platform's staff, for a tenant;
            `platform` settings hold for all tenants.
        choices: for `str`, and for the entries of a `list`: the allowed values; empty for any.
        minimum, maximum: bounds of an `int`.
        is_public: whether everybody may read it, logged in or not.
        check: raises `ValueError` with a sentence when the value has not the right form.
    """

    key: str
    type: type
    default: Any
    description: str
    scope: SettingScope = SettingScope.TENANT
    choices: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    is_public: bool = False
    check: Callable[[Any], None] | None = None

    @property
    def group(self) -> str:
        return self.key.split(".")[0]

    @property
    def name(self) -> str:
        return self.key.split(".")[1]

    @property
    def type_name(self) -> str:
        """The type as on the wire."""
        return "choice" if self.choices and self.type is str else TYPE_NAMES[self.type]

    def validate(self, value: Any) -> None:
        """Accept the value, or say why not.

        Raises:
            InvalidSetting: it is of another type, out of bounds, or not one of the choices.
        """
        if problem := self._problem_with(value):
            raise InvalidSetting(problem, field=self.key)

    def _problem_with(self, value: Any) -> str | None:
        if type(value) is not self.type:  # True is no integer here
            return f"{self.key} takes a value of type {TYPE_NAMES[self.type]}, or null to inherit."
        if isinstance(value, list):
            return self._problem_with_entries(value)
        if isinstance(value, str) and len(value) > MAX_TEXT:
            return f"{self.key} takes at most {MAX_TEXT} characters."
        if isinstance(value, str) and self.choices and value not in self.choices:
            return f"{self.key} takes one of: {', '.join(self.choices)}."
        if isinstance(value, int) and not self._is_within_bounds(value):
            return f"{self.key} takes a number from {self.minimum} to {self.maximum}."
        return self._problem_of_form(value)

    def _problem_with_entries(self, value: list[Any]) -> str | None:
        if len(value) > MAX_ITEMS or not all(isinstance(entry, str) and len(entry) <= MAX_TEXT for entry in value):
            return f"{self.key} takes a list of at most {MAX_ITEMS} texts."
        if self.choices and not set(value) <= set(self.choices):
            return f"{self.key} takes a list of: {', '.join(self.choices)}."
        return self._problem_of_form(value)

    def _is_within_bounds(self, value: int) -> bool:
        is_too_small = self.minimum is not None and value < self.minimum
        return not is_too_small and (self.maximum is None or value <= self.maximum)

    def _problem_of_form(self, value: Any) -> str | None:
        try:
            if self.check is not None:
                self.check(value)
        except ValueError as error:
            return str(error)
        return None


_definitions: dict[str, SettingDefinition] = {}


def define(*definitions: SettingDefinition) -> None:
    """Add settings to what can be chosen.

    Raises:
        ValueError: the key is taken or malformed, or the default is no valid value.
    """
    for definition in definitions:
        group, _, name = definition.key.partition(".")
        if not (group.isidentifier() and name.isidentifier()) or group in RESERVED_GROUPS:
            message = f"{definition.key} is no key of the form <group>.<name>."
            raise ValueError(message)
        if definition.key in _definitions:
            message = f"Two settings are called {definition.key}."
            raise ValueError(message)
        try:
            definition.validate(definition.default)
        except InvalidSetting as error:
            message = f"The default of {definition.key} is no valid value: {error.detail}"
            raise ValueError(message) from error
        _definitions[definition.key] = definition


def definitions() -> Iterator[SettingDefinition]:
    """Yield all settings, ordered by key."""
    for key in sorted(_definitions):
        yield _definitions[key]


def definition_of(key: str) -> SettingDefinition:
    """Return the setting with this key.

    Raises:
        UnknownSetting: there is none.
    """
    if key not in _definitions:
        message = f"There is no setting {key}; GET /api/core/settings/ lists those that there are."
        raise UnknownSetting(message, field=key)
    return _definitions[key]
