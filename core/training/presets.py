"""Experiments that are worth seeing, each with a short commentary.

Every figure in a commentary is measured with the preset as it stands (seed 0), and
``tests/core/training/test_presets.py`` runs them all again.
"""

from __future__ import annotations

import dataclasses

from core.base.translation import _
from core.base.values import dataclass
from core.data.data_source import default_source
from core.training.experiment import Decay, Experiment, Init


@dataclass(frozen=True, eq=False)
class Preset:
    """An experiment with a name.

    Attributes:
        name: key in :data:`PRESETS`, as the command line spells it.
        title: text in menus.
        experiment: what is run.
        epochs: the epochs after which the commentary holds; at least 1.
        commentary: what the experiment shows, in a few plain sentences.
        summary: what one will see, in one short sentence.
        level: 1 for a first look, 2 and 3 for what takes more understanding.
    """

    name: str
    title: str
    experiment: Experiment
    epochs: int
    commentary: str
    summary: str
    level: int

    @property
    def short_title(self) -> str:
        """The title without the sizes of the layers."""
        return self.title.rpartition(", ")[0] or self.title


SHALLOW = Experiment()
DEEP = SHALLOW.replace(hidden=(4, 4, 4), activation="relu")
PLAYGROUND = Experiment(
    data=default_source("circle"),
    hidden=(4, 2),
    activation="tanh",
    learning_rate=0.3,
    batch_size=10,
    init=Init("glorot"),
    train_fraction=0.5,
)
"""What the presets on built-in sets have in common; its data, net, batch and split are TensorFlow Playground's."""

SPIRAL = PLAYGROUND.replace(data=default_source("spiral"), hidden=(16, 16), learning_rate=0.5, train_fraction=0.8)
"""The presets on the spiral differ from it in the net and the inputs alone."""

PRESETS: dict[str, Preset] = {
    preset.name: preset
    for preset in (
        Preset(
            "shallow",
            _("Shallow net, 2-7-2"),
            SHALLOW,
            epochs=16,
            commentary=(
                _(
                    "One hidden layer of seven sigmoid neurons learns two clouds, one sample at a time. The loss stays "
                    "near 0.125, that of an undecided net, for about three epochs, because the initial weights are "
                    "tiny; then it falls, to 0.020 after epoch 8 and 0.0058 after 16, where 99.9 % of the points are "
                    "right. At first the whole plane has one colour. Then a border comes in from the lower right, "
                    "crosses the orange cloud and settles between the two, and the colours deepen as the net becomes "
                    "sure of its answers."
                )
            ),
            summary=_("The loss stands still for three epochs, then the net finds the border."),
            level=1,
        ),
        Preset(
            "deep",
            _("Deep net that stands still, 2-4-4-4-2"),
            DEEP,
            epochs=16,
            commentary=(
                _(
                    "Three hidden layers, and nothing happens: after 16 epochs the loss is 0.125 still and every "
                    "second point is wrong. Going back, the gradient is multiplied by weights of about 0.01 in each "
                    'layer, so that next to nothing of it reaches the lower ones: it vanishes. On the page "history" '
                    "its norm is 0.177 in the output layer at the start and 1.08e−6 in the first, 160\u202f000 times "
                    "less. Only the output biases feel anything, and with as many points in one class as in the other "
                    "they are pulled both ways alike. With the "
                    'initial weights "He", under More settings, the same net gets 99.9 % of the points right (with '
                    'seed 2 it stands still again, its ReLU neurons dead). The preset "Deep net on one sample" shows '
                    "that its loss can fall all the same."
                )
            ),
            summary=_("Three layers, and nothing happens: the gradient vanishes."),
            level=2,
        ),
        Preset(
            "deep-one-sample",
            _("Deep net on one sample"),
            DEEP.replace(only_sample=0),
            epochs=16,
            commentary=(
                _(
                    "The deep net is shown the first point a thousand times an epoch and no other, and its loss falls "
                    "at once: 0.0215 after epoch 1, 0.0044 after 4, 0.0020 after 8, 0.00093 after 16. All that this "
                    "takes is a move of the two output biases, and the weights hardly stir: the net now answers class "
                    "0 wherever you ask, and half of the other points are wrong. A falling loss alone does not show "
                    "that a net has learned its task."
                )
            ),
            summary=_("The loss falls, yet the net learns one answer only."),
            level=3,
        ),
        Preset(
            "six-sigmoids",
            _("Six sigmoid layers, 2-6-6-6-6-6-6-2"),
            PLAYGROUND.replace(
                data=dataclasses.replace(default_source("circle"), samples=200), hidden=(6,) * 6, activation="sigmoid"
            ),
            epochs=50,
            commentary=(
                _(
                    "A hundred points to train on, six hidden layers of sigmoids, and nothing is learned: after 50 "
                    "epochs the loss is 0.123 still, with one answer everywhere. Going back, each layer multiplies "
                    'the gradient by the slope of its sigmoids, a quarter at most. On the page "history" its norm '
                    "is 0.259 in the output layer at the start and 9.96e−5 in the first, 2\u202f600 times less: it "
                    "vanishes. The slope of tanh is up to 1. Choose Tanh as the activation, in the row of settings "
                    "above the diagram, and every point is right within 50 epochs."
                )
            ),
            summary=_("The gradient vanishes on its way back. Then try tanh."),
            level=2,
        ),
        Preset(
            "circle",
            _("Circle, 2-4-2-2"),
            PLAYGROUND,
            epochs=100,
            commentary=(
                _(
                    "A disc inside a ring: no straight line parts them, so the hidden layers must bend one. For ten "
                    "epochs little seems to happen while the first tanh neurons find their directions; by epoch 50 "
                    "they enclose the disc and every test point is right. Half of the points are held back as the test "
                    "set, and its loss falls along with that of the training set: the net has learned the shape and "
                    "not "
                    "the points."
                )
            ),
            summary=_("Hidden layers bend a line into a ring."),
            level=1,
        ),
        Preset(
            "xor",
            _("Exclusive or, 2-8-2"),
            PLAYGROUND.replace(data=default_source("xor"), hidden=(8,)),
            epochs=200,
            commentary=(
                _(
                    "The class depends on whether the two coordinates have the same sign: neither of them tells "
                    "anything by itself. Without a hidden layer the border is a straight line, which gets at most "
                    "three quarters of these points; one hidden layer is enough. Most of the plane is right within 20 "
                    "epochs, and the rest of the time goes into the points near the two axes."
                )
            ),
            summary=_("No straight line helps; one hidden layer does."),
            level=1,
        ),
        Preset(
            "gauss",
            _("Two clouds, no hidden layer"),
            PLAYGROUND.replace(data=default_source("gauss"), hidden=(), learning_rate=0.03, init=Init("zeros")),
            epochs=20,
            commentary=(
                _(
                    "The easiest of all: a straight line parts the clouds, so the net needs no hidden layer, and all "
                    "points are right after the first epoch. Without a hidden layer the weights may even start at "
                    'zero; the preset "Zeros" shows what that does to a net with one. The loss keeps falling, since '
                    "softmax comes ever closer to 0 and 1 as the weights grow."
                )
            ),
            summary=_("A straight line is enough, and no hidden layer."),
            level=1,
        ),
        Preset(
            "moons",
            _("Two moons, 2-8-2"),
            PLAYGROUND.replace(data=default_source("moons"), hidden=(8,)),
            epochs=100,
            commentary=(
                _(
                    "Two half circles, each reaching into the other. A nearly straight border is found in the first "
                    "epoch and is right for almost nine points in ten; bending it around the two tips takes the other "
                    "99 epochs."
                )
            ),
            summary=_("Quick at first, then patience for the tips."),
            level=1,
        ),
        Preset(
            "blobs",
            _("Three clouds, 2-4-3"),
            PLAYGROUND.replace(data=default_source("blobs"), hidden=(4,), learning_rate=0.1),
            epochs=30,
            commentary=(
                _(
                    "Three classes, three outputs: softmax makes them sum to one, so raising one lowers the others. "
                    "The borders cut the plane into three parts; the paler the colour beside them, the less sure the "
                    "net is. All points are right within ten epochs."
                )
            ),
            summary=_("Three classes, three outputs that sum to one."),
            level=1,
        ),
        Preset(
            "spiral-straight",
            _("Spiral without hidden layers, 2-2"),
            SPIRAL.replace(hidden=()),
            epochs=50,
            commentary=(
                _(
                    "Two arms wound around each other, and a net without a hidden layer, which draws one straight "
                    "border. Within five epochs it is as good as it gets: a loss of 0.117, with six of ten points "
                    "right at best. Nothing more comes, however long you train; the border only shakes. Click x1² "
                    "among the inputs and play: that bends the border, yet never more than six of ten points are "
                    "right; and so large an input, up to 25, makes the loss jump at this rate. "
                    'The presets "Spiral" and "Spiral with sines" differ from this one in the net and the inputs '
                    "alone: with hidden layers the net finds the turns, and with sines as well far sooner."
                )
            ),
            summary=_("One straight border is not enough."),
            level=1,
        ),
        Preset(
            "spiral",
            _("Spiral, 2-16-16-2"),
            SPIRAL,
            epochs=300,
            commentary=(
                _(
                    "The hard one: two arms wound around each other. For fifty epochs the loss comes down from 0.12 to "
                    "0.10 only, as if nothing more were to be had; between 100 and 200 the net finds the turns, and by "
                    "epoch 300 it has more than 99 % of the points. Be patient before you call a run stuck, and try "
                    "another seed: the moment when the loss starts to fall is a different one each time."
                )
            ),
            summary=_("A long plateau, then the net finds the turns."),
            level=2,
        ),
        Preset(
            "spiral3",
            _("Three-arm spiral, 2-16-16-3"),
            PLAYGROUND.replace(data=default_source("spiral3"), hidden=(16, 16), learning_rate=0.5, train_fraction=0.8),
            epochs=150,
            commentary=(
                _(
                    "Three arms and three classes. Every training point is right after a hundred epochs, while two of "
                    "the 120 test points stay wrong: both lie exactly at the centre, where all three arms begin, and "
                    "no net can tell them apart. Not every error is the net's fault."
                )
            ),
            summary=_("All points right but two, which no net can tell apart."),
            level=2,
        ),
        Preset(
            "spiral-sines",
            _("Spiral with sines, 4-8-2"),
            SPIRAL.replace(features=("x1", "x2", "sin-x1", "sin-x2"), hidden=(8,)),
            epochs=50,
            commentary=(
                _(
                    'The spiral again, with the settings of the preset "Spiral" but two: the net is given the sines '
                    "of the coordinates as well, so that its first layer already has waves to build turns from, and "
                    "it has one layer of 8 neurons, not two of 16. After 30 epochs 97 % of the training points are "
                    'right, and after 50 more than 99 %; "Spiral" needs 160 and 180 epochs for that. What a net is '
                    "given may matter more than its size."
                )
            ),
            summary=_("With better inputs a small net learns it sooner."),
            level=2,
        ),
        Preset(
            "bumps",
            _("Six bumps: regression, 2-16-16-1"),
            PLAYGROUND.replace(
                data=default_source("multi-gauss"),
                hidden=(16, 16),
                output="linear",
                optimizer="adam",
                learning_rate=0.03,
                schedule=Decay("cosine", (200, 0.0)),
                train_fraction=0.8,
            ),
            epochs=200,
            commentary=(
                _(
                    "Not a class but a number is learned: the height of six bumps, three up and three down. The "
                    "output is "
                    "linear, and R² takes the place of accuracy: 0 for a net that always answers the mean, 1 for one "
                    "that "
                    "is right everywhere. The learning rate falls along a cosine to 0 at epoch 200: large steps find "
                    "the "
                    "bumps, small ones fit them. R² of the test set is about 0.7 after 10 epochs, and 0.98 at the end."
                )
            ),
            summary=_("A number is learned: three bumps up, three down."),
            level=2,
        ),
        Preset(
            "overfit",
            _("Overfitting, 2-32-32-2"),
            PLAYGROUND.replace(
                data=dataclasses.replace(default_source("xor"), samples=200, noise=35.0, seed=13),
                hidden=(32, 32),
                loss="cross-entropy",
                optimizer="adam",
                learning_rate=0.01,
            ),
            epochs=150,
            commentary=(
                _(
                    "A hundred noisy points to train on, and more than a thousand weights: the net has room to "
                    "learn the noise. The training loss falls all the way to 0.046, while the loss of the hundred "
                    "test points is lowest, 0.279, after epoch 11, with 89 % of them right, and has more than "
                    "doubled, to 0.608 and 81 %, by epoch 150. Early stopping (More settings ▸ When to stop), after "
                    "20 epochs without a lower test loss, stops at epoch 31 and goes back to epoch 11. An L2 penalty "
                    "of 0.01 keeps the test loss at 0.305, and 89 % right."
                )
            ),
            summary=_("The training loss falls while the test loss rises."),
            level=2,
        ),
        Preset(
            "zeros",
            _("Zeros: neurons that stay alike, 2-8-2"),
            PLAYGROUND.replace(hidden=(8,), activation="sigmoid", init=Init("zeros")),
            epochs=100,
            commentary=(
                _(
                    "All weights start at zero, so all eight hidden neurons compute the same, get the same gradient "
                    "and stay the same for ever: the net is no better than one with a single hidden neuron, and the "
                    "circle is out of its reach. After 100 epochs it is wrong as often as right. Nothing is wrong with "
                    'the net: with the initial weights "Glorot", which differ by chance, it gets every point.'
                )
            ),
            summary=_("All weights start alike, and stay alike for ever."),
            level=3,
        ),
    )
}
"""Every preset by name, in the order of the menus."""

DEFAULT_PRESET = "shallow"


def lesson_of(experiment: Experiment, before: Preset | None) -> Preset | None:
    """The preset whose text tells of an experiment: the one that it is, or the one before with other settings.

    On data of another kind the text would tell of what is not there.
    """
    lesson = preset_of(experiment) or before
    return lesson if lesson is not None and lesson.experiment.data.kind == experiment.data.kind else None


def preset_of(experiment: Experiment) -> Preset | None:
    """The preset that an experiment is, unchanged; None if it is none."""
    return next((preset for preset in PRESETS.values() if preset.experiment == experiment), None)
