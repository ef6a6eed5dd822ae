"""One table of every action that a menu, a button or a key offers.

To add an action, add a line here and, under the same name, a handler in the ``handlers()`` of the commands concerned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PyQt5.QtGui import QKeySequence
from PyQt5.QtWidgets import QAction, QActionGroup, QMainWindow, QMenu, QStatusBar

from core.base.translation import _
from core.base.values import dataclass
from core.storage.exports.formats import FORMATS
from gui.widgets.qt_objects import existing
from gui.window.key_keeper import MenuLeaver


@dataclass(frozen=True, eq=False)
class ActionSpec:
    """One action.

    Attributes:
        name: identifies it; its handler has the same name.
        menu: a key of ``MENUS``; a leading "-" draws a line above the action.
        text: its text in the menu, with the mnemonic.
        shortcut: as Qt writes it; empty for none.
        tip: one sentence for the tooltip and the status bar.
        icon: name of its picture, if it has one.
    """

    name: str
    menu: str
    text: str
    shortcut: str
    tip: str
    icon: str = ""


MENUS = {
    "&File": _("&File"),
    "&Edit": _("&Edit"),
    "&Paint": _("&Paint"),
    "&Run": _("&Run"),
    "&Select": _("&Select"),
    "&View": _("&View"),
    "E&xport": _("E&xport"),
    "&Help": _("&Help"),
}
"""Titles of the menus."""

PAINT_ACTIONS = (
    ActionSpec(
        "paint", "&Paint", _("&Draw and change points"), "D", _("Draw, erase and move points in the plot"), "paint"
    ),
    ActionSpec("new-canvas", "&Paint", _("&New canvas"), "Ctrl+N", _("Begin to draw points where there are none")),
    ActionSpec("tool-point", "-&Paint", _("&One point"), "O", _("Draw one point at a time"), "tool-point"),
    ActionSpec("tool-brush", "&Paint", _("&Brush"), "B", _("Fill with points where the brush goes"), "tool-brush"),
    ActionSpec(
        "tool-spray", "&Paint", _("&Spray"), "S", _("Scatter points for as long as it is pressed"), "tool-spray"
    ),
    ActionSpec("tool-eraser", "&Paint", _("&Eraser"), "E", _("Take points away"), "tool-eraser"),
    ActionSpec("tool-select", "&Paint", _("Select and mo&ve"), "V", _("Select points, and drag them"), "tool-select"),
    ActionSpec("brush-smaller", "-&Paint", _("S&maller"), "[", _("A smaller brush")),
    ActionSpec("brush-larger", "&Paint", _("&Larger"), "]", _("A larger brush")),
    ActionSpec("select-all", "-&Paint", _("Select &all points"), "Ctrl+A", _("Select every point")),
    ActionSpec(
        "relabel-points", "&Paint", _("&Change class"), "C", _("Give the selected points the class or value in hand")
    ),
    ActionSpec("delete-points", "&Paint", _("Dele&te"), "Del", _("Take the selected points away")),
    ActionSpec("clear-points", "&Paint", _("Clear all &points"), "", _("Take every point away; the classes stay")),
    ActionSpec(
        "save-points", "-&Paint", _("Save points as CSV…"), "", _("Write inputs and class of every point to a file")
    ),
)

PICK_ACTIONS = (
    ActionSpec(
        "pick-on",
        "&Select",
        _("&Next layer"),
        "Ctrl+Shift+Right",
        _("From a neuron to an edge behind it, from an edge to its end"),
    ),
    ActionSpec(
        "pick-back",
        "&Select",
        _("&Previous layer"),
        "Ctrl+Shift+Left",
        _("From a neuron or an edge to what lies before it"),
    ),
    ActionSpec(
        "pick-down", "-&Select", _("&Down"), "Ctrl+Shift+Down", _("The next neuron, or the next end of the edge")
    ),
    ActionSpec("pick-up", "&Select", _("&Up"), "Ctrl+Shift+Up", _("The neuron before, or the end before")),
    ActionSpec(
        "source-down",
        "-&Select",
        _("&Edge from the neuron below"),
        "Alt+Shift+Down",
        _("The next edge to the same neuron"),
    ),
    ActionSpec(
        "source-up",
        "&Select",
        _("Edge from the neuron &above"),
        "Alt+Shift+Up",
        _("The edge before to the same neuron"),
    ),
    ActionSpec("pick-none", "-&Select", _("&Clear selection"), "", _("Select nothing, and explain the whole net")),
    ActionSpec(
        "walk-next", "-&Select", _("&Walk with the next point"), "W", _("One step with the next point of the data")
    ),
    ActionSpec(
        "walk-before", "&Select", _("Walk with the point be&fore"), "Shift+W", _("The same with the point before")
    ),
)

EXPORT_ACTIONS = (
    ActionSpec("export-npz", "E&xport", _("Save &weights…"), "", _("Write the present weights: .npz, JSON or CSV")),
    *(
        ActionSpec(
            f"export-{kind.name}",
            "-E&xport" if kind.name in ("numpy", "predictions") else "E&xport",
            kind.menu,
            "Ctrl+E" if kind.name == "numpy" else "",
            kind.tip,
        )
        for kind in FORMATS.values()
        if kind.menu
    ),
    ActionSpec("export-report", "E&xport", _("R&eport…"), "", _("Write the confusion matrix and the measures, as CSV")),
    ActionSpec(
        "picture-window", "-E&xport", _("&Picture of the window…"), "Ctrl+P", _("Draw the window as PNG or SVG")
    ),
    ActionSpec("picture-diagram", "E&xport", _("Picture of the &diagram…"), "", _("Draw the network as PNG or SVG")),
    ActionSpec(
        "picture-decision", "E&xport", _("Picture of d&ata and decision…"), "", _("Draw the plot as PNG or SVG")
    ),
    ActionSpec("picture-loss", "E&xport", _("Picture of the &loss…"), "", _("Draw the curves as PNG or SVG")),
    ActionSpec(
        "pictures-1", "-E&xport", _("Pictures as on the screen"), "", _("Draw pictures at the size on the screen")
    ),
    ActionSpec("pictures-2", "E&xport", _("Pictures twice as large"), "", _("Draw pictures at twice the size")),
    ActionSpec(
        "pictures-4", "E&xport", _("Pictures four times as large"), "", _("Draw pictures at four times the size")
    ),
    ActionSpec(
        "copy-diagram", "E&xport", _("Copy picture of the diagram"), "Ctrl+Alt+C", _("Copy a picture of the network")
    ),
    ActionSpec("copy-decision", "E&xport", _("Copy picture of the plot"), "", _("Copy a picture of data and decision")),
    ActionSpec("record-film", "-E&xport", _("Record &film…"), "Ctrl+Shift+R", _("Make a film of the run")),
    ActionSpec(
        "copy-command",
        "-E&xport",
        _("&Copy as command"),
        "Ctrl+Shift+C",
        _("Copy the command that gives these weights"),
    ),
)

ACTIONS = (
    ActionSpec(
        "open",
        "&File",
        _("&Open table…"),
        "Ctrl+O",
        _("Learn a table: CSV and other text, a workbook, Parquet, JSON, NumPy"),
    ),
    ActionSpec("open-project", "&File", _("Open p&roject…"), "Ctrl+Shift+O", _("Go on with a run that was saved")),
    ActionSpec("open-sweep", "&File", _("Open s&weep…"), "", _("Show the results of a sweep, from its folder")),
    ActionSpec("open-weights", "&File", _("Open &initial weights…"), "", _("Start from the weights of an .npz file")),
    ActionSpec(
        "save-project", "-&File", _("&Save project"), "Ctrl+S", _("Write data, settings and run to a .lens file")
    ),
    ActionSpec(
        "save-project-as", "&File", _("Save project &as…"), "Ctrl+Shift+S", _("Write the project to another file")
    ),
    ActionSpec(
        "keep-in-project",
        "&File",
        _("Keep ticked runs in the project"),
        "",
        _("Save the runs beside the present one too; on by default while they take at most 20 MiB"),
    ),
    ActionSpec("quit", "-&File", _("&Quit"), "Ctrl+Q", _("Close the window")),
    ActionSpec("undo", "&Edit", _("&Undo"), "Ctrl+Z", _("Take back a change by hand, or bring back the former run")),
    ActionSpec("redo", "&Edit", _("&Redo"), "Ctrl+Shift+Z", _("Take back the undo")),
    ActionSpec(
        "paste-table", "-&Edit", _("&Paste table"), "Ctrl+V", _("Learn a table that was copied from a spreadsheet")
    ),
    ActionSpec(
        "rename-classes", "-&Edit", _("Rename &classes…"), "F2", _("Give the classes other names; the run goes on")
    ),
    ActionSpec("copy-formulas", "&Edit", _("Copy e&xplanation"), "", _("Copy all that the card Why says"), "copy"),
    ActionSpec("play", "&Run", _("&Play"), "Space", _("Train until paused"), "play"),
    ActionSpec("step-sample", "-&Run", _("Step one &sample"), "Right", _("Train on one sample more"), "step-sample"),
    ActionSpec(
        "step-batch", "&Run", _("Step one &batch"), "Shift+Right", _("Train to the end of the batch"), "step-batch"
    ),
    ActionSpec(
        "step-epoch", "&Run", _("Step one &epoch"), "Ctrl+Right", _("Train to the end of the epoch"), "step-epoch"
    ),
    ActionSpec(
        "step-phase",
        "&Run",
        _("Step &one phase"),
        ".",
        _("One phase of the next update on, with its numbers"),
        "step-phase",
    ),
    ActionSpec(
        "run-epochs", "&Run", _("Run &N epochs"), "Ctrl+Return", _("Train for the number of epochs in the toolbar")
    ),
    ActionSpec("back-sample", "-&Run", _("Back one s&ample"), "Left", _("Go back by one sample"), "step-back"),
    ActionSpec(
        "back-batch", "&Run", _("Back one ba&tch"), "Shift+Left", _("Go back to where the batch began"), "step-back"
    ),
    ActionSpec(
        "back-epoch", "&Run", _("Back one epo&ch"), "Ctrl+Left", _("Go back to where the epoch began"), "step-back"
    ),
    ActionSpec("back-phase", "&Run", _("Back one p&hase"), ",", _("Go back by one phase of an update"), "back-phase"),
    ActionSpec(
        "leave-walk",
        "&Run",
        _("Leave the phases"),
        "Esc",
        _("End step by step; training stays where it is. Elsewhere the key clears the selection"),
        "leave",
    ),
    ActionSpec("to-beginning", "-&Run", _("To the be&ginning"), "Ctrl+Home", _("Go to epoch 0; nothing is forgotten")),
    ActionSpec("go-to-epoch", "&Run", _("Go to epoch…"), "G", _("Type the number of an epoch, and go there")),
    ActionSpec("to-tip", "&Run", _("To the t&ip"), "Ctrl+End", _("Go to where this branch was trained to")),
    ActionSpec(
        "previous-change", "&Run", _("Pre&vious change"), "Alt+Left", _("Go to the change before this position")
    ),
    ActionSpec("next-change", "&Run", _("Ne&xt change"), "Alt+Right", _("Go to the next change on this branch")),
    ActionSpec("reset", "-&Run", _("&Reset to the same weights"), "R", _("Start again from the same weights"), "reset"),
    ActionSpec("new-seed", "&Run", _("Ne&w seed"), "N", _("Start again from other initial weights"), "new-seed"),
    ActionSpec("keep-run", "-&Run", _("&Keep this run"), "K", _("Keep this run, and show it beside those that follow")),
    ActionSpec(
        "more-seeds", "&Run", _("&More seeds"), "M", _("Train the same settings with other seeds, beside this run")
    ),
    ActionSpec("try-several", "&Run", _("Tr&y several values…"), "T", _("Train every combination of several values")),
    ActionSpec("compare-runs", "&Run", _("Compare r&uns"), "X", _("Show runs beside each other, at one epoch")),
    ActionSpec(
        "race-optimizers", "&Run", _("Race optimi&zers"), "", _("Train with each optimizer, from the same weights")
    ),
    ActionSpec("race-rates", "&Run", _("Race learning rates"), "", _("Train with five rates around the present one")),
    ActionSpec("faster", "-&Run", _("&Faster"), "+", _("Raise the speed of playing")),
    ActionSpec("slower", "&Run", _("S&lower"), "-", _("Lower the speed of playing")),
    ActionSpec("full-speed", "&Run", _("Full spee&d"), "F", _("Play at full speed, or again at a speed that rises")),
    ActionSpec("rising-speed", "&Run", _("Rising speed"), "Shift+F", _("Play so that one sees the loss fall")),
    ActionSpec(
        "check-gradients",
        "-&Run",
        _("Check gradients…"),
        "Ctrl+G",
        _("Compare the gradient with differences of the loss"),
    ),
    *PICK_ACTIONS,
    *PAINT_ACTIONS,
    *EXPORT_ACTIONS,
    ActionSpec("presentation", "&View", _("Presen&tation"), "F11", _("The whole screen, larger type, folded panels")),
    ActionSpec("larger-type", "&View", _("Lar&ger type"), "Ctrl++", _("Make all texts larger")),
    ActionSpec("smaller-type", "&View", _("Smaller t&ype"), "Ctrl+-", _("Make all texts smaller")),
    ActionSpec("usual-type", "&View", _("&Usual type"), "Ctrl+0", _("Make all texts as large as the desktop's")),
    ActionSpec("theme", "&View", _("&Dark colours"), "Ctrl+D", _("Change between light and dark colours")),
    ActionSpec(
        "motion", "&View", _("L&ight while it plays"), "", _("A light runs through the network while training plays")
    ),
    ActionSpec(
        "fit", "&View", _("Show &all points"), "Home", _("Show all points, and the whole record in the loss plot")
    ),
    ActionSpec(
        "log-axis", "&View", _("&Logarithmic loss"), "L", _("Change between a linear and a logarithmic loss axis")
    ),
    ActionSpec(
        "epochs-automatic", "-&View", _("&Epochs: automatic"), "", _("Give early epochs more room in a long run")
    ),
    ActionSpec("epochs-linear", "&View", _("Epochs: linear"), "", _("Make all epochs equally wide")),
    ActionSpec("epochs-logarithmic", "&View", _("Epochs: logarithmic"), "", _("Always give early epochs more room")),
    ActionSpec(
        "probe",
        "-&View",
        _("&Probe the plane"),
        "P",
        _("The diagram shows the activations for the point under the mouse"),
    ),
    ActionSpec("report", "&View", _("&Report"), "Ctrl+R", _("Show how well the net does, class by class")),
    ActionSpec("runs", "&View", _("Ru&ns"), "Ctrl+K", _("List this run's branches and the runs that were kept")),
    ActionSpec("sweep", "&View", _("S&weep"), "Ctrl+T", _("Bring the results of the sweep to the front, or begin one")),
    ActionSpec(
        "default-layout", "&View", _("De&fault layout"), "", _("Put every part of the window back in its place")
    ),
    ActionSpec("shortcuts", "&Help", _("&Keys and mouse"), "F1", _("Every shortcut on one page")),
    ActionSpec("first-notes", "&Help", _("&Notes of the first start"), "", _("Show these notes again")),
    ActionSpec("about", "-&Help", _("&About Backprop Lens"), "", _("What this is")),
)

KEY_NAMES = {".": _("period ."), ",": _("comma ,"), "+": _("plus +"), "-": _("minus -")}
PICTURE_SIZES = ("pictures-1", "pictures-2", "pictures-4")
EPOCH_AXES = ("epochs-automatic", "epochs-linear", "epochs-logarithmic")
TOOLS = tuple(spec.name for spec in PAINT_ACTIONS if spec.name.startswith("tool-"))
CHOICES = ("keep-in-project", "theme", "motion", "presentation", "log-axis", "probe", "paint")
CHECKABLE = (*CHOICES, *PICTURE_SIZES, *EPOCH_AXES, *TOOLS)


def make_actions(window: QMainWindow) -> dict[str, QAction]:
    """Make every action, put it into its menu and return the actions by their names."""
    menus: dict[str, QMenu] = {}
    leaver = MenuLeaver(existing(window.menuBar()))
    actions: dict[str, QAction] = {}
    for spec in ACTIONS:
        title = spec.menu.lstrip("-")
        if title not in menus:
            menus[title] = QMenu(MENUS[title], window)
            existing(window.menuBar()).addMenu(menus[title])
            menus[title].installEventFilter(leaver)
        menu = menus[title]
        if spec.menu.startswith("-"):
            menu.addSeparator()
        action = QAction(spec.text, window)
        action.setObjectName(spec.name)
        action.setProperty("picture", spec.icon)
        if spec.shortcut:
            action.setShortcut(QKeySequence(spec.shortcut))
        action.setToolTip(tooltip(spec))
        action.setStatusTip(spec.tip)
        action.setCheckable(spec.name in CHECKABLE)
        menu.addAction(action)
        actions[spec.name] = action
    first, *_rest = menus["E&xport"].actions()
    menus["E&xport"].insertAction(first, actions["save-project"])  # where one looks for a way to keep a run as well
    menus["E&xport"].insertSeparator(first)
    for names in (PICTURE_SIZES, EPOCH_AXES):
        group = QActionGroup(window)
        for name in names:
            group.addAction(actions[name])
        actions[names[0]].setChecked(True)
    return actions


def connect_actions(
    actions: Mapping[str, QAction], handlers: Mapping[str, Callable[[], object]], status_bar: QStatusBar
) -> None:
    """Connect every action to the handler of its name; raises KeyError if one has none.

    With each the text of an action leaves the status bar, where it would stay as long as the mouse rests.
    """

    def act(handle: Callable[[], object]) -> None:
        if status_bar.currentMessage() in {action.statusTip() for action in actions.values()}:
            status_bar.clearMessage()
        handle()

    for name, action in actions.items():
        action.triggered.connect(lambda _checked=False, handle=handlers[name]: act(handle))


def tooltip(spec: ActionSpec) -> str:
    """Return what the action does, and its key."""
    return f"{spec.tip} ({key_name(spec.shortcut)})" if spec.shortcut else spec.tip


def key_name(shortcut: str) -> str:
    """A key as a person reads it: one that is a small sign has its name beside it."""
    return KEY_NAMES.get(shortcut, shortcut)


def show_step(action: QAction, verb: str, verb_and_step: str, step: str | None) -> None:
    """Let Undo or Redo say which step it takes back; the action is off where there is none."""
    text = verb if step is None else verb_and_step.format(step=step.replace("&", "&&"))
    if action.isEnabled() != (step is not None) or action.text() != text:
        action.setEnabled(step is not None)
        action.setText(text)
        nothing = _("Not now: there is no step to take back or to make again")
        what = nothing if step is None else verb_and_step.replace("&", "").format(step=step)
        action.setStatusTip(what)
        action.setToolTip(f"{what} ({action.shortcut().toString()})")
