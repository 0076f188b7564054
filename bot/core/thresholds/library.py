"""The library: every template by name."""

from collections.abc import Mapping

from bot.core.thresholds.library_causes import CAUSES
from bot.core.thresholds.library_data import DATA
from bot.core.thresholds.library_services import SYMPTOMS
from bot.core.thresholds.template import Template

TEMPLATES: Mapping[str, Template] = {one.name: one for one in (*SYMPTOMS, *CAUSES, *DATA)}
