"""Combinations of Qt's flags; PyQt5's stubs call them plain integers, so they are typed Any."""

from __future__ import annotations

from typing import Any

from PyQt5.QtCore import Qt
from PyQt5.QtGui import QPainter

LEFT: Any = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
RIGHT: Any = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
TOP_LEFT: Any = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop
CENTER: Any = Qt.AlignmentFlag.AlignCenter
SELECTABLE: Any = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
SMOOTH: Any = QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
BY_TAB = (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason)
"""Reasons for which a widget gets the focus when a person reaches it by the keyboard."""
BACK = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
"""Reasons for which the focus comes back to where it was, when a dialog or a menu is closed."""
