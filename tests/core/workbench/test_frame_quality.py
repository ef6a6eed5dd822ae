"""How good pictures are while frames cost more or less."""

from __future__ import annotations

from collections.abc import Callable

from core.workbench.frame_quality import FRAMES, LEVELS, LONGEST_DOUBT, QUICK_SECONDS, SLOW_SECONDS, FrameQuality

SLOW, MIDDLE, QUICK = 2 * SLOW_SECONDS, (SLOW_SECONDS + QUICK_SECONDS) / 2, QUICK_SECONDS / 2


def changes(quality: FrameQuality, cost: Callable[[int], float], frames: int, share: float = 0.5) -> list[int]:
    """The frames after which the level was another; ``cost`` by the level, and the snapshot's share in it."""
    changed = []
    for number in range(frames):
        whole = cost(quality.level)
        if quality.note((1 - share) * whole, share * whole):
            changed.append(number)
    return changed


def test_slow_frames_make_pictures_cheaper_step_by_step_and_no_further() -> None:
    quality = FrameQuality()
    assert changes(quality, lambda _: SLOW, 10 * FRAMES) == [FRAMES - 1, 2 * FRAMES - 1]
    assert quality.level == LEVELS == 2


def test_where_only_the_drawing_is_slow_maps_are_not_made_ever_coarser() -> None:
    quality = FrameQuality()
    assert changes(quality, lambda _: SLOW, 10 * FRAMES, share=0.05) == [FRAMES - 1]
    assert quality.level == 1


def test_a_single_slow_frame_and_frames_in_between_change_nothing() -> None:
    quality = FrameQuality()
    costs = iter(([QUICK] * 7 + [100 * SLOW]) * 50)
    assert changes(quality, lambda _: next(costs), 400) == []
    assert changes(quality, lambda _: MIDDLE, 100) == []
    changes(quality, lambda _: SLOW, FRAMES + 20)
    level = quality.level
    assert level > 0
    assert changes(quality, lambda _: MIDDLE, 500) == []
    assert quality.level == level


def test_quick_frames_bring_the_full_quality_back() -> None:
    quality = FrameQuality()
    changes(quality, lambda _: SLOW, 5 * FRAMES)
    assert len(changes(quality, lambda _: QUICK, 3 * FRAMES)) == LEVELS
    assert quality.level == 0


def test_a_quality_that_proves_too_dear_is_tried_ever_more_seldom() -> None:
    """Where level 1 is quick and level 0 slow, the level would swing for ever."""
    quality = FrameQuality()
    at = changes(quality, lambda level: SLOW if level == 0 else QUICK, 100 * LONGEST_DOUBT * FRAMES)
    waits = [up - down for down, up in zip(at[::2], at[1::2], strict=False)]
    assert waits[:7] == [FRAMES * doubt for doubt in (1, 2, 4, 8, 16, 32, 64)]
    assert set(waits[7:]) == {FRAMES * LONGEST_DOUBT}


def test_a_picture_at_rest_is_of_full_quality_and_nothing_is_held_against_it() -> None:
    quality = FrameQuality()
    changes(quality, lambda level: SLOW if level == 0 else QUICK, 100 * FRAMES)
    changes(quality, lambda _: SLOW, 3 * FRAMES)
    assert quality.level > 0
    assert quality.rest()
    assert quality.level == 0
    assert not quality.rest()
    changes(quality, lambda _: SLOW, FRAMES)
    assert changes(quality, lambda _: QUICK, FRAMES) == [FRAMES - 1]
