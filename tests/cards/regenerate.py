"""Writes the golden files anew: `.venv/bin/python -m tests.cards.regenerate`; then read the diff aloud."""

from tests.cards.gallery import GALLERY
from tests.cards.golden import FOLDER, path, text


def main() -> None:
    """Writes a file for each card, and removes those of cards that are gone."""
    FOLDER.mkdir(exist_ok=True)
    for name, render in GALLERY.items():
        path(name).write_text(text(render()))
    for stale in FOLDER.glob("*.json"):
        if stale.stem not in GALLERY:
            stale.unlink()


if __name__ == "__main__":
    main()
