"""Message components and modals: their kinds, Discord's rules for them, and how to find one in a message."""

from __future__ import annotations

from collections.abc import Iterator
from enum import IntEnum

from loopback import limits
from loopback.errors import Form
from loopback.state import Json


class Kind(IntEnum):
    ACTION_ROW = 1
    BUTTON = 2
    STRING_SELECT = 3
    TEXT_INPUT = 4
    USER_SELECT = 5
    ROLE_SELECT = 6
    MENTIONABLE_SELECT = 7
    CHANNEL_SELECT = 8
    SECTION = 9
    TEXT_DISPLAY = 10
    THUMBNAIL = 11
    MEDIA_GALLERY = 12
    FILE = 13
    SEPARATOR = 14
    CONTAINER = 17
    LABEL = 18
    FILE_UPLOAD = 19
    RADIO_GROUP = 21
    CHECKBOX_GROUP = 22
    CHECKBOX = 23


SELECTS = {Kind.STRING_SELECT, Kind.USER_SELECT, Kind.ROLE_SELECT, Kind.MENTIONABLE_SELECT, Kind.CHANNEL_SELECT}
V2_TOP = {
    Kind.ACTION_ROW,
    Kind.SECTION,
    Kind.TEXT_DISPLAY,
    Kind.MEDIA_GALLERY,
    Kind.FILE,
    Kind.SEPARATOR,
    Kind.CONTAINER,
}
LABELLED = SELECTS | {Kind.TEXT_INPUT, Kind.FILE_UPLOAD, Kind.RADIO_GROUP, Kind.CHECKBOX_GROUP, Kind.CHECKBOX}
LINK, PREMIUM = 5, 6  # button styles without a custom_id


def walk(components: list[Json]) -> Iterator[Json]:
    """Every component, nested ones included, in the order of the page."""
    for component in components:
        yield component
        yield from walk(component.get("components") or [])
        for key in ("accessory", "component"):
            if component.get(key):
                yield from walk([component[key]])


def find(components: list[Json], custom_id: str) -> Json | None:
    return next((c for c in walk(components) if c.get("custom_id") == custom_id), None)


def numbered(components: list[Json]) -> list[Json]:
    """A copy in which every component has the `id` that Discord gives when the bot gave none: 1, 2, 3, ..."""
    copies = [_copy(component) for component in components]
    taken = {c["id"] for c in walk(copies) if c.get("id")}
    free = (n for n in range(1, 1_000_000) if n not in taken)
    for component in walk(copies):
        if not component.get("id"):
            component["id"] = next(free)
    return copies


def _copy(component: Json) -> Json:
    copy = {key: value for key, value in component.items() if value is not None}
    if copy.get("components"):
        copy["components"] = [_copy(child) for child in copy["components"]]
    for key in ("accessory", "component"):
        if copy.get(key):
            copy[key] = _copy(copy[key])
    return copy


def check_message_components(form: Form, components: list[Json], v2: bool, path: str) -> None:
    if v2:
        form.length(path, list(walk(components)), limits.COMPONENTS_V2)
        text = sum(len(c.get("content") or "") for c in walk(components) if c.get("type") == Kind.TEXT_DISPLAY)
        if text > limits.COMPONENTS_V2_TEXT:
            form.fault(path, "MESSAGE_CONTENT_TOO_LONG", f"Must be {limits.COMPONENTS_V2_TEXT} or fewer in length.")
    else:
        form.length(path, components, limits.ACTION_ROWS)
    allowed = V2_TOP if v2 else {Kind.ACTION_ROW}
    for i, component in enumerate(components):
        if component.get("type") not in allowed:
            names = ", ".join(str(int(kind)) for kind in sorted(allowed))
            form.fault(f"{path}.{i}.type", "BASE_TYPE_CHOICES", f"Value of field 'type' must be one of ({names}).")
        else:
            _check(form, component, f"{path}.{i}")
    _check_unique(form, components, path)


def _check_unique(form: Form, components: list[Json], path: str) -> None:
    seen: set[str] = set()
    for component in walk(components):
        custom_id = component.get("custom_id")
        if custom_id is None:
            continue
        if custom_id in seen:
            form.fault(path, "COMPONENT_CUSTOM_ID_DUPLICATED", "Component custom id cannot be duplicated")
        seen.add(custom_id)


def _check(form: Form, component: Json, path: str) -> None:
    kind = Kind(component["type"])
    children = component.get("components") or []
    if kind == Kind.ACTION_ROW:
        _check_row(form, children, path)
    elif kind == Kind.SECTION:
        form.length(f"{path}.components", children, limits.SECTION_TEXTS, least=1)
        if not component.get("accessory"):
            form.fault(f"{path}.accessory", "BASE_TYPE_REQUIRED", "This field is required")
    elif kind == Kind.MEDIA_GALLERY:
        form.length(f"{path}.items", component.get("items"), limits.GALLERY_ITEMS, least=1)
        for i, item in enumerate(component.get("items") or []):
            form.length(f"{path}.items.{i}.description", item.get("description"), limits.ALT_TEXT)
    elif kind == Kind.TEXT_DISPLAY:
        form.length(f"{path}.content", component.get("content"), limits.COMPONENTS_V2_TEXT, least=1)
    elif kind == Kind.CONTAINER:
        for i, child in enumerate(children):
            _check(form, child, f"{path}.components.{i}")
    if component.get("accessory", {}).get("type") == Kind.BUTTON:
        _check_button(form, component["accessory"], f"{path}.accessory")


def _check_row(form: Form, children: list[Json], path: str) -> None:
    form.length(f"{path}.components", children, limits.ROW_BUTTONS, least=1)
    selects = [c for c in children if c.get("type") in SELECTS]
    if selects and len(children) > 1:
        form.fault(f"{path}.components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the width")
    for i, child in enumerate(children):
        at = f"{path}.components.{i}"
        if child.get("type") == Kind.BUTTON:
            _check_button(form, child, at)
        elif child.get("type") in SELECTS:
            _check_select(form, child, at)
        else:
            form.fault(f"{at}.type", "BASE_TYPE_CHOICES", "Value of field 'type' must be one of (2, 3, 5, 6, 7, 8).")


def _check_button(form: Form, button: Json, path: str) -> None:
    style = button.get("style")
    form.length(f"{path}.label", button.get("label"), limits.BUTTON_LABEL)
    if style == LINK:
        form.length(f"{path}.url", button.get("url"), limits.BUTTON_URL, least=1)
        if button.get("custom_id"):
            form.fault(f"{path}.custom_id", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", "A custom id and url")
    elif style in (1, 2, 3, 4):
        form.length(f"{path}.custom_id", button.get("custom_id"), limits.CUSTOM_ID, least=1)
    elif style != PREMIUM:
        form.fault(f"{path}.style", "BASE_TYPE_CHOICES", "Value of field 'style' must be one of (1, 2, 3, 4, 5, 6).")
    if style != PREMIUM and not button.get("label") and not button.get("emoji"):
        form.fault(path, "BUTTON_COMPONENT_INVALID_EMPTY", "A label or emoji is required")


def _check_select(form: Form, select: Json, path: str) -> None:
    form.length(f"{path}.custom_id", select.get("custom_id"), limits.CUSTOM_ID, least=1)
    form.length(f"{path}.placeholder", select.get("placeholder"), limits.SELECT_PLACEHOLDER)
    low, high = select.get("min_values", 1), select.get("max_values", 1)
    if not (0 <= low <= limits.SELECT_OPTIONS and 1 <= high <= limits.SELECT_OPTIONS and low <= high):
        form.fault(f"{path}.max_values", "NUMBER_TYPE_MAX", "int value should be less than or equal to 25.")
    if select.get("type") == Kind.STRING_SELECT:
        _check_options(form, select.get("options") or [], path)


def _check_options(form: Form, options: list[Json], path: str) -> None:
    form.length(f"{path}.options", options, limits.SELECT_OPTIONS, least=1)
    values: set[str] = set()
    for i, option in enumerate(options):
        for field, least in (("label", 1), ("value", 1), ("description", 0)):
            form.length(f"{path}.options.{i}.{field}", option.get(field), limits.SELECT_TEXT, least=least)
        if option.get("value") in values:
            form.fault(
                f"{path}.options.{i}.value",
                "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED",
                "The specified option value is already used",
            )
        values.add(option.get("value", ""))


def check_modal(modal: Json) -> None:
    """Refuse a modal that Discord would refuse (50035)."""
    form = Form()
    form.length("data.custom_id", modal.get("custom_id"), limits.CUSTOM_ID, least=1)
    form.length("data.title", modal.get("title"), limits.MODAL_TITLE, least=1)
    components = modal.get("components") or []
    form.length("data.components", components, limits.MODAL_COMPONENTS, least=1)
    for i, component in enumerate(components):
        path = f"data.components.{i}"
        if component.get("type") == Kind.ACTION_ROW:
            inputs = component.get("components") or []
            form.length(f"{path}.components", inputs, 1, least=1)
            for j, child in enumerate(inputs):
                form.length(f"{path}.components.{j}.label", child.get("label"), limits.LABEL, least=1)
                _check_input(form, child, f"{path}.components.{j}")
        elif component.get("type") == Kind.LABEL:
            form.length(f"{path}.label", component.get("label"), limits.LABEL, least=1)
            form.length(f"{path}.description", component.get("description"), limits.LABEL_DESCRIPTION)
            _check_input(form, component.get("component") or {}, f"{path}.component")
        elif component.get("type") != Kind.TEXT_DISPLAY:
            form.fault(f"{path}.type", "BASE_TYPE_CHOICES", "Value of field 'type' must be one of (1, 10, 18).")
    _check_unique(form, components, "data.components")
    form.refuse_if_faulty()


def _check_input(form: Form, field: Json, path: str) -> None:
    kind = field.get("type")
    if kind not in LABELLED:
        form.fault(f"{path}.type", "BASE_TYPE_CHOICES", "This component cannot be used in a modal.")
        return
    form.length(f"{path}.custom_id", field.get("custom_id"), limits.CUSTOM_ID, least=1)
    if kind == Kind.TEXT_INPUT:
        form.length(f"{path}.placeholder", field.get("placeholder"), limits.TEXT_INPUT_PLACEHOLDER)
        form.length(f"{path}.value", field.get("value"), min(field.get("max_length") or limits.TEXT_INPUT, 4000))
        for key in ("min_length", "max_length"):
            if not 0 <= (field.get(key) or 0) <= limits.TEXT_INPUT:
                form.fault(f"{path}.{key}", "NUMBER_TYPE_MAX", "int value should be less than or equal to 4000.")
    elif kind in SELECTS:
        _check_select(form, field, path)
    elif kind in (Kind.RADIO_GROUP, Kind.CHECKBOX_GROUP):
        _check_options(form, field.get("options") or [], path)
    elif kind == Kind.FILE_UPLOAD and (field.get("max_values") or 1) > limits.MODAL_UPLOADS:
        form.fault(f"{path}.max_values", "NUMBER_TYPE_MAX", "int value should be less than or equal to 10.")
