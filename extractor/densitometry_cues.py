"""Cues of densitometry prose: the words around a number that say what it is not, when it was, and which way it moved.

Every expression is short-sighted on purpose: it looks at the words right before or right behind a number, because the
next clause may speak of another site or another time. What several readers share lives in ``densitometry_words``.
"""

from __future__ import annotations

import re

ABBREVIATION = re.compile(
    r"(?:\b(?:vs|approx|dr|mr|mrs|ms|st|no|fig|lt|rt|resp|prev|fem|tot|sin|dx|dext|troch|dev|std|i\.e|e\.g|cf|ca|incl|"
    r"excl|avg|max|min|sc|neg|sq|dist|prox|[A-Z]))\.$",
    re.IGNORECASE,
)
STOP = re.compile(
    r"(?<!\d)[.!?](?=[ \t]*\n[ \t]*\d+\b(?![.)]))|(?!\.[ \t]*\n[ \t]*\d+\b(?![.)]))[.!?](?=[ "
    r"\t\n]+[\"'(]?(?:[A-Z]|\d+[.)][ ]|\d{1,4}[/.-]\d{1,2}[/.-]\d{2,4})|[ \t]*$|[ \t]*\n[ \t]*\n)|"
    r"\n(?=\s*\n)|\bperiod\b(?=\s+(?!of\b|between\b|from\b|during\b|in\b|is\b|was\b)[a-z])"
)
NO_STOP = re.compile(
    r"\b(?:an?|the|this|that|same|each|any|no|per|of|over|time|menstrual|study|follow-?up|observation|long|short|last|years?"
    r"|months?|weeks?|days?)[\s-]+$",
    re.IGNORECASE,
)
"""Before a "period" that is a stretch of time, not a full stop that was dictated."""
SPLIT_DECIMAL = re.compile(r".{0,2}?(?:[-+ ]\d|[ ]0)\.[ \t]*\n[ \t]*\d+(?!\d*\))", re.DOTALL)
SECTION = re.compile(
    r"\s*(?:\d+[.)]\s*)?(?:impressions?|conclusions?|opinion|technique|indications?|"
    r"(?:clinical )?history|clinical (?:data|information|details|indication)|recommendations?|"
    r"interpretation|findings|"
    r"assessment|comments?|comparison|diagnosis|summary|results?|procedure|exam(?:ination)?|plan|"
    r"discussion|notes?)\b\s*(?=[:\n]|$|\W*$)",
    re.IGNORECASE,
)
CONCLUSION = re.compile(
    r"\s*(?:\d+[.)]\s*)?(?:impressions?|conclusions?|opinion|summary|interpretation|assessment|diagnosis|comments?)\b",
    re.IGNORECASE,
)
CONCLUDING = re.compile(r"\b(?:lowest|worst|impression|conclusion|diagnosis|based on|on the basis of)\b", re.IGNORECASE)
SCAN = re.compile(r"\b(?:DXA|DEXA|BMD|densitometry|bone densit\w+)\b", re.IGNORECASE)
ARROW_BEFORE = re.compile(r"(?:\u2192|->|-->|=>)\s*$")
ARROW_AFTER = re.compile(r"\s*(?:SD|g/cm2)?\s*(?:\u2192|->|-->|=>)\s*[-+]?\d")
REFERENCE_HEADING = re.compile(
    r"\b(?:reference|normal) (?:ranges?|values?|data|intervals?)\b|\bWHO\b|\b(?:definitions?|legend|criteria)\b",
    re.IGNORECASE,
)
OF_OTHERS = re.compile(
    r"(?:\b(?:mother|father|sister|brother|aunt|uncle|grandmother|grandfather|daughter|husband|wife|spouse|partner"
    r"|neighbou?r|twin|cousin|parents?|friend|relatives?)(?:'s)?\b"
    r"|\b(?:average|mean|typical|expected|normal)\s+(?:(?:[TZ][ -]?scores?|BMD|value|density)\s+(?:of|in|for)\s+)?"
    r"(?:(?:an?|the|healthy|normal|young|elderly|older|caucasian|white|asian)\s+)*"
    r"(?:wom[ae]n|m[ae]n|adults?|females?|males?|persons?|population|people)\b"
    r"|\byoung[ -]adult\s+mean\s+(?:BMD|density)\b)"
    # ... and nothing that leads back to the patient.
    r"(?:(?!\b(?:patient|pt|she|he|herself|himself|our|today|current|scan\s+shows|her\s+own|his\s+own)\b"
    r"|[,.]\s*(?:DXA|DEXA|densitom))[^;\n])*$",
    re.IGNORECASE,
)
"""Words by which a value is of a relative or of a population, up to the value."""
PRIOR_LABEL = re.compile(
    r"\b(?:prev(?:ious(?:ly)?)?|prior|earlier|last)\b\.?\s*(?:(?:DXA|DEXA|BMD|scan|study|exam(?:ination)?|values?|results?)\s*)?"
    r"\(?\s*(?:in\s+|of\s+|from\s+)?(?:\d{1,2}[/.-])?(?P<year>(?:19|20)\d\d)(?:\s*,[^():\n]{0,25})?\s*\)?\s*:",
    re.IGNORECASE,
)
LABEL_ENDS = re.compile(r"\n|\b(?:today|now|current(?:ly)?|this\s+(?:scan|exam|study|time))\b", re.IGNORECASE)
SCORE_ENDS = re.compile(r"(?<![A-Za-z])[TZ][ -]?scores?\s*:$", re.IGNORECASE)
SCORE_ALONE = re.compile(r"\s*(?:[TZ][ -]?scores?|BMD(?: ?\(g/cm2\))?)\s*:?\s*$", re.IGNORECASE)
NUMBER_ALONE = re.compile(r"\s*[-+]?\s?\d{1,2}[.,]\d{1,3}\s*(?:SDs?|g/cm2)?\s*$", re.IGNORECASE)
BULLET = re.compile(r"\s*(?:[*>#\u2022-]+\s|\d{1,2}[.)]\s)\s*")
CONTINUES = re.compile(
    r"(?:\b(?:of|the|is|was|are|and|at|in|for|a|an|to|with|by|or|left|right|total|femoral|lumbar|"
    r"measures?|score|T|Z|from|than|standard|minus|negative)|[,=(/:-])\s*$",
    re.IGNORECASE,
)
BOUND_BEFORE = re.compile(
    r"\(?\binclu(?:ding|sive of)\s*$|"
    r"(?:[<>\u2264\u2265~]\s?=?|=<|\+\s?/\s?-|\u00b1|\b(?:below|under|above|over|(?:less|lower|"
    r"greater|more|higher|worse|better|fewer) than(?: or equal to)?|at least|at most|up to|exceed(?:s|"
    r"ing)?|between|beyond|"
    r"at or (?:below|above|under)|(?:cut-?off|threshold|criteri(?:on|a)|limit)(?: value)?s?(?: (?:of|"
    r"is|was|at|for \w+))?|reach(?:es)?|equal to or (?:less|greater|more|lower|higher|below|"
    r"above)(?: than)?|minimum(?: of)?|maximum(?: of)?))"
    r"(?:\s+(?:a|an|the|or equal to))?(?:\s+[TZ][- ]?scores?(?:\s+(?:of|is))?)?\s*$",
    re.IGNORECASE,
)
BOUND_AFTER = re.compile(
    r"\s*(?:SDs?|s\.d\.|standard deviations?|g/cm2)?\s*\(?(?:(?:or|and|and/or|&)\s+(?:less|lower|below|"
    r"more|greater|above|higher|worse|better|under|over|beyond|up|older)|[<>\u2264\u2265]|\+(?!\d)|"
    r"and -?\d[\d.]*\s*(?:or|are|is|for|SD)?\s*(?:defin|=))",
    re.IGNORECASE,
)
BETWEEN = re.compile(
    r"\bbetween\s+[-+\u2212]?\s?[\d.,]+\s*(?:SDs?|s\.d\.?|standard deviations?)?\s*(?:and|to|-)\s*$", re.IGNORECASE
)
RANGE_AFTER = re.compile(
    r"\s*(?:SDs?|s\.d\.?)?\s*(?:to|through|and|-)\s*(?:[-+]|minus |negative )?\s?\d", re.IGNORECASE
)
RANGE_BEFORE = re.compile(r"\d\s*(?:SDs?|s\.d\.?)?\s*(?:to|through|and|-)\s*$", re.IGNORECASE)
MOVED_FROM = re.compile(r"\bfrom\s+(?:[-+]?\s?\d[\d.,]*\s*(?:SDs?)?\s+to\s+)?$", re.IGNORECASE)
"""With a word of gain or loss before it, "from -1.1 to -1.4" are two scans and no range."""
THRESHOLDS = frozenset(
    {-1.0, -1.1, -1.01, -2.4, -2.49, -2.5, -2.0, -1.5, -3.0, -3.5, 1.0, 2.5, 2.0, 0.0, -2.6, -1.9, -0.9, 3.0}
)
WHO_EDGES = frozenset({-1.0, -1.1, -2.4, -2.49, -2.5, -1.01, -2.0, 1.0, 2.5})
DIRECT_PLACE = re.compile(
    r"\s*(?:SDs?\b|g/cm2)?\s*(?:\(?\s*(?:at|in|for|of|over|on|within|from)(?:\s+(?:the|her|his|its|"
    r"both|level of|region of|level of the))*\s+|\(\s*|\[\s*)$",
    re.IGNORECASE,
)
PREPOSITION = re.compile(
    r"\b(?:at|in|for|of|over|on|within|from)(?:\s+(?:the|her|his|both|level of|region of|each))*\s*$", re.IGNORECASE
)
AND = re.compile(r"\s*(?:,\s*)?(?:and|&|/|,|or|as well as|\+)\s*(?:(?:at|in|of|for)\s+)?(?:the\s+)?", re.IGNORECASE)
PLACE_GAP = re.compile(
    r"[ \t]*(?:[,:/(\[-]|\bof\b(?:[ ]the\b)?|\bthe\b|\)|\]){0,2}[ \t]*(?:\n[ \t]*)?(?:of[ ]the[ ]|of[ ]|the[ ])?",
    re.IGNORECASE,
)
PRIOR_BEFORE = re.compile(
    r"(?:\b(?:previous(?:ly)?|prior|formerly|earlier|baseline|last|compar(?:ed|ing|ison) (?:to|with)|"
    r"versus|vs\.?|down from|up from|from|before)"
    r"(?:[\s:,()=]+(?:was|of|is|a|an|the|at|in|on|dated|it|value|values|score|t-?score|z-?score|bmd|"
    r"exam|examination|study|scan|dxa|dexa|measurement|result|reading|measured|measuring|prior|"
    r"previous|T|Z|showed|g/cm2|respectively|L[1-5](?:\s*-\s*L?[1-5])?|(?:\d{1,2}[./-])?(?:19|20)\d\d|[01][.,]\d{3})\b\.?)*"
    r"[\s:,()=]*)$",
    re.IGNORECASE,
)
_SCAN_NAME = r"(?:DE?XA|densitometry|bone (?:mineral )?densit(?:y|ometry))(?: (?:scan|study|exam|test))?"
_SCAN_DATE = r"(?:\s*\([^()\n]{3,24}\)|,?\s+(?:in|of|from|on|dated)\s+[^,;:.()\n]{3,20}|\s+\d[\d/.-]{3,9})?"
QUOTED = re.compile(
    rf"\b(?:most recent|latest|last|recent|previous|prior|earlier|old|outside)\s+{_SCAN_NAME}{_SCAN_DATE}\s*"
    r"(?:(?:had |has )?(?:showed|shown|gave|given|confirmed|demonstrated|revealed|reported)|with\s+(?:a\s+)?T)\b"
    rf"|\bhad\s+(?:a|an|her|his|another)\s+(?:\w+\s+)?{_SCAN_NAME}{_SCAN_DATE}\s*[,:]?\s*"
    r"(?:with|which|when|where|showing|that|T|and|the|\()"
    rf"|\b(?:first|initial|original|baseline)\s+{_SCAN_NAME},?\s+(?:in|of|from|on|dated)\s+[^,;:.()\n]{{0,15}}"
    r"(?:19|20)\d\d\s*[,:]?\s*(?:with|which|when|where|at\s+which|showing|showed|gave|T)\b"
    rf"|{_SCAN_NAME}{_SCAN_DATE}\s*had\s+(?:\w+\s+)?(?:given|shown|yielded|revealed|demonstrated|confirmed|measured)\b",
    re.IGNORECASE,
)
"""A scan that is told of, not reported: "her latest DXA showed", "she had a DXA in March with", "DXA had given"."""
QUOTED_IN_BRACKETS = re.compile(rf"\(\s*{_SCAN_NAME}\s+(?:(?:in|of|from|on)\s+)?(?=\S*(?:19|20)\d\d)", re.IGNORECASE)
COMPARED_WITH_DATE = re.compile(
    r"\s*(?:as\s+)?(?:compar(?:ed|ing|ison) (?:to|with)|since|versus|vs\.?)\s+$", re.IGNORECASE
)
"""What opens a sentence before the date of the earlier scan ("Compared to 2018 the hip ..."): the rest is of today."""
BRACKET_LINE = re.compile(r"\s*\([^()]*[TZ][^()]*\d[.,]\d[^()]*\)\s*[A-Za-z][A-Za-z0-9 ,/-]{2,40}$")
"""A line of scores in brackets and the site that they are of."""
OF_THE_TWO = re.compile(
    r"\b(?:lowest|lower|worst|worse|higher|highest|better|best|either|one) of (?:the )?$", re.IGNORECASE
)
PRIOR_AFTER = re.compile(
    r"\s*(?:SDs?\b|g/cm2|%)?\s*[,(]?\s*(?:(?:on|at|in|from)\s+(?:the\s+|a\s+|her\s+|"
    r"his\s+)?)?(?:(?:previous|prior|earlier|baseline|last|old|comparison)(?:ly)?|"
    r"before)\b(?![\s:]*(?:(?:was|of|is|:|=|total|hip|femoral|femur|neck|lumbar|spine|left|right|[TZ](?:-score)?|score|value"
    r"|L[1-5](?:-L?[1-5])?)\s*)*[-+]?\d)",
    re.IGNORECASE,
)
DATE_AFTER = re.compile(
    r"\s*(?:SDs?\b|g/cm2)?\s*[,(]?\s*(?:in|on|from|dated|as of|of|at|back in|,)?\s*\(?\s*$", re.IGNORECASE
)
UP = re.compile(r"\b(?:increas\w*|gain\w*|improv\w*|higher|rose|risen|rise|up|grew|greater)\b|\u2191", re.IGNORECASE)
DOWN = re.compile(
    r"\b(?:decreas\w*|declin\w*|los[ts]|loss(?:es)?|lower(?:ed)?|reduc\w*|fell|fallen|fall|drop\w*|"
    r"worse\w*|deteriorat\w*|down|diminish\w*|less)\b|\u2193",
    re.IGNORECASE,
)
NAMES_DENSITOMETRY = re.compile(r"\b(?:DE?XA|densitometry|bone density)\b", re.IGNORECASE)
NO_BARE_SCORES = re.compile(
    r"\b(?:chang\w*|differen\w+|interval|variation|trend|lost|loss|gain\w*|decreas\w*|increas\w*|declin\w*|since|LSC)\b|%",
    re.IGNORECASE,
)
OF_THE_YOUNG = re.compile(
    r"\bZ[ -]?scores?\b|\b(?:boy|girl|child\w*|infant|adolescent|teenager|pa?ediatric|pre-?menopausal|HU|Hounsfield)\b"
    r"|\b(?:[1-9]|[1-4]\d)[ -]?(?:years?|yrs?|y)?[ /-]?(?:old|o\b|[MF]\b)|\baged? [1-4]?\d\b",
    re.IGNORECASE,
)
"""Patients in whom a bare score may be a Z-score, and other exams with numbers below zero."""
UNIT_BEHIND = re.compile(r"[ ]?(?:g|mm|cm|mg|kg|HU|%|per\s?cent|percent|deg\w*|\u00b0)(?![a-z])", re.IGNORECASE)
BARE_GAP = re.compile(r"[\s:=(,]{0,3}(?:(?:is|was|of|at)\s)?")
CHANGE = re.compile(r"\b(?:chang\w*|differences?|different|interval|variation|trend)\b|\u0394|\u2206", re.IGNORECASE)
CHANGE_LABEL = re.compile(
    r"\W*(?:(?:BMD|interval|percent|%) )*(?:changes?|variation|difference|trend)\b[^:.;%]{0,40}:", re.IGNORECASE
)
"""A label that holds for a list: "Change since 2021: spine -3.8 %; hip +0.4 %"."""
NOT_CHANGE = re.compile(
    r"height|FRAX|probabilit|fracture risk|risk of|confidence|\brisk\b|caroc|garvan|\bfat\b|stenosis|"
    r"compression of|wedg|TBS|vertebral body|weight|\bCV\b",
    re.IGNORECASE,
)
OF_HEIGHT = re.compile(
    r"\b(?:loss(?:es)?|reduction|decrease)\s+(?:of|in)\s+(?:the\s+)?(?:vertebral\s+|body\s+)*height\b", re.IGNORECASE
)
"""The percentages of such a sentence are of vertebrae: "loss of height was mild at T9, moderate at L2 (40 %)"."""
EVENT = re.compile(r"\b(?:fractur\w*|broke\w*|surgery|operat\w+|arthroplast\w*|replacements?)\b", re.IGNORECASE)
"""What a line of a history tells of a bone and a year: no heading of values."""
NOT_SCANNED = re.compile(
    r"prosthe|arthroplast|replac|implant|\bTHR\b|not (?:scanned|measured|done|evalua)", re.IGNORECASE
)
"""Why a side was left out: "(left side: endoprosthesis)"; what follows is not of that side."""
NOT_THEN = re.compile(r"\b(?:not|never)\s+(?:\w+\s+){0,2}?(?:previously|before|earlier)\b", re.IGNORECASE)
"""There is no earlier value: "right hip (not scanned previously)"."""
ON_THE_SIDE = re.compile(r"(?:scores?|values?|BMD|densit\w+)\s+(?:on|of)\s+the\s+$", re.IGNORECASE)
"""A side said once for all values: "the T-scores on the left are -1.8 at the total hip and -2.3 at the neck"."""
ABOVE_PEERS = re.compile(
    r"\s*(?:above|below|higher than|lower than)\s+(?:the\s+)?(?:age|peers|(?:her|his|own) age)\b", re.IGNORECASE
)
DEVIATIONS_AND = re.compile(r"(?:SDs?|deviations?)\s+(?:below|above)[^.;\d]{3,40}\band\s+$", re.IGNORECASE)
"""Together: "1.3 SD below young normal and 0.1 above age-matched controls"."""
IN_BRACKETS = re.compile(r"\s*\([^()]{0,60}\)")
LABELLED = re.compile(r"\s*(?:\([^()\n]{1,40}\)\s*)?[:=]")
"""Behind a date or time that heads a line or clause: "2018: ...", "Today (GE Prodigy): ..."."""
CLAUSE_OPENS = re.compile(
    r"(?:\s*(?:g/cm2|SDs?\b|%)?\s*[,;(\[]\s*|[^,;(\[]*[,;(\[]\s*(?:and\s+|but\s+)?)(?:(?:in|on|at|back in)\s+)?",
    re.IGNORECASE,
)
"""Between the number before and a date that heads a clause of its own: ", in 2019 -2.6", "(2020 T-score -1.5)"."""
SINCE = re.compile(
    r"\b(?:since|compar\w+ (?:with|to)|versus|vs\.?|against|from|until|till|after|before)\s+(?:the\s+|\w+\s+of\s+)?$",
    re.IGNORECASE,
)
"""Before a date that something is compared with."""
COMPARISON_OF = re.compile(
    r"\b(?:comparison|baseline|previous|prior)(?:\s+(?:exam\w*|scan|study|dxa|dexa))?(?:\s+(?:of|from|in|dated|on))?\s+$",
    re.IGNORECASE,
)
"""Before the date of an earlier scan whose values follow without a colon, as in dictation."""
POINTS_BACK = re.compile(
    r"\b(?:they|these|those|(?:the|these|those)\s+(?:corresponding\s+|respective\s+|same\s+|two\s+|three\s+|four\s+)*"
    r"(?:figures|values|scores|results|readings|numbers|measurements))\s+(?:\w+\s+)?"
    r"(?:were|are|had\s+been|have\s+been|stood|stand|lay|lie|read|measured)\b",
    re.IGNORECASE,
)
"""A subject that stands for values told before: "the figures were", "they are"."""
RELATIVE_CLAUSE = re.compile(r",\s*(?:which|that)\s[^,;\d]{3,70},")
SLASH = re.compile(r"[ ]?(?:g/cm2[ ]?)?/[ ]?")
_NAME_OR_UNIT = r"(?:BMD|[TZ])(?:[ ]?\(?g/cm2\)?|[ -]?scores?)?(?![A-Za-z])"
SLASHED_NAMES = re.compile(rf"\b{_NAME_OR_UNIT}(?:[ ]?/[ ]?{_NAME_OR_UNIT}){{1,2}}(?![ :=]{{0,3}}[-+.\d])")
"""Measures between slashes that name the order of values given so; with values behind them they are of those alone."""
NEXT_VALUE = re.compile(r"\s*(?:g/cm2|SDs?)?\s*(?:,\s*(?:and\s+)?|and\s+|&\s*|/\s*)", re.IGNORECASE)
"""Between two values of a list."""
IN_DATE = re.compile(
    r"\s*(?:in|on|at|as of|back in)\s+(?:(?:the|her|his|our|an?)\s+(?:\w+\s+)?(?:scan|study|exam\w*|dxa|dexa|visit)\s+"
    r"(?:of|in|from|dated|on)\s+)?$",
    re.IGNORECASE,
)
DOMINANCE = re.compile(r",?\s*\(?(?:non-?)?dominant\)?(?=\s)", re.IGNORECASE)
RISK = re.compile(
    r"\b(?:FRAX|Garvan|CAROC|QFracture|NOGG|probabilit\w+|(?:10|5|ten|five)[- ]year|(?:fracture|absolute) risk)\b",
    re.IGNORECASE,
)
OF_REFERENCE = re.compile(
    r"\s*(?:of|compared (?:to|with)|relative to)?\s*(?:the\s+|that of\s+|"
    r"what is\s+)*(?:an?\s+)?(?:mean|average|expected|young|peak|age|normal|reference|predicted|"
    r"confidence|CI\\b|LSC|matched)",
    re.IGNORECASE,
)
SHARE_AFTER = re.compile(
    r"\s*of\s+(?:(?:all|the|these|those|repeat(?:ed)?|\w+ing|healthy|older|such)\s+){0,3}(?:scans|measurements|readings|"
    r"results|patients|wom[ae]n|m[ae]n|people|persons|individuals|subjects|population|cases|fractures|time|adults)\b",
    re.IGNORECASE,
)
"""A share of things that are counted: "68 % of repeat scans fall within 1 SD" is no fall."""
SHARE_RANGE = re.compile(
    r"(?<!\d)\d{1,2}(?:[.,]\d+)?\s*%?\s*(?:to|-)\s*$|\bbetween\s+\d[\d.,]*\s*%?\s*and\s*$", re.IGNORECASE
)
"""A range of percentages was not measured: "a fall of 2 to 6 %", "between 1 and 3 % a year"."""
_LOSES = (
    r"(?:los[es]+|gains?|falls?|drops?|decreas\w+|increas\w+|declin\w+|reduc\w+|lowers?|rais\w+|improv\w+|cause\w*"
    r"|lead\w*|result\w*)"
)
GENERAL_EFFECT = re.compile(
    r"\b(?:(?:is|are|was|were|has\s+been|have\s+been)\s+(?:\w+\s+)?(?:associated|linked)\s+with|known\s+to"
    rf"|(?:is|are)\s+expected\s+to|(?:can|may|might|could|would|will|should|tends?\s+to)\s+(?:\w+\s+){{0,2}}?{_LOSES}"
    rf"|(?:usually|typically|generally|commonly|often|on\s+average)\s+(?:\w+\s+)?{_LOSES}|{_LOSES}\s+on\s+average"
    r"|(?:women|men|patients|people|adults|individuals|users|recipients|trials?|studies|literature)\b[^.;]{0,50}?"
    rf"\b{_LOSES})\b[^.;]{{0,120}}$",
    re.IGNORECASE,
)
"""What a drug or an age does to bone in general, not what was measured."""
NOT_SIGNIFICANT = re.compile(
    r"\b(?:not|non|no|never|neither|without|lack\w*)\b[- ]?(?:\w+[ -]){0,4}significan|\b(?:non|in)[- ]?significan|"
    r"\bn\.\s?s\.|"
    r"within (?:the )?(?:\w+ ){0,3}(?:LSC|least significant|precision|error)|(?:does|did|"
    r"do) not (?:exceed|reach)|(?:less|smaller|lower) than (?:the )?(?:LSC|least)|"
    r"below (?:the )?(?:LSC|least)|not (?:exceed|statistic)|\bstable\b|no real change",
    re.IGNORECASE,
)
SIGNIFICANT = re.compile(
    r"significant(?:ly)?(?! change \(|ly different from)|exceeds? (?:the )?(?:LSC|least)|(?:greater|"
    r"more|larger) than (?:the )?(?:LSC|least)|above (?:the |our )?(?:LSC|least|precision)"
    r"|\bp\s?<\s?0?\.0[0-5]",
    re.IGNORECASE,
)
REFERENCE_BEHIND = re.compile(
    r"[\s,(]*(?:(?!and\b)\w+[\s,]+){0,2}?(?:since|from|compared (?:to|with)|vs\.?|versus|over|"
    r"relative to|against|in comparison (?:to|with))\s+((?:\S+\s*){1,4})",
    re.IGNORECASE,
)
FAR_SD = re.compile(
    r"\s*(?:\(SDs?\)\s*)?(?:below|above|less than|lower than|higher than|greater than|under|over|from|beneath)\b",
    re.IGNORECASE,
)
OWN_AGE = re.compile(r"\bage|match|peers|contempor|expected for", re.IGNORECASE)
