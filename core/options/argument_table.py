"""Every option that sets a field of an experiment.

Names of options follow the fields of :class:`core.training.experiment.Experiment`. The choices come from the tables of
``core``, so a new activation, loss or optimizer needs no change here.
"""

from __future__ import annotations

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
from core.options.spelling import Argument, choice_of, one_of, parse_number, parse_whole, write_number
from core.options.table_arguments import TABLE_ARGUMENTS, parse_names, write_columns
from core.training.experiment import ENGINES


def _settable(name: str, what: str) -> str:
    """The help of a setting: its meaning, its range, and the data sets that have it."""
    takers = [generator.name for generator in GENERATORS.values() if name in generator.takes]
    setting = SETTINGS[name]
    return f"{what}, {setting.low:g} to {setting.high:g}; for {one_of(takers)}"


DATA = Argument(
    "--data",
    "data",
    "data",
    "FILE",
    f"a built-in set ({one_of(BUILT_IN)}) or a text file of rows x1 x2 label; with --target any table",
    parse_data,
    write_data,
)

CLASS_NAMES = Argument(
    "--class-names",
    "data.class_names",
    "data",
    "A,B,...",
    "names of the classes, in their order, instead of the names in the data",
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
        'instead of --data: points of a square, with classes by a condition such as "x2 > sin(2*x1)", or with a '
        'number to learn such as "sin(x1)*x2/3"; write a rule that begins with a minus as --rule="-x1 > x2"',
        parse_rule_source,
    ),
    Argument(
        "--points",
        "data.samples",
        "data",
        "N",
        "number of points of a built-in set or rule (default: that of the set)",
        parse_whole,
    ),
    Argument(
        "--noise",
        "data.noise",
        "data",
        "P",
        "noise of a built-in set or rule in percent (default: that of the set)",
        parse_number,
        write_number,
    ),
    Argument(
        "--data-seed",
        "data.seed",
        "data",
        "N",
        "seed of the points of a built-in set or rule (default: 0)",
        parse_whole,
    ),
    Argument("--classes", "data.classes", "data", "N", _settable("classes", "number of arms or clouds"), parse_whole),
    Argument(
        "--balance",
        "data.balance",
        "data",
        "F",
        _settable("balance", "share of the points in class 0"),
        parse_number,
        write_number,
    ),
    Argument(
        "--turns",
        "data.turns",
        "data",
        "T",
        _settable("turns", "turns of each arm"),
        parse_number,
        write_number,
    ),
    Argument(
        "--task",
        "data.task",
        "data",
        "NAME",
        f"what to learn from a file's target or a rule: classes ({TASKS[0]}) or numbers ({TASKS[1]}); the classes of "
        "a rule with numbers are their whole parts",
        choice_of(TASKS),
    ),
    CLASS_NAMES,
    *TABLE_ARGUMENTS,
    Argument(
        "--train-fraction",
        "train_fraction",
        "data",
        "F",
        "share of the points to train on; the other points are the test set",
        parse_number,
        write_number,
    ),
    Argument(
        "--standardize",
        "standardize",
        "data",
        "",
        "scale the inputs to mean 0 and standard deviation 1",
        opposite="--no-standardize",
        opposite_help="do not scale the inputs",
    ),
    Argument(
        "--only-sample",
        "only_sample",
        "data",
        "I",
        "train only on this row of the data, counted from 0",
        parse_whole,
        opposite="--all-samples",
        opposite_help="train on the whole training set",
    ),
    Argument(
        "--features",
        "features",
        "network",
        "F,F,...",
        f"inputs of the network: {one_of(FEATURES)}, and x3, x4 and so on for data with more columns",
        parse_features,
        write_names,
    ),
    Argument(
        "--hidden",
        "hidden",
        "network",
        "N,N,...",
        "neurons of each hidden layer, such as 7 or 8,8,8, or none",
        parse_hidden,
        write_hidden,
    ),
    Argument(
        "--activation",
        "activation",
        "network",
        "NAME[,NAME...]",
        f"activation of the hidden layers, one for all or one per layer: {one_of(HIDDEN_ACTIVATIONS)}",
        parse_activations,
        write_names,
    ),
    Argument(
        "--output",
        "output",
        "network",
        "NAME",
        f"activation of the output layer: {one_of(OUTPUT_ACTIVATIONS)}",
        choice_of(OUTPUT_ACTIVATIONS),
    ),
    Argument(
        "--init",
        "init",
        "network",
        "NAME[:SCALE]",
        f"distribution of the initial weights: {one_of(INITIALIZERS)}",
        parse_init,
    ),
    Argument("--bias", "bias", "network", "B", "initial value of all biases", parse_number, write_number),
    Argument("--loss", "loss", "training", "NAME", f"loss: {one_of(LOSSES)}", choice_of(LOSSES)),
    Argument(
        "--optimizer", "optimizer", "training", "NAME", f"update rule: {one_of(OPTIMIZERS)}", choice_of(OPTIMIZERS)
    ),
    Argument(
        "--momentum",
        "momentum",
        "training",
        "M",
        "coefficient of momentum and nesterov, and beta1 of adam",
        parse_number,
        write_number,
    ),
    Argument(
        "--learning-rate", "learning_rate", "training", "RATE", "factor of each update", parse_number, write_number
    ),
    Argument(
        "--schedule",
        "schedule",
        "training",
        "NAME[:N...]",
        "how the learning rate falls: constant, step:EPOCHS:FACTOR, exponential:FACTOR or cosine:EPOCHS:END",
        parse_schedule,
    ),
    Argument(
        "--warm-up",
        "warm_up",
        "training",
        "N",
        "epochs in which the learning rate rises to its full value",
        parse_whole,
    ),
    Argument("--batch-size", "batch_size", "training", "N", "samples of each update", parse_whole),
    Argument("--l1", "l1", "training", "X", "factor of the penalty on the sum of |w|", parse_number, write_number),
    Argument("--l2", "l2", "training", "X", "factor of the penalty on the sum of w^2/2", parse_number, write_number),
    Argument(
        "--dropout",
        "dropout",
        "training",
        "P",
        "share of the hidden activations that are dropped",
        parse_number,
        write_number,
    ),
    Argument(
        "--patience",
        "patience",
        "training",
        "N",
        "stop when the test loss has not fallen for N epochs, and keep the best weights",
        parse_whole,
        opposite="--no-patience",
        opposite_help="do not stop early",
    ),
    Argument(
        "--stop-loss",
        "stop_loss",
        "training",
        "L",
        "stop when the training loss is at most L",
        parse_number,
        write_number,
        opposite="--no-stop-loss",
        opposite_help="do not stop at a loss",
    ),
    Argument(
        "--shuffle",
        "shuffle",
        "training",
        "",
        "use a new order of the samples in each epoch",
        opposite="--no-shuffle",
        opposite_help="use the order of the data in each epoch",
    ),
    Argument(
        "--seed",
        "seed",
        "training",
        "N",
        "seed of the initial weights, the split and the order of samples",
        parse_whole,
    ),
    Argument(
        "--engine",
        "engine",
        "training",
        "NAME",
        f"engine that computes the updates: {one_of(ENGINES)}",
        choice_of(ENGINES),
    ),
)
"""Every option that sets a field of an experiment, in the order of the help."""
