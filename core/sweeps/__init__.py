"""Many runs that differ in settings and seeds: what varies, who trains them, and the folder with their results.

What a single run does belongs to ``core.training``.
"""
