"""What textbooks say: sentences about fractures and patients in general, which state nothing of this patient.

A page that shows a case ends with what can be learnt from it, often without a heading: "Up to a third of patients with
a burst fracture have a second one", "Always correlate with the mechanism". A sentence is general by how it begins,
since "wedging, as is common in patients with osteoporosis" is a finding; one that points at what is seen here is not.
"""

from __future__ import annotations

import re

from extractor import stems

_WORDS = stems.group(
    "patients", "women", "men ", "people", "individuals", "persons", "cases", "children", "adults", "elderly",
    "athletes", "adolescents", "always", "never", "remember", "recall", "beware", "in mind", "forget", "important",
    "usual", "typical", "general", "common", "often", "rare", "seldom", "frequent", "confus", "mistak", "misdiagnos",
    "misread", "misinterpret", "overlook", "missed", "known ", "proved", "proven",
    " late.", " late,", "up to", "literature",
    "patient ", "spine ", "skeleton", "criteri", "seen in", "found in", "silent", "asymptom", "escape",
    "belong", "contrast", "characteristic", "which ct", "which mr", "which x", "which radiogr",
)  # fmt: skip

# A word that points at this patient or at these images.
_HERE = re.compile(
    r"""
    \b(?: this | these | those | here | our | her | his | she | he | above | today | current(?:ly)? | noted
      | identified | (?:is|are|was|were)\s+seen\s+(?:at|on|here) | there\s+(?:is|are|was|were) | shows
      | demonstrates? | reveals? | compared | unchanged | prior | previous | considered | suspected | excluded
      | likely | probably | possibly | presumably | recommend\w* | known\s+(?:\w+\s+)?fractures? )\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_PEOPLE = (
    r"(?:patients|women|men|people|individuals|persons|cases|children|adults|athletes|adolescents|(?:the\s+)?elderly"
    r"|players|bowlers|runners|workers|soldiers)"
)
_SOME = (
    r"(?:(?:up\s+to|about|around|approximately|roughly|some|nearly|almost|over|more\s+than|less\s+than|at\s+least|only"
    r"|as\s+many\s+as)\s+)?"
    r"(?:(?:an?|one|two|three|four|the)\s+)?(?:\d+\s*(?:(?:-|to)\s*\d+\s*)?(?:%|per\s?cent)|half|thirds?|quarters?"
    r"|fifths?|tenth|most|many|majority|(?:small\s+)?minority|few|(?:in|out\s+of)\s+(?:\w+))"
)
_RARELY = (
    r"(?:usually|often|rarely|commonly|frequently|typically|generally|always|seldom|never|mostly"
    r"|most\s+(?:often|commonly))"
)
_KIND = (
    r"(?:osteoporotic|osteopenic|elderly|older|young|younger|postmenopausal|ankylosed|age?ing|immature|growing"
    r"|adolescent|paediatric|pediatric|stiff|rigid|fused|obese|frail|athletic)"
)
_FRACTURES = r"(?:(?:vertebral|osteoporotic|spinal|compression|burst|insufficiency|fragility)\s+)+fractures"
_GENERAL = re.compile(
    rf"""
    \W* (?:(?:comments?|remark|note|nb|n\.b\.|discussion|conclusion|pearl|message|lesson|reminder)\b\s*[:.,-]*\s*)?
    (?:
        # "Remember that ...", "Always correlate with the mechanism", "It is important to know that ..."
        (?:please\s+)?
        (?: remember\b | recall\s+that\b | beware\b | (?:bear|keep)\s+in\s+mind\b
          | (?:do\s+not|don't|never|not\s+to)\s+forget\b
          | (?:always|never)\s+(?!seen|shown|affected|involved|present|been|had|a\b|the\b)[a-z]+
          | it\s+(?:is|remains)\s+(?:important|worth|essential|useful|vital|crucial|well)\s+(?:to\s+)?
            (?:know|remember|reali[sz]|recogni[sz]|bear)\w*
          | it\s+(?:should|must)\s+(?:always\s+)?be\s+(?:remembered|borne|kept)\b )
        # "Up to a fifth of patients with a burst fracture ...", "Two thirds of vertebral fractures never ..."
      | (?:in\s+)?{_SOME}\s+(?:of\s+)?
        (?:(?:all|the|such|elite|these|older|elderly|young|osteoporotic|postmenopausal|affected)\s+){{0,3}}{_PEOPLE}\b
      | {_SOME}\s+(?:of\s+)?(?:all\s+|such\s+)?{_FRACTURES}\s+
        (?: (?:are|is)\s+(?:clinically\s+)?
            (?:silent|asymptomatic|missed|overlooked|painless|undiagnosed|unrecogni[sz]ed)
          | never | go | escape | occur | come )\b
      | up\s+to\s+(?:an?\s+|one\s+|two\s+)?(?:half|thirds?|quarter|fifth|\d+\s*%)\s+of\s+(?!the\b|its\b|vertebra|bod)
        [^.;,]{{3,40}}? \s+(?:will\s+)?(?:have|has|show|develop|suffer|never|go|remain)\b
        # "In the osteoporotic patient even a cough can ...", "In an ankylosed spine every pain should ..."
      | (?:in|among|for)\s+(?:(?:the|an?|any|every|each)\s+)?(?:{_KIND}\s+){{1,2}}
        (?:patient|woman|man|child|adult|person|spine|skeleton|athlete|{_PEOPLE})s?\b
        [^.;]*\b(?:can|may|should|must|could|might|{_RARELY})\b
        # "A benign fracture usually keeps ...", "Cold abscesses are late", "The leak is a known phenomenon"
      | (?!the\s+\w+s\s)(?!(?:the\s+)?(?:patient|pt|man|woman|lady|gentleman)\b)
        (?!both\b|all\b|multiple\b|several\b|there\b)(?:(?:an?|any|every|the)\s+)?
        (?:(?!(?:is|are|was|were|has|have|had|with|in|at|of\s+the)\b)[\w'/-]+\s+){{1,7}}?
        (?: (?:is|are)\s+(?:an?\s+)?(?:well[\s-])?known\s+
            (?:to|phenomen\w+|complication|cause|entity|pitfall|mimic|feature|consequence|association)\b
          | (?:is|are)\s+(?:very\s+|quite\s+)?
            (?: rare | uncommon | late(?=\s*[.,;]|$)
              | (?:the\s+)?(?:second\s+|third\s+)?most\s+(?:common|frequent)(?:ly)? )\b(?!\s+(?:at|in\s+the|on)\b)
          | (?:is|are)\s+
            (?:usually|often|rarely|commonly|frequently|typically|seldom|always|most\s+(?:often|commonly))\s+[a-z]
          | (?:may|can|could)\s+(?:also\s+|easily\s+|often\s+)?be\s+
            (?: misdiagnosed | misread | misinterpreted | mistaken | confused | overlooked
              | (?:seen|found)\s+in\b(?!\s+the\b) )
          | {_RARELY}\s+
            (?: keeps? | has | have | shows? | spares? | involves? | affects? | occurs? | presents? | causes? | leads?
              | results? | retains? | heals? | begins? | sits? | starts? | arises? )\b
          | (?:develops?|arises?|results?)\s+(?:from|when)\b [^.;]* \b(?:may|can|usually|often)\b
          | [^.;]{{0,50}},?\s+which\s+(?:ct|mri?|films?|x-?rays?|radiographs?)\s+
            (?:cannot|can\s+not|(?:does|do|may)\s+not|miss(?:es)?)\b
          | criteria\s*(?:require|demand|are|ask|:)
          | (?:shapes?|signs?|appearances?|patterns?|vertebrae?)\s+
            (?:belongs?\s+to|(?:is|are)\s+(?:typical|characteristic)\s+of)\b
          | [^.;]{{0,30}},\s*by\s+(?:contrast|comparison),
          | (?:[\w'-]+\s+){{0,8}} (?:is|are)\s+ [^.;]{{3,60}} \buntil\s+prove[nd]\s+otherwise )
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)


# A scheme of grades is explained: "Grade 0, normal; grade 1, reduction of 20-25 %; grade 2, 25-40 %".
_SCHEME = re.compile(
    r"\bgrade\s*0?[01]\b[^.]{0,60}?(?:\d|normal|reduction|loss)[^.]{0,40}?\bgrade\s*[12]\b[^.]{0,40}?(?:%|reduction|loss)[^.]{0,40}?"
    r"\bgrade\s*[23]\b"
    r"|\b0\s*[=:]\s*[^=:]{1,40}\b[12]\s*[=:]\s*[^=:]{1,60}\b[23]\s*[=:]",
    re.IGNORECASE,
)
# One entry of a legend that was cut at its semicolons: "Key to grades: 0 = normal", "3 = over 40% reduction in height".
_ENTRY = re.compile(
    r"""
    \W* (?:(?:key|legend|scale|scheme|grad(?:es|ing)|scoring|codes?)\b[^.;=]{0,40}[:,(-]\s*)?
    (?: [0-4]\s*= | (?:genant\s+|sq\s+)?grade\s*[0-4]\s*=\s*
        (?:normal|no\b|over|above|more|less|under|up\s+to|[<>\u2264\u2265]|\d+\s*%?\s*(?:-|to|\u2013)\s*\d) )
    """,
    re.VERBOSE | re.IGNORECASE,
)


# A drawing shows no patient: "Schematic drawing of the grading of deformities", "wedge and crush types are shown".
_DRAWING = re.compile(
    r"\b(?:schematic|diagram|cartoon|line\s+drawing|drawings?|illustration)\b[^.]{0,80}\b(?:grad|scor|classif|types?|scheme|method|measur|deformit)"
    r"|\btypes\s+(?:of\s+\w+\s+)?(?:are|is)\s+(?:shown|illustrated|drawn|depicted)",
    re.IGNORECASE,
)


# The same in brackets behind a finding: "wedge fracture (0 = none, 1 = mild, 2 = moderate, 3 = severe)".
_BRACKETED = re.compile(r"\((?:[^()=]{0,40}\b)?0\s*=[^()]{1,60}\b1\s*=[^()]{1,160}\)", re.IGNORECASE)


def legend(text: str) -> tuple[int, int] | None:
    """Where a sentence explains a scheme of grades in brackets."""
    match = _BRACKETED.search(text) if "=" in text else None
    return match.span() if match else None


# What is no statement whatever vertebra it names: a reminder, what holds of any such vertebra, and what would be if.
_SUPPOSED = re.compile(
    r"""
    ^\W* (?:and\s+|but\s+)?
    (?: (?:please\s+|always\s+)? (?:remember|recall|bear\s+in\s+mind|keep\s+in\s+mind) \s+ that\b
      | (?:should|were|had) \s+ (?:the|these|this|those|it|he|she|they|there|any|an?|either|his|her|one|further|new)\b
        (?:[^.;]|\.\d)*? (?:,|\b(?:would|could|please|consider|we|i)\b)
    )
    | ^\W* (?:referred|sent|requested|asked) \s+ (?:by|from|as|with|whether|if)\b [^.]* \?
    | \b(?:an?|any|every|each) \s+ [^.;]{3,80} \b(?:is|are) \s+ [^.;]{3,40} \b until \s+ prove[nd] \s+ otherwise
    | \b(?:classically|typically|most\s+often) \s+ (?:found|seen|located|situated|occurs?|occurring) \s+ (?:in|at)\b
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SUPPOSED_WORDS = stems.group(
    "should",
    "were ",
    "had ",
    "remember",
    "recall",
    "in mind",
    "prove",
    "classic",
    "typical",
    "most often",
    "refer",
    "sent",
    "request",
    "asked",
)


def only_supposes(text: str) -> bool:
    """Whether a sentence that may name vertebrae states nothing of this patient: "should L1 have collapsed, ..."."""
    return bool(stems.found(text) & _SUPPOSED_WORDS) and _SUPPOSED.search(text) is not None


def speaks_in_general(text: str) -> bool:
    """Whether a sentence that names no vertebra speaks of fractures or patients in general."""
    if _SCHEME.search(text) or _ENTRY.match(text) or _DRAWING.search(text):
        return True
    return bool(stems.found(text) & _WORDS) and _GENERAL.match(text) is not None and _HERE.search(text) is None
