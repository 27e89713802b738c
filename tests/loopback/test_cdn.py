"""Names under which uploads are kept."""

from __future__ import annotations

import pytest

from loopback.cdn import sanitise


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("cat.png", "cat.png"),
        ("my cat (1).png", "my_cat_1.png"),
        ("猫.png", "file.png"),
        ("猫 photo.png", "photo.png"),
        ("SPOILER_x.png", "SPOILER_x.png"),
        ("../../etc/passwd", "passwd"),
        ("", "file"),
    ],
)
def test_upload_keeps_its_ending_and_never_leaves_its_folder(given: str, kept: str) -> None:
    assert sanitise(given) == kept
