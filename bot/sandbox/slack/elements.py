"""Rules for texts and interactive elements that slack_sdk's models do not enforce; called by blocks.py."""

from collections.abc import Sequence

from bot.sandbox.slack.errors import Json

ACCESSORIES = frozenset(
    {
        "button",
        "checkboxes",
        "datepicker",
        "image",
        "multi_channels_select",
        "multi_conversations_select",
        "multi_external_select",
        "multi_static_select",
        "multi_users_select",
        "overflow",
        "radio_buttons",
        "channels_select",
        "conversations_select",
        "external_select",
        "static_select",
        "users_select",
        "timepicker",
        "workflow_button",
    }
)
INPUTS = frozenset(
    {
        "plain_text_input",
        "rich_text_input",
        "number_input",
        "email_text_input",
        "url_text_input",
        "file_input",
    }
)
ELEMENTS = (ACCESSORIES - {"image"}) | INPUTS | {"datetimepicker", "icon_button"}
WITH_OPTIONS = frozenset({"static_select", "multi_static_select", "radio_buttons", "checkboxes"})
FEW_OPTIONS = frozenset({"radio_buttons", "checkboxes"})
MAX_FEW = 10


def at(fault: str, where: str) -> str:
    """A fault with the place it is at, as Slack writes it."""
    return f"{fault} [json-pointer:{where}]"


def check_text(text: object, limit: int, where: str, *, plain: bool = False) -> list[str]:
    """A text object of 1 to `limit` characters; `plain` when only plain_text is allowed."""
    if not isinstance(text, dict):
        return [at("missing required field: text", where)]
    allowed = {"plain_text"} if plain else {"plain_text", "mrkdwn"}
    if text.get("type") not in allowed:
        return [at(f"unsupported type: {text.get('type')}", f"{where}/type")]
    words = text.get("text")
    if not isinstance(words, str) or not words:
        return [at("must be more than 0 characters", f"{where}/text")]
    if len(words) > limit:
        return [at(f"must be less than {limit + 1} characters", f"{where}/text")]
    return []


def check_accessory(element: object, where: str) -> list[str]:
    """The element beside a section."""
    if not isinstance(element, dict) or element.get("type") not in ACCESSORIES:
        return [at("failed to match all allowed schemas", where)]
    return [] if element["type"] == "image" else check_elements([element], where)


def check_elements(elements: Sequence[object], where: str) -> list[str]:
    """The elements of one block: known types, their own limits, no action_id twice."""
    if not elements:
        return [at("must provide at least 1 item", where)]
    faults: list[str] = []
    seen: set[str] = set()
    for index, element in enumerate(elements):
        here = f"{where}/{index}"
        if not isinstance(element, dict) or element.get("type") not in ELEMENTS:
            faults.append(at("failed to match all allowed schemas", here))
            continue
        action_id = element.get("action_id")
        if action_id and action_id in seen:
            faults.append(at(f"action_id already exists: {action_id}", f"{here}/action_id"))
        seen.add(action_id or f"#{index}")
        faults += _check_element(element, here)
    return faults


def _check_element(element: Json, where: str) -> list[str]:
    faults: list[str] = []
    if element["type"] == "button":
        faults += check_text(element.get("text"), 75, f"{where}/text", plain=True)
    if element.get("style") not in {None, "primary", "danger"}:
        faults.append(at("must be one of: primary, danger", f"{where}/style"))
    if element["type"] in WITH_OPTIONS:
        faults += _check_options(element, where)
    if element["type"] in INPUTS - {"file_input"}:
        faults += _check_lengths(element, where)
    return faults


def _check_options(element: Json, where: str) -> list[str]:
    options = all_options(element)
    if not options:
        return [at("must provide at least 1 item", f"{where}/options")]
    faults = []
    if element["type"] in FEW_OPTIONS and len(options) > MAX_FEW:
        faults.append(at(f"no more than {MAX_FEW} items allowed", f"{where}/options"))
    values = [option.get("value") for option in options]
    for index, option in enumerate(options):
        here = f"{where}/options/{index}"
        faults += check_text(option.get("text"), 75, f"{here}/text")
        if not option.get("value"):
            faults.append(at("must be more than 0 characters", f"{here}/value"))
        elif values.index(option["value"]) != index:
            faults.append(at("option values must be unique", f"{here}/value"))
    return faults + _check_initial(element, options, where)


def _check_initial(element: Json, options: Sequence[Json], where: str) -> list[str]:
    initial = element.get("initial_option")
    chosen = [initial] if initial else list(element.get("initial_options") or ())
    values = {option.get("value") for option in options}
    missing = [option for option in chosen if option.get("value") not in values]
    if missing:
        return [at("initial options must be among the options", where)]
    return []


def _check_lengths(element: Json, where: str) -> list[str]:
    longest = element.get("max_length")
    shortest = element.get("min_length") or 0
    if longest is not None and not 1 <= int(longest) <= 3000:
        return [at("max_length must be between 1 and 3000", where)]
    if longest is not None and int(shortest) > int(longest):
        return [at("min_length must not be greater than max_length", where)]
    words = element.get("initial_value")
    if isinstance(words, str) and longest is not None and len(words) > int(longest):
        return [at(f"initial_value must be less than {int(longest) + 1} characters", where)]
    return []


def all_options(element: Json) -> list[Json]:
    """The options of a select, grouped ones included."""
    groups = element.get("option_groups") or ()
    grouped = [option for group in groups for option in group.get("options") or ()]
    return [*(element.get("options") or ()), *grouped]
