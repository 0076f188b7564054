"""The chain of the record: whatever is changed, put in or taken out is found, and pruning is not mistaken for it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.trail import AuditRow, Link, anchor, first_broken, hash_of, impersonal

NOW = datetime(2025, 11, 28, 14, 0, tzinfo=UTC)


def chain(*rows: AuditRow, previous: str = "") -> list[Link]:
    links = []
    for number, row in enumerate(rows, start=1):
        digest = hash_of(row, previous)
        links.append(Link(number, row, previous, digest))
        previous = digest
    return links


def row(number: int, **changes: object) -> AuditRow:
    plain = AuditRow(NOW + timedelta(minutes=number), "U0MAYA", "announced", f"campaign/{number}")
    return replace(plain, **changes)  # type: ignore[arg-type]


ROWS = [row(number) for number in range(1, 7)]


def test_a_record_that_nobody_touched_is_whole() -> None:
    assert first_broken([]) is None
    assert first_broken(chain(*ROWS)) is None


@given(
    index=st.integers(0, 5),
    change=st.sampled_from(
        [
            {"actor": "U0ERIK"},
            {"act": "approved"},
            {"subject": "campaign/9"},
            {"detail": "because"},
            {"version": 7},
            {"via": "cli"},
            {"at": NOW},
        ]
    ),
)
def test_a_changed_row_is_found_when_anything_of_it_was_changed(
    index: int, change: dict[str, object]
) -> None:
    links = chain(*ROWS)
    links[index] = replace(links[index], row=replace(links[index].row, **change))  # type: ignore[arg-type]
    broken = first_broken(links)
    assert broken is not None
    assert (broken.id, broken.why) == (index + 1, "it was changed after it was written")


@given(st.integers(1, 4))
def test_a_row_taken_out_is_found(index: int) -> None:
    links = chain(*ROWS)
    del links[index]
    broken = first_broken(links)
    assert broken is not None and broken.id == index + 2


def test_rows_taken_from_the_beginning_are_found_when_nothing_vouches_for_them() -> None:
    broken = first_broken(chain(*ROWS)[2:])
    assert broken is not None and "no pruning" in broken.why


def test_a_row_changed_together_with_its_hash_breaks_the_next_one() -> None:
    links = chain(*ROWS)
    forged = replace(links[2].row, actor="U0SAM")
    links[2] = replace(links[2], row=forged, hash=hash_of(forged, links[2].previous))
    broken = first_broken(links)
    assert broken is not None and broken.id == 4


def test_an_anchor_vouches_for_what_pruning_took_away() -> None:
    links = chain(*ROWS)
    vouching = anchor(links[:3], NOW)
    assert vouching is not None
    last = links[-1]
    digest = hash_of(vouching, last.hash)
    assert first_broken([*links[3:], Link(9, vouching, last.hash, digest)]) is None
    assert first_broken([*links[4:], Link(9, vouching, last.hash, digest)]) is not None


def test_rows_not_chained_yet_are_no_fault_at_the_end_only() -> None:
    links = chain(*ROWS)
    loose = Link(7, row(7), "", "")
    assert first_broken([*links, loose]) is None
    assert first_broken([*links[:3], loose, *links[3:]]) is not None


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("by <@U0MAYA|Maya Vogel> today", "by <@U0MAYA> today"),
        ("last changed by erik.lund@cymbal.example", "last changed by (an address)"),
        ("x3 #web @ 18:00", "x3 #web @ 18:00"),
    ],
)
def test_people_are_kept_as_ids_only(said: str, kept: str) -> None:
    assert impersonal(row(1, detail=said)).detail == kept


def test_an_account_of_googles_becomes_the_same_pseudonym_each_time() -> None:
    one, two = (impersonal(row(n, actor="erik@cymbal.example")).actor for n in (1, 2))
    assert one == two
    assert one.startswith("google/") and "erik" not in one
