"""What a patient's findings mean: diagnosis, risk, stability, protocol and warnings, each with its reasons.

For clinicians to review; never autonomous, no medical device. Imports of the extractor only its data contract.
"""

from decision.assessment import Assessment
from decision.explain import Explanation, explain
from decision.patient import Patient
from decision.view import MainView, main_view
from decision.words import RULESET, assess

__all__ = ["RULESET", "Assessment", "Explanation", "MainView", "Patient", "assess", "explain", "main_view"]
