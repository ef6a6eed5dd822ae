"""A typed rule such as ``x2 > sin(2*x1)``, which labels the points of the plane; no text is ever run as code.

- ``rule_tree``: a rule as a small tree of frozen values, its values over whole columns, and its text.
- ``rule_parser``: from a text to the tree, or to a RuleError that names the place.
- ``rule_labels``: from the tree to a Dataset.
"""
