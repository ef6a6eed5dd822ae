"""Why a run does not learn as it should: rules by subject, each of which may find a cause and what helps.

Each rule looks at the state of the network and at a few samples; ``first_cause`` holds their order.
"""
