"""A run as a tree of branches over positions: which changes each branch holds, how far it got, and its keyframes.

What trains is :class:`core.training.trainer.Trainer`, which stands at one position of one branch.
"""
