"""Location: who asks where the business is gets a pin on the map, or its address."""

from __future__ import annotations

from chalicelib.core.automations import Answer, Automation, Situation, Tier
from chalicelib.core.automations._words import is_wanted
from chalicelib.core.informing import Place
from chalicelib.core.messages import Location, MessageKind

NAME = "location"  # also the payload of a button or menu item that asks for it


def decide(situation: Situation) -> Answer | None:
    place = situation.channel.location
    if place is None or not place.is_on or not is_wanted(situation, NAME, place.keywords):
        return None
    lines = "\n".join(line for line in (place.name, place.address) if line)
    pin = pin_of(place)
    if pin is None:
        return Answer(text=lines)
    return Answer(kind=MessageKind.LOCATION, location=pin, text=lines or None)


def pin_of(place: Place) -> Location | None:
    """The pin on the map; None for an address alone."""
    if place.latitude is None or place.longitude is None:
        return None
    return Location(
        latitude=place.latitude, longitude=place.longitude, name=place.name, address=place.address
    )


AUTOMATION = Automation(NAME, Tier.REQUEST, decide)
