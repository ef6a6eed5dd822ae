"""What tables have in common whose rows are runs."""

from __future__ import annotations

from PyQt5.QtCore import Qt
from PyQt5.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from gui.widgets.qt_objects import existing

ROW_MARGIN = 8
"""Pixels above and below the text of a row, together."""


def set_up_rows(table: QTableView) -> None:
    """Let a table that has its model select and sort whole rows, each a line of text high, and have a context menu."""
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.setTabKeyNavigation(False)
    table.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
    table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
    rows, columns = existing(table.verticalHeader()), existing(table.horizontalHeader())
    rows.setVisible(False)
    rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    rows.setDefaultSectionSize(table.fontMetrics().height() + ROW_MARGIN)
    columns.setHighlightSections(False)
    columns.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
    table.setSortingEnabled(True)
