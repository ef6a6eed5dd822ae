"""Every option that sets a field of an experiment.

Names of options follow the fields of :class:`core.training.experiment.Experiment`. The choices come from the tables of
``core``, so a new activation, loss or optimizer needs no change here.
"""

from __future__ import annotations

from core.base.translation import _
from core.data.features import FEATURES
from core.data.generators import GENERATORS, SETTINGS
from core.network.activations import HIDDEN_ACTIVATIONS, OUTPUT_ACTIVATIONS
from core.network.initializers import INITIALIZERS
from core.network.losses import LOSSES
from core.network.optimizers import OPTIMIZERS
from core.network.tasks import TASKS
from core.options.argument_values import (
    BUILT_IN,
    parse_activations,
    parse_data,
    parse_features,
    parse_hidden,
    parse_init,
    parse_rule_source,
    parse_schedule,
    write_data,
    write_hidden,
    write_names,
)
from core.options.spelling import Argument, choice_of, one_of, parse_number, parse_whole, write_float
from core.options.table_arguments import TABLE_ARGUMENTS, parse_names, write_columns
from core.training.experiment import ENGINES


def _settable(name: str, what: str) -> str:
    """The help of a setting: its meaning, its range, and the data sets that have it."""
    takers = [generator.name for generator in GENERATORS.values() if name in generator.takes]
    setting = SETTINGS[name]
    return _("{what}, {low:g} to {high:g}; only for {takers}").format(
        what=what, low=setting.low, high=setting.high, takers=one_of(takers)
    )


DATA = Argument(
    "--data",
    "data",
    "data",
    "FILE",
    _("a built-in data set ({built_in}) or a file: rows x1 x2 label or, with --target, any table").format(
        built_in=one_of(BUILT_IN)
    ),
    parse_data,
    write_data,
)

CLASS_NAMES = Argument(
    "--class-names",
    "data.class_names",
    "data",
    "A,B,...",
    _("names of the classes, in the order of the network's outputs; they replace the names in the data"),
    parse_names,
    write_columns,
)

ARGUMENTS: tuple[Argument, ...] = (
    DATA,
    Argument(
        "--rule",
        "data.rule",
        "data",
        "RULE",
        _(
            'instead of --data: random points in a square, labelled by a condition such as "x2 > sin(2*x1)" or by a '
            'number such as "sin(x1)*x2/3"; write a rule that begins with a minus as --rule="-x1 > x2"'
        ),
        parse_rule_source,
    ),
    Argument(
        "--points",
        "data.samples",
        "data",
        "N",
        _("number of points of a built-in set or rule (default: its own)"),
        parse_whole,
    ),
    Argument(
        "--noise",
        "data.noise",
        "data",
        "P",
        _("noise of a built-in set or rule in percent (default: its own)"),
        parse_number,
        write_float,
    ),
    Argument(
        "--data-seed",
        "data.seed",
        "data",
        "N",
        _("seed that places the points of a built-in set or rule (default: 0)"),
        parse_whole,
    ),
    Argument(
        "--classes", "data.classes", "data", "N", _settable("classes", _("number of arms or clouds")), parse_whole
    ),
    Argument(
        "--balance",
        "data.balance",
        "data",
        "F",
        _settable("balance", _("fraction of the points in class 0")),
        parse_number,
        write_float,
    ),
    Argument(
        "--turns",
        "data.turns",
        "data",
        "T",
        _settable("turns", _("turns of each arm")),
        parse_number,
        write_float,
    ),
    Argument(
        "--task",
        "data.task",
        "data",
        "NAME",
        _(
            "what to predict from a file's last column or its target: a class ({classes}) or a number ({numbers}); if "
            "a "
            "rule gives numbers, {classes} takes their whole parts as classes"
        ).format(classes=TASKS[0], numbers=TASKS[1]),
        choice_of(TASKS),
    ),
    CLASS_NAMES,
    *TABLE_ARGUMENTS,
    Argument(
        "--train-fraction",
        "train_fraction",
        "data",
        "F",
        _("fraction of the points in the training set; the others are the test set"),
        parse_number,
        write_float,
    ),
    Argument(
        "--standardize",
        "standardize",
        "data",
        "",
        _("scale each input to mean 0 and standard deviation 1"),
        opposite="--no-standardize",
        opposite_help=_("do not scale the inputs"),
    ),
    Argument(
        "--standardize-target",
        "standardize_target",
        "data",
        "",
        _("for regression, scale the target likewise (default: as --standardize)"),
        opposite="--no-standardize-target",
        opposite_help=_("learn the target as it is"),
    ),
    Argument(
        "--only-sample",
        "only_sample",
        "data",
        "I",
        _("train on this row of the data only; rows count from 0"),
        parse_whole,
        opposite="--all-samples",
        opposite_help=_("train on the whole training set"),
    ),
    Argument(
        "--features",
        "features",
        "network",
        "F,F,...",
        _("inputs of the network: {features}; with more columns also x3, x4 and so on").format(
            features=one_of(FEATURES)
        ),
        parse_features,
        write_names,
    ),
    Argument(
        "--hidden",
        "hidden",
        "network",
        "N,N,...",
        _("number of neurons in each hidden layer, such as 7 or 8,8,8; none for no hidden layer"),
        parse_hidden,
        write_hidden,
    ),
    Argument(
        "--activation",
        "activation",
        "network",
        "NAME[,NAME...]",
        _("activation of the hidden layers, one for all or one per layer: {hidden_activations}").format(
            hidden_activations=one_of(HIDDEN_ACTIVATIONS)
        ),
        parse_activations,
        write_names,
    ),
    Argument(
        "--output",
        "output",
        "network",
        "NAME",
        _("activation of the output layer: {output_activations}").format(output_activations=one_of(OUTPUT_ACTIVATIONS)),
        choice_of(OUTPUT_ACTIVATIONS),
    ),
    Argument(
        "--init",
        "init",
        "network",
        "NAME[:SCALE]",
        _("distribution of the initial weights and its scale: {initializers}").format(
            initializers=one_of(INITIALIZERS)
        ),
        parse_init,
    ),
    Argument("--bias", "bias", "network", "B", _("initial value of all biases"), parse_number, write_float),
    Argument(
        "--loss",
        "loss",
        "training",
        "NAME",
        _("loss that training minimises: {losses}").format(losses=one_of(LOSSES)),
        choice_of(LOSSES),
    ),
    Argument(
        "--optimizer",
        "optimizer",
        "training",
        "NAME",
        _("update rule: {optimizers}").format(optimizers=one_of(OPTIMIZERS)),
        choice_of(OPTIMIZERS),
    ),
    Argument(
        "--momentum",
        "momentum",
        "training",
        "M",
        _("fraction of the previous update that momentum and nesterov keep; beta1 of adam"),
        parse_number,
        write_float,
    ),
    Argument(
        "--learning-rate",
        "learning_rate",
        "training",
        "RATE",
        _("factor of the gradient in each update"),
        parse_number,
        write_float,
    ),
    Argument(
        "--schedule",
        "schedule",
        "training",
        "NAME[:N...]",
        _("how the learning rate changes: constant, step:EPOCHS:FACTOR, exponential:FACTOR or cosine:EPOCHS:END"),
        parse_schedule,
    ),
    Argument(
        "--warm-up",
        "warm_up",
        "training",
        "N",
        _("epochs in which the learning rate rises to its full value"),
        parse_whole,
    ),
    Argument("--batch-size", "batch_size", "training", "N", _("number of samples per update"), parse_whole),
    Argument(
        "--l1", "l1", "training", "X", _("factor of the L1 penalty, X times the sum of |w|"), parse_number, write_float
    ),
    Argument(
        "--l2",
        "l2",
        "training",
        "X",
        _("factor of the L2 penalty, X times the sum of w^2/2"),
        parse_number,
        write_float,
    ),
    Argument(
        "--dropout",
        "dropout",
        "training",
        "P",
        _("fraction of the hidden activations that are dropped"),
        parse_number,
        write_float,
    ),
    Argument(
        "--patience",
        "patience",
        "training",
        "N",
        _("stop when the test loss has not fallen for N epochs; the run then keeps the weights of its best epoch"),
        parse_whole,
        opposite="--no-patience",
        opposite_help=_("do not stop early"),
    ),
    Argument(
        "--stop-loss",
        "stop_loss",
        "training",
        "L",
        _("stop when the training loss is at most L"),
        parse_number,
        write_float,
        opposite="--no-stop-loss",
        opposite_help=_("do not stop at a training loss"),
    ),
    Argument(
        "--shuffle",
        "shuffle",
        "training",
        "",
        _("shuffle the samples before every epoch"),
        opposite="--no-shuffle",
        opposite_help=_("take the samples in the order of the data"),
    ),
    Argument(
        "--seed",
        "seed",
        "training",
        "N",
        _("seed of the initial weights, the split into training and test set, and the shuffling"),
        parse_whole,
    ),
    Argument(
        "--engine",
        "engine",
        "training",
        "NAME",
        _("engine that trains: {engines}; auto is compiled if Numba is installed").format(engines=one_of(ENGINES)),
        choice_of(ENGINES),
    ),
)
"""Every option that sets a field of an experiment, in the order of the help."""
