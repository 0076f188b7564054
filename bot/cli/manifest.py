"""`headroom manifest`: the Slack app's manifest with just what is configured, each scope with its reason."""

import argparse

from bot.core.house import House
from bot.core.slack_app import Scope, events_of, scopes_of
from bot.errors import AskedWrong
from bot.settings.environment import environment, house_rules

EXAMPLE_URL = "https://headroom.example.com"
_MANIFEST = """\
# The Slack app of {company}, made by `headroom manifest` from headroom.yaml.
# Create it at https://api.slack.com/apps ("From a manifest").
display_information:
  name: Headroom
  description: Self-service scaling for campaigns
  background_color: "#1c4ed8"
features:
  app_home:
    home_tab_enabled: true
    messages_tab_enabled: true
    messages_tab_read_only_enabled: {read_only}
  bot_user:
    display_name: headroom
    always_online: true
  slash_commands:
    - command: /campaign
      url: {url}/slack/events
      description: Announce a campaign
      usage_hint: "Black Friday push Fri 28 Nov 18:00-22:00 Europe/Berlin x3 #web"
      should_escape: true
    - command: /headroom
      url: {url}/slack/events
      description: Status, help and everything else
      usage_hint: "status"
      should_escape: true
  shortcuts:
    - name: Announce a campaign
      type: global
      callback_id: campaign.new
      description: Opens the form
    - name: Plan this as a campaign
      type: message
      callback_id: campaign.from_message
      description: Reads the message and answers with a plan
oauth_config:
  scopes:
    bot:
{scopes}{optional}
settings:
  event_subscriptions:
    request_url: {url}/slack/events
    bot_events:
{events}
  interactivity:
    is_enabled: true
    request_url: {url}/slack/events
  org_deploy_enabled: false
  socket_mode_enabled: false
  token_rotation_enabled: false
"""


def add_arguments(command: str, parser: argparse.ArgumentParser) -> None:
    """The address, which only the operator knows."""
    parser.add_argument(
        "--url",
        default="",
        help=f"where Slack reaches Headroom (default: HEADROOM_PUBLIC_URL, else {EXAMPLE_URL})",
    )


async def run(arguments: argparse.Namespace) -> int:
    """Prints it; needs headroom.yaml and nothing else."""
    known = environment()
    url = arguments.url or known.get("HEADROOM_PUBLIC_URL") or EXAMPLE_URL
    print(manifest(house_rules(known), url), end="")
    return 0


def manifest(house: House, url: str) -> str:
    """The YAML for Slack; AskedWrong for an address that Slack would not take."""
    if not url.startswith("https://") or any(char.isspace() for char in url):
        raise AskedWrong(f"Slack only talks to https addresses; {url!r} is none.")
    needed = scopes_of(house)
    optional = [scope for scope in needed if scope.optional]
    left_out = "\n    bot_optional:  # may be left out when the app is installed\n"
    return _MANIFEST.format(
        company=" ".join(house.company.split()),
        url=url.rstrip("/"),
        read_only=str(not house.slack.direct_messages).lower(),
        scopes="\n".join(_line(scope) for scope in needed),
        optional=left_out + "\n".join(f"      - {one.name}" for one in optional)
        if optional
        else "",
        events="\n".join(f"      - {event}" for event in events_of(house)),
    )


def _line(scope: Scope) -> str:
    return f"      - {scope.name:<17}  # {scope.reason}"
