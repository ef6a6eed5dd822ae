"""Whether Qt may scale the window by fractions such as 150 %.

By default Qt 5 rounds 150 % to 200 %, at which the window is larger than a Full HD screen. But where no desktop has
chosen a scale, Qt divides the pixels of a screen by its millimetres. That gives odd factors such as 1.04 and blurred
lines, so such a factor is rounded.
"""

from __future__ import annotations

import ctypes
import os
import re
import sys

from PyQt5.QtCore import Qt
from PyQt5.QtGui import QGuiApplication

RESOURCE_MANAGER, STRING = 23, 31
"""Numbers that the X protocol gives these names."""

MOST_WORDS = 1 << 16
"""Of four bytes each; that much of the resources is read."""

WITHOUT_DESKTOP = ("offscreen", "minimal", "vnc", "linuxfb", "eglfs")
"""Platforms of Qt on which nobody has chosen a scale."""


class _Screens(ctypes.Structure):
    _fields_ = (("data", ctypes.POINTER(ctypes.c_uint32)), ("rem", ctypes.c_int), ("index", ctypes.c_int))


class _Cookie(ctypes.Structure):
    _fields_ = (("sequence", ctypes.c_uint),)


def allow_fractions() -> None:
    """Let Qt scale by fractions where a desktop has chosen the scale; call it before there is an application."""
    platform = os.environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    is_x = sys.platform.startswith("linux") and platform in ("", "xcb") and "DISPLAY" in os.environ
    if platform in WITHOUT_DESKTOP or (is_x and not has_chosen_scale()):
        return
    QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)


def has_chosen_scale() -> bool:
    """Whether the resources of the X server at DISPLAY hold ``Xft.dpi``, as desktops set it."""
    try:
        return re.search(rb"^Xft\.dpi:", _resources(), re.MULTILINE) is not None
    except (OSError, AttributeError, ValueError):  # no libxcb, or one that lacks a function; an odd pointer
        return False


def _resources() -> bytes:
    xcb = ctypes.CDLL("libxcb.so.1")
    for function, result in (
        (xcb.xcb_connect, ctypes.c_void_p),
        (xcb.xcb_get_setup, ctypes.c_void_p),
        (xcb.xcb_setup_roots_iterator, _Screens),
        (xcb.xcb_get_property, _Cookie),
        (xcb.xcb_get_property_reply, ctypes.c_void_p),
        (xcb.xcb_get_property_value, ctypes.c_void_p),
    ):
        function.restype = result
    connection = ctypes.c_void_p(xcb.xcb_connect(None, None))
    try:
        if xcb.xcb_connection_has_error(connection):
            return b""
        screens = xcb.xcb_setup_roots_iterator(ctypes.c_void_p(xcb.xcb_get_setup(connection)))
        if not screens.data:
            return b""
        root = screens.data[0]  # where a screen's description begins
        cookie = xcb.xcb_get_property(connection, 0, root, RESOURCE_MANAGER, STRING, 0, MOST_WORDS)
        reply = ctypes.c_void_p(xcb.xcb_get_property_reply(connection, cookie, None))
        if not reply.value:
            return b""
        try:
            value = xcb.xcb_get_property_value(reply)
            return ctypes.string_at(value, xcb.xcb_get_property_value_length(reply)) if value else b""
        finally:
            _free(reply)
    finally:
        xcb.xcb_disconnect(connection)


def _free(block: ctypes.c_void_p) -> None:
    free = ctypes.CDLL(None).free
    free.argtypes = [ctypes.c_void_p]
    free.restype = None
    free(block)
