"""Statistical models trained on the annotated corpus, each with its card beside it.

This version has none: rules decide everything, and the ``confidence`` of a finding is null.
"""
