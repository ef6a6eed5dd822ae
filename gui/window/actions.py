"""One table of every action that a menu, a button or a key offers.

To add an action, add a line here and, under the same name, a handler in the ``handlers()`` of the commands concerned.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PyQt5.QtGui import QKeySequence
from PyQt5.QtWidgets import QAction, QActionGroup, QMainWindow, QMenu

from gui.widgets.qt_objects import existing


@dataclass(frozen=True)
class ActionSpec:
    """One action.

    Attributes:
        name: identifies it; its handler has the same name.
        menu: title of its menu; a leading "-" draws a line above the action.
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


PAINT_ACTIONS = (
    ActionSpec("paint", "&Paint", "&Draw and change points", "D", "Draw, erase and move points in the plot", "paint"),
    ActionSpec("new-canvas", "&Paint", "&New canvas", "Ctrl+N", "Begin to draw points where there are none"),
    ActionSpec("tool-point", "-&Paint", "&One point", "O", "Draw one point at a time", "tool-point"),
    ActionSpec("tool-brush", "&Paint", "&Brush", "B", "Fill with points where the brush goes", "tool-brush"),
    ActionSpec("tool-spray", "&Paint", "&Spray", "S", "Scatter points for as long as it is pressed", "tool-spray"),
    ActionSpec("tool-eraser", "&Paint", "&Eraser", "E", "Take points away", "tool-eraser"),
    ActionSpec("tool-select", "&Paint", "Select and mo&ve", "V", "Select points, and drag them", "tool-select"),
    ActionSpec("brush-smaller", "-&Paint", "S&maller", "[", "A smaller brush"),
    ActionSpec("brush-larger", "&Paint", "&Larger", "]", "A larger brush"),
    ActionSpec("select-all", "-&Paint", "Select &all points", "Ctrl+A", "Select every point"),
    ActionSpec("relabel-points", "&Paint", "&Change class", "C", "Give the selected points the class or value in hand"),
    ActionSpec("delete-points", "&Paint", "Dele&te", "Del", "Take the selected points away"),
    ActionSpec("clear-points", "&Paint", "Clear all &points", "", "Take every point away; the classes stay"),
    ActionSpec("save-points", "-&Paint", "Save points as CS&V…", "", "Write inputs and class of every point to a file"),
)

PICK_ACTIONS = (
    ActionSpec(
        "pick-on",
        "&Select",
        "&Next layer",
        "Ctrl+Shift+Right",
        "From a neuron to an edge behind it, from an edge to its end",
    ),
    ActionSpec(
        "pick-back", "&Select", "&Previous layer", "Ctrl+Shift+Left", "From a neuron or an edge to what lies before it"
    ),
    ActionSpec("pick-down", "-&Select", "&Down", "Ctrl+Shift+Down", "The next neuron, or the next end of the edge"),
    ActionSpec("pick-up", "&Select", "&Up", "Ctrl+Shift+Up", "The neuron before, or the end before"),
    ActionSpec("source-down", "-&Select", "D&own at the start", "Alt+Shift+Down", "The next start of the edge"),
    ActionSpec("source-up", "&Select", "U&p at the start", "Alt+Shift+Up", "The start before"),
    ActionSpec("pick-none", "-&Select", "&Clear selection", "", "Select nothing, and explain the whole net"),
    ActionSpec("walk-next", "-&Select", "Walk with the next &point", "W", "One step with the next point of the data"),
    ActionSpec("walk-before", "&Select", "Walk with the point be&fore", "Shift+W", "The same with the point before"),
)

EXPORT_ACTIONS = (
    ActionSpec("export-npz", "E&xport", "Save &weights…", "", "Write the present weights: .npz, JSON or CSV"),
    ActionSpec(
        "export-numpy", "-E&xport", "Net as &NumPy script…", "Ctrl+E", "Write the net as Python that needs NumPy"
    ),
    ActionSpec("export-pytorch", "E&xport", "Net as Py&Torch code…", "", "Write the net as a PyTorch module"),
    ActionSpec(
        "export-onnx", "E&xport", "Net as &ONNX model…", "", "Write the net as an ONNX model in double precision"
    ),
    ActionSpec("export-predictions", "-E&xport", "P&redictions…", "", "Write what the net says of each point, as CSV"),
    ActionSpec("export-history", "E&xport", "Loss &history…", "", "Write the record of loss and score, as CSV"),
    ActionSpec("export-report", "E&xport", "R&eport…", "", "Write the confusion matrix and the measures, as CSV"),
    ActionSpec("picture-window", "-E&xport", "&Picture of the window…", "Ctrl+P", "Draw the window as PNG or SVG"),
    ActionSpec("picture-diagram", "E&xport", "Picture of the &diagram…", "", "Draw the network as PNG or SVG"),
    ActionSpec("picture-decision", "E&xport", "Picture of d&ata and decision…", "", "Draw the plot as PNG or SVG"),
    ActionSpec("picture-loss", "E&xport", "Picture of the &loss…", "", "Draw the curves as PNG or SVG"),
    ActionSpec("pictures-1", "-E&xport", "Pictures as on the screen", "", "Draw pictures at the size on the screen"),
    ActionSpec("pictures-2", "E&xport", "Pictures twice as large", "", "Draw pictures at twice the size"),
    ActionSpec("pictures-4", "E&xport", "Pictures four times as large", "", "Draw pictures at four times the size"),
    ActionSpec("copy-diagram", "E&xport", "Copy picture of the diagram", "Ctrl+Alt+C", "Copy a picture of the network"),
    ActionSpec("copy-decision", "E&xport", "Copy picture of the plot", "", "Copy a picture of data and decision"),
    ActionSpec("record-film", "-E&xport", "Record &film…", "Ctrl+Shift+R", "Make a film of the run"),
    ActionSpec(
        "copy-command", "-E&xport", "&Copy as command", "Ctrl+Shift+C", "Copy the command that gives these weights"
    ),
)

ACTIONS = (
    ActionSpec("open", "&File", "&Open table…", "Ctrl+O", "Learn a table: text such as .csv, .npy, .npz or .xlsx"),
    ActionSpec("open-project", "&File", "Open p&roject…", "Ctrl+Shift+O", "Go on with a run that was saved"),
    ActionSpec("open-sweep", "&File", "Open s&weep…", "", "Show the results of a sweep, from its folder"),
    ActionSpec("open-weights", "&File", "Open &initial weights…", "", "Start from the weights of an .npz file"),
    ActionSpec("save-project", "-&File", "&Save project", "Ctrl+S", "Write data, settings and run to a .lens file"),
    ActionSpec("save-project-as", "&File", "Save project &as…", "Ctrl+Shift+S", "Write the project to another file"),
    ActionSpec("quit", "-&File", "&Quit", "Ctrl+Q", "Close the window"),
    ActionSpec("undo", "&Edit", "&Undo", "Ctrl+Z", "Take back a change by hand, or bring back the former run"),
    ActionSpec("redo", "&Edit", "&Redo", "Ctrl+Shift+Z", "Take back the undo"),
    ActionSpec("paste-table", "-&Edit", "&Paste table", "Ctrl+V", "Learn a table that was copied from a spreadsheet"),
    ActionSpec("rename-classes", "-&Edit", "Rename &classes…", "F2", "Give the classes other names; the run goes on"),
    ActionSpec("copy-formulas", "&Edit", "Copy e&xplanation", "", "Copy all that the card Why says", "copy"),
    ActionSpec("play", "&Run", "&Play", "Space", "Train until paused", "play"),
    ActionSpec("step-sample", "-&Run", "Step one &sample", "Right", "Train on one sample more", "step-sample"),
    ActionSpec("step-batch", "&Run", "Step one &batch", "Shift+Right", "Train to the end of the batch", "step-batch"),
    ActionSpec("step-epoch", "&Run", "Step one &epoch", "Ctrl+Right", "Train to the end of the epoch", "step-epoch"),
    ActionSpec(
        "step-phase", "&Run", "Step one &phase", ".", "One phase of the next update on, with its numbers", "step-phase"
    ),
    ActionSpec("run-epochs", "&Run", "Run &N epochs", "Ctrl+Return", "Train for the number of epochs in the toolbar"),
    ActionSpec("back-sample", "-&Run", "Back one s&ample", "Left", "Go back by one sample", "step-back"),
    ActionSpec("back-batch", "&Run", "Back one ba&tch", "Shift+Left", "Go back to where the batch began", "step-back"),
    ActionSpec("back-epoch", "&Run", "Back one ep&och", "Ctrl+Left", "Go back to where the epoch began", "step-back"),
    ActionSpec("back-phase", "&Run", "Back one p&hase", ",", "Go back by one phase of an update", "back-phase"),
    ActionSpec(
        "leave-walk", "&Run", "Lea&ve the phases", "Esc", "End step by step; training stays where it is", "leave"
    ),
    ActionSpec("to-beginning", "-&Run", "To the be&ginning", "Ctrl+Home", "Go to epoch 0; nothing is forgotten"),
    ActionSpec("to-tip", "&Run", "To the &tip", "Ctrl+End", "Go to where this branch was trained to"),
    ActionSpec("previous-change", "&Run", "Pre&vious change", "Alt+Left", "Go to the change before this position"),
    ActionSpec("next-change", "&Run", "Ne&xt change", "Alt+Right", "Go to the next change on this branch"),
    ActionSpec("reset", "-&Run", "&Reset to the same weights", "R", "Start again from the same weights", "reset"),
    ActionSpec("new-seed", "&Run", "&New seed", "N", "Start again from other initial weights", "new-seed"),
    ActionSpec("keep-run", "-&Run", "&Keep this run", "K", "Keep this run, and show it beside those that follow"),
    ActionSpec("more-seeds", "&Run", "&More seeds", "M", "Train the same settings with other seeds, beside this run"),
    ActionSpec("try-several", "&Run", "&Try several values…", "T", "Train every combination of several values"),
    ActionSpec("race-optimizers", "&Run", "Race &optimizers", "", "Train with each optimizer, from the same weights"),
    ActionSpec("race-rates", "&Run", "Race learnin&g rates", "", "Train with five rates around the present one"),
    ActionSpec("faster", "-&Run", "&Faster", "+", "Raise the speed of playing"),
    ActionSpec("slower", "&Run", "S&lower", "-", "Lower the speed of playing"),
    ActionSpec("full-speed", "&Run", "F&ull speed", "F", "Play at full speed, or again at a speed that rises"),
    ActionSpec("rising-speed", "&Run", "Ris&ing speed", "Shift+F", "Play so that one sees the loss fall"),
    ActionSpec(
        "check-gradients", "-&Run", "Check &gradients…", "Ctrl+G", "Compare the gradient with differences of the loss"
    ),
    *PICK_ACTIONS,
    *PAINT_ACTIONS,
    *EXPORT_ACTIONS,
    ActionSpec("presentation", "&View", "P&resentation", "F11", "The whole screen, larger type, folded panels"),
    ActionSpec("larger-type", "&View", "La&rger type", "Ctrl++", "Make all texts larger"),
    ActionSpec("smaller-type", "&View", "S&maller type", "Ctrl+-", "Make all texts smaller"),
    ActionSpec("usual-type", "&View", "&Usual type", "Ctrl+0", "Make all texts as large as the desktop's"),
    ActionSpec("theme", "&View", "&Dark colours", "Ctrl+D", "Change between light and dark colours"),
    ActionSpec("motion", "&View", "L&ight while it plays", "", "A light runs through the network while training plays"),
    ActionSpec("fit", "&View", "Show &all points", "Home", "Show all points, and the whole record in the loss plot"),
    ActionSpec("log-axis", "&View", "&Logarithmic loss", "L", "Change between a linear and a logarithmic loss axis"),
    ActionSpec(
        "probe", "&View", "&Probe the plane", "P", "The diagram shows the activations for the point under the mouse"
    ),
    ActionSpec("report", "&View", "&Report", "Ctrl+R", "Show how well the net does, class by class"),
    ActionSpec("runs", "&View", "R&uns", "Ctrl+K", "List this run's branches and the runs that were kept"),
    ActionSpec("sweep", "&View", "S&weep", "Ctrl+T", "Bring the results of the sweep to the front"),
    ActionSpec("default-layout", "&View", "&Default layout", "", "Put every part of the window back in its place"),
    ActionSpec("shortcuts", "&Help", "&Keys and mouse", "F1", "Every shortcut on one page"),
    ActionSpec("about", "-&Help", "&About Backprop Lens", "", "What this is"),
)

PICTURE_SIZES = ("pictures-1", "pictures-2", "pictures-4")
TOOLS = tuple(spec.name for spec in PAINT_ACTIONS if spec.name.startswith("tool-"))
CHECKABLE = ("theme", "motion", "presentation", "log-axis", "probe", "paint", *PICTURE_SIZES, *TOOLS)


def make_actions(window: QMainWindow) -> dict[str, QAction]:
    """Make every action, put it into its menu and return the actions by their names."""
    menus: dict[str, QMenu] = {}
    actions: dict[str, QAction] = {}
    for spec in ACTIONS:
        title = spec.menu.lstrip("-")
        if title not in menus:
            menus[title] = QMenu(title, window)
            existing(window.menuBar()).addMenu(menus[title])
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
    sizes = QActionGroup(window)
    for name in PICTURE_SIZES:
        sizes.addAction(actions[name])
    actions[PICTURE_SIZES[0]].setChecked(True)
    return actions


def connect_actions(actions: Mapping[str, QAction], handlers: Mapping[str, Callable[[], object]]) -> None:
    """Connect every action to the handler of its name; raises KeyError if one has none."""
    for name, action in actions.items():
        action.triggered.connect(lambda _checked=False, handle=handlers[name]: handle())


def tooltip(spec: ActionSpec) -> str:
    """Return what the action does, and its key."""
    return f"{spec.tip} ({spec.shortcut})" if spec.shortcut else spec.tip


def show_step(action: QAction, verb: str, step: str | None) -> None:
    """Let Undo or Redo say which step it takes back; the action is off where there is none."""
    text = verb if step is None else f"{verb} {step.replace('&', '&&')}"
    if action.isEnabled() != (step is not None) or action.text() != text:
        action.setEnabled(step is not None)
        action.setText(text)
        what = action.statusTip() if step is None else f"{verb.replace('&', '')} {step}"
        action.setToolTip(f"{what} ({action.shortcut().toString()})")
