"""Which actors an article names, for its labelling screen."""

from __future__ import annotations

from annotate.labelstudio.actors import name_actors
from schemas.codebook import Actor

ACTORS = (
    Actor(name="China", kind="country", aliases=("Beijing",)),
    Actor(name="United States", kind="country", aliases=("U.S.", "Washington")),
    Actor(name="Washington Post", kind="institution"),
)


def test_actors_stand_in_the_order_of_how_often_they_are_named_by_whichever_name() -> None:
    assert name_actors("China spoke. Washington and the U.S. did not.", "en", ACTORS) == ["United States", "China"]


def test_a_longer_name_is_not_taken_for_the_shorter_one_in_it_and_a_word_is_no_part_of_another() -> None:
    assert name_actors("The Washington Post on Chinatown.", "en", ACTORS) == ["Washington Post"]


def test_nobody_is_named_where_there_are_no_actors_or_no_names() -> None:
    assert name_actors("China", "en", ()) == name_actors("Nobody.", "en", ACTORS) == []
