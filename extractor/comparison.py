"""How a vertebra compares with an earlier exam: what it was then, what it is now, and which of both a value tells.

Two parts make a comparison: a time ("on the film of 2019", "at discharge", "formerly", "since") and what was or
happened then ("not there", "intact", "less compressed", "has collapsed"). Words that state a change by themselves
("unchanged", "new") are in ``modifiers.toml``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import reduce
from operator import or_

from extractor import stems

# ------------------------------------------------------------------------------------------------------------- times

_MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)(?:uary|ruary|ch|il|ust|ember|ober|tember)?\b\.?"
DATE = (
    rf"(?:(?:\d{{1,2}}[\s./-]+)?(?:{_MONTH}\s+|\d{{1,2}}[./-])?(?:19|20)\d\d(?!\d|\.\d|\s?%)"
    rf"|\d{{1,2}}/\d{{2,4}}(?![\d/%])|{_MONTH})"
)
_AGO = (
    r"(?:(?:about|some|over|nearly|around)\s+)?(?:[\w/-]+\s+){1,2}?(?:days?|weeks?|months?|years?|yrs?|winters?"
    r"|summers?|wks?"
    r"|mths?|decades?)\s+(?:ago|earlier|before|back|previously|prior)"
)
_LAST = rf"last\s+(?:years?|yr|month|week|winter|spring|summer|autumn|fall|time|occasion|{_MONTH})"
_EARLIER = (
    r"(?:earlier|previous|prior|last|old|older|first|initial|original|preceding|former|past|outside|pre-?operative|prev"
    r"|baseline|index|admission|preliminary|comparison|reference|intra-?operative|post-?operative|post-?procedur\w+|x{2,})"
)
_EXAM = (
    r"(?:exam\w*|stud(?:y|ies)|films?|rx|radio(?:graph|gram)s?|scans?|cts?|mris?|mrs?|series|imaging|x-?rays?|images?"
    r"|surveys?"
    r"|checks?|controls?|records?|vfa|dxa|pictures?|views?|visits?|investigations?|tomogra\w+|comparisons?|presentation"
    r"|follow-?up|priors?|reports?|ones?|times?|occasions?|appointments?|documents?|assessments?)"
)
_EVENT = (
    r"(?:discharge|admission|baseline|presentation|surgery|diagnosis|that\s+time|the\s+(?:time|day"
    r"|date)\s+of\s+(?:the\s+)?\w+"
    r"|the\s+(?:procedure|operation|augmentation|injury|accident|fall|intervention|\w+plasty|outset|beginning|onset))"
)
_ARTICLE = r"(?:(?:the|her|his|their|that|those|any|a|our|an)\s+)?"
# A time before this exam, without the preposition that leads to it.
_PAST_TIME = (
    rf"{_ARTICLE}(?:(?:[\w/-]+\s+){{0,2}}?{_EARLIER}\s+(?:[\w/-]+\s+){{0,3}}?{_EXAM}\b(?:\s+(?:of|from|dated"
    rf"|in)\s+{DATE})?"
    rf"|(?:[\w/-]+\s+){{0,3}}?{_EXAM}\s+(?:{DATE}|{_AGO}|{_LAST})"
    rf"|(?:[\w/-]+\s+){{0,3}}?{_EXAM}\s+(?:of|from|dated|in|at|taken|made|done|on)\s+{_ARTICLE}"
    rf"(?:{DATE}|{_AGO}|{_LAST}|{_EARLIER}|\d{{1,2}}[./]\d|{_EVENT})|{_EARLIER}s?(?=\s*(?:$|[.,;()]))|{DATE}|{_AGO}"
    rf"|{_LAST}|{_EVENT})"
)
_LEADS_TO_TIME = r"(?:on|in|at|from|of|during|by|before|until|upon|with|to|than|versus|vs\.?|over|against)"
THEN = (
    rf"(?:(?:(?:back|as\s+early|already|even|still)\s+)?(?:{_LEADS_TO_TIME}\s+){{1,2}}{_PAST_TIME}"
    r"|(?:previously|formerly|earlier|beforehand|hitherto|back\s+then|initially|originally|at\s+that\s+time|then)\b"
    r"|before(?=\s*(?:$|[.,;)])))"
)
"""A time before this exam: "on the earlier film", "in 2019", "at discharge", "formerly"."""
_SINCE_WHEN = rf"(?:since|after|from)\s+(?:{_PAST_TIME}|{_ARTICLE}(?:[\w/-]+\s+)?{_EXAM}\b|then\b)"
_SINCE = rf"(?:{_SINCE_WHEN}|since(?=\s*(?:$|[.,;)(])))"

NOT_YET = re.compile(rf"\s+(?:\w+\s+)?{THEN}", re.IGNORECASE)
"""What may follow "not seen" or "absent" where it denies nothing of today."""

# ------------------------------------------------------------------------------------------------- what was and what is

# Words of being there or seen.
_THERE = (
    r"(?:there|present|seen|visible|evident|apparent|identified|identifiable|recogni[sz]able|appreciable|appreciated"
    r"|detectable|detected|discernible|known|described|demonstrated|found|shown|noted|reported|documented|mentioned"
    r"|observed|noticed|visuali[sz]ed|recorded|in\s+evidence|existent|existing|depicted)"
)
# Words by which a vertebra is called normal.
_WHOLE = (
    r"(?:intact|normal(?:ly)?(?:\s+(?:shaped|configured|formed))?|unremarkable|undeformed|unfractured|unaffected"
    r"|uninvolved"
    r"|inconspicuous|uncompressed|spared|not\s+(?:yet\s+)?(?:fractured|compressed|collapsed|wedged|deformed|broken"
    r"|involved)"
    r"|(?:of|in|at)\s+(?:its\s+|their\s+)?(?:normal|full|regular|preserved)\s+(?:shape|height|form|contours?"
    r"|configuration"
    r"|outline|stature|dimensions)|(?:shape|height|contour|form)\s+(?:was\s+|were\s+)?(?:normal|preserved|kept"
    r"|maintained))"
)
# What happens to a vertebra that breaks.
_BROKE = (
    r"(?:collapsed|fractured|broken|caved\s+in|given\s+way|crumpled|become\s+(?:\w+\s+)?(?:wedged?|compressed|flattened"
    r"|deformed|biconcave)|sintered|crushed|imploded|buckled)"
)
# How a fracture comes about.
_AROSE = (
    r"(?:appeared|developed|occurred|arisen|emerged|come\s+about|turned\s+up|shown\s+up|supervened|come\s+to\s+light)"
)
# What a vertebra does that goes on losing height.
_SANK = (
    r"(?:lost|dropped|sunk|sunken|sank|settled|subsided|collapsed|compressed|flattened|fallen|shrunk|given\s+(?:way|up)"
    r"|gone\s+down|caved\s+in|wedged|decreased|reduced|declined|sintered|yielded|impacted|deteriorated|diminished)"
)
_SINKING = (
    r"(?:sinking|subsid\w+|settling|settlement|sintering|collaps\w+|compression(?!\s+(?:fractures?|deformit\w+|fx|#))|compressed|flatten\w+|wedging|drop"
    r"|decline"
    r"|yielding|impaction|caving|sunk|settled|deformation|loss\s+of\s+(?:\w+\s+){0,2}?(?:height|stature)"
    r"|height\s+(?:loss|reduction)"
    r"|reduction\s+(?:of|in)\s+(?:\w+\s+){0,2}?height|height)"
)
_HAS = r"(?:has|have|had|having)"


@dataclass(frozen=True, slots=True)
class _Rule:
    """A form of comparison, the stems without which it cannot stand in a sentence, and what it says."""

    value: str
    stems: int
    pattern: re.Pattern[str]


# Parts of words and numbers of which a time has one.
_TIMES = stems.group(
    "19", "20", *(f"{digit}/" for digit in range(10)), "earlier", "previous", "prior", "last", "initial", "former",
    "first", "original", "before", "ago", "discharge", "admission", "baseline", "presentation", "surgery", "time",
    "procedure", "operation", "then", "old",
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
)  # fmt: skip


def _rule(value: str, waits_for: str, pattern: str) -> _Rule:
    """``waits_for``: stems, one of which the form needs; empty for one that needs only a time."""
    bit = stems.group(*waits_for.split("|")) if waits_for else _TIMES
    return _Rule(value, bit, re.compile(pattern, re.IGNORECASE))


_LOSS_OF_SHAPE = (
    r"(?:collaps\w*|compress(?:ion|ed)|wedging|loss\s+of\s+(?:vertebral\s+|anterior\s+)?height|height\s+loss)\b"
)
# Bone unites; a lung, a graft or a wound does too.
_UNITES_TOO = (
    r"(?:lungs?|lobes?|lower|upper|bas(?:e|al|es)|fusion|graft|ribs?|cage|pneumon\w+|airspace|hip|femur|wound)\b"
)
UNITES_ELSEWHERE = re.compile(rf"\b{_UNITES_TOO}", re.IGNORECASE)
"""Words that show, near "united" or "consolidated", that no vertebra is meant."""
_AGAINST = r"\b(?:(?:compared|comparing)\s+(?:with|to)|relative\s+to|in\s+comparison\s+(?:with|to))"

_RULES: tuple[_Rule, ...] = (
    # "Which was not there at discharge", "not to be found on the earlier films".
    _rule(
        "new",
        "not |n't |never |nt ",
        rf"\b(?:not|(?:was|were|is|had|has)n'?t|never)\s+(?:yet\s+|previously\s+|been\s+|to\s+be\s+|so\s+"
        rf"|clearly\s+){{0,2}}"
        rf"{_THERE}(?:\s+\w+)?\s+{THEN}",
    ),
    # "Absent on the film from March", "no such lesion in the study of 2019", "none of which existed 14 months before".
    _rule("new", "absent|lacking", rf"\b(?:absent|lacking)\s+(?:\w+\s+)?{THEN}"),
    _rule(
        "new",
        "no such|no trace|no sign of",
        rf"\bno\s+(?:such|trace|sign\s+of\s+(?:it|them|this))\b[^.;]{{0,45}}?\s{THEN}",
    ),
    _rule(
        "new",
        "none|neither",
        rf"\b(?:none|neither)(?:\s+of\s+(?:which|these|them|the\s+\w+))?\s+(?:\w+\s+){{0,2}}?(?:existed|{_THERE}|did"
        rf"|was|were)"
        rf"\s+(?:\w+\s+){{0,2}}?{THEN}",
    ),
    # "Intact on the earlier scan", "formerly normal", "normal in height until last year".
    _rule("new", "", rf"(?<!as\s)\b{_WHOLE}\s+(?:still\s+|height\s+|in\s+(?:height|shape|form)\s+){{0,2}}{THEN}"),
    _rule(
        "new",
        "viously|formerly|hitherto|initially|originally|prior",
        rf"\b(?:previously|formerly|hitherto|initially|originally)\s+(?:been\s+)?{_WHOLE}",
    ),
    _rule(
        "new",
        "",
        rf"\b(?:on|in|at)\s+{_PAST_TIME}\s+(?:it|this|they|both|these|the\s+\w+(?:\s+\w+)?)\s+(?:was|were|had\s+been"
        rf"|looked|appeared)"
        rf"\s+(?:still\s+)?{_WHOLE}\b",
    ),
    # "Has since collapsed", "had caved in since the accident", "has appeared since the procedure".
    _rule(
        "new",
        "since|meantime|interim|meanwhile",
        rf"\b{_HAS}\s+(?:\w+\s+)?(?:since|meanwhile|in\s+the\s+(?:meantime|interim"
        rf"|interval))\s+(?:then\s+)?(?:\w+ly\s+)?"
        rf"(?:{_BROKE}|{_AROSE})\b(?!\s+(?:further|more|even))",
    ),
    _rule(
        "new",
        "since|after",
        rf"\b{_HAS}\s+(?:\w+ly\s+)?(?:{_BROKE}|{_AROSE})\s+(?:(?!further|more|even)[\w-]+\s+){{0,3}}{_SINCE}",
    ),
    _rule(
        "new",
        "since",
        rf"\b{_SINCE_WHEN}[\s,][^.;]{{0,40}}?\b{_HAS}\s+(?:\w+ly\s+)?(?:{_BROKE}|{_AROSE})\b(?!\s+(?:further|more"
        rf"|even))",
    ),
    # "Since then T6 and T9 have been fractured", "in the meantime L2 has become wedged".
    _rule(
        "new",
        "since|meantime|interim|meanwhile|interval",
        rf"\b(?:since\s+then|(?<!no\s)(?:in\s+the\s+)?(?:meantime|interim|meanwhile|interval))[\s,](?:(?!\b(?:no|not|none|neither)\b)[^.;]){{0,50}}?"
        rf"\b{_HAS}\s+(?:\w+ly\s+)?(?:been\s+(?:fractured|broken|crushed|compressed)|{_BROKE})\b(?!\s+(?:further|more|even))",
    ),
    # "Has dropped further", "sunk by another 4 mm", "further subsidence", "additional settling".
    _rule(
        "progressed",
        "further|more|another|again|addition",
        rf"\b{_SANK}\s+(?:(?:in|by|of|its|their|some|height|even|slightly|still|clearly|much|markedly)\s+){{0,3}}"
        r"(?:(?:an?\s+)?further|more|another|an\s+additional|additionally|again)\b(?!\s+than\s+(?:\w+\s+)?(?:half|a\b|one|two|three|\d))",
    ),
    _rule(
        "progressed",
        "further|continu|ongoing",
        rf"\b(?:further|continu(?:ed|ing)|ongoing)\s+(?:(?:slight|minor|anterior|central|vertebral|body|of|the|in|loss"
        rf"|decrease"
        rf"|increase|its)\s+){{0,4}}{_SINKING}",
    ),
    _rule(
        "progressed",
        "addition",
        r"\badditional\s+(?:(?:slight|mild|minor|marked|moderate|anterior|central)\s+){0,2}(?:sinking|subsid\w+"
        r"|settling"
        r"|settlement|sintering|loss\s+of\s+(?:\w+\s+){0,2}?height|height)",
    ),
    # "Accentuated with respect to the previous", "more compressed than in March", "lower than on the prior film".
    _rule(
        "progressed",
        "accentuat|aggravat|more |wors|lower|flatter|shorter|deeper",
        r"\b(?:accentuated|aggravated|worsened|lower|flatter|shorter|deeper|(?:more"
        r"|further)\s+(?!than\b)\w+)\s+(?:\w+\s+)?"
        r"(?:when\s+|as\s+|if\s+)?(?:(?:compared\s+(?:to|with)|with\s+respect\s+to|relative\s+to"
        r"|in\s+comparison\s+(?:to|with)"
        rf"|in\s+relation\s+to|as\s+against)\s+{_PAST_TIME}|than\s+(?:{_LEADS_TO_TIME}\s+)?{_PAST_TIME}"
        rf"|than\s+(?:previously|before|formerly|earlier|initially|then)\b|{_SINCE_WHEN})",
    ),
    # "Was less compressed at first presentation".
    _rule(
        "progressed",
        "less |milder|shallower|higher|taller|better",
        r"\b(?:was|were|had\s+been|appeared|looked|seemed)\s+(?:\w+\s+)?(?:less\s+\w+|milder|shallower|higher|taller"
        rf"|better\s+(?:preserved|maintained))\s+(?:\w+\s+)?{THEN}",
    ),
    _rule(
        "progressed",
        "less |milder|shallower|higher|taller|better",
        rf"\b(?:on|in|at)\s+{_PAST_TIME}\s*,?\s+(?:\w+\s+){{1,3}}?(?:was|were|had\s+been|appeared|looked)\s+(?:\w+\s+)?"
        r"(?:less\s+\w+|milder|shallower|higher|taller|better\s+(?:preserved|maintained))\b",
    ),
    _rule(
        "progressed",
        "grade",
        r"\b(?:(?:dropped|lost|slipped|advanced|gone\s+up|moved\s+up|risen|worsened|progressed)\s+(?:by\s+)?(?:a|one"
        r"|another|two)"
        r"\s+grades?|up\s+(?:a|one)\s+grade)\b",
    ),
    # "Hasn't budged", "did not sink any further", "shows nil change", "not any different".
    _rule(
        "stable",
        "not |n't |nt |never ",
        r"\b(?:(?:has|have|had|did|does|do|is|are|was|were)\s*n[o']?t|hasnt|havent|hadnt|not|never)\s+"
        r"(?:(?:really|visibly|appreciably|significantly|in\s+any\s+way|at\s+all|further|otherwise|any|essentially"
        r"|measurably"
        r"|notably|been|since|substantially)\s+){0,2}(?:budged|moved(?:\s+on)?|altered|shifted|varied|evolved|changed"
        r"|progressed"
        r"|worsened|deteriorated|deepened|modified|lost\s+(?:any\s+)?(?:more|further)|gone\s+(?:any\s+)?further"
        r"|dropped\s+further"
        r"|(?:sunk|settled|collapsed|subsided|sink|collapse|settle|compressed)\s+(?:any\s+)?(?:further|more)|different"
        r"|differ)\b",
    ),
    _rule(
        "stable",
        "nil |no |without |zero |nor ",
        r"\b(?:no|nil|without|zero|nor)\s+(?:(?:any|interval|significant|appreciable|relevant|visible|real|further|new"
        r"|obvious"
        r"|measurable|evident|recogni[sz]able|sign\s+of|evidence\s+of)\s+){0,2}(?:changes?|alterations?|differences?"
        r"|evolution"
        r"|variations?|progress(?:ion)?|deterioration|worsening|sinking|subsidence|settling|modifications?"
        r"|development)\s+"
        rf"(?:(?:of|in|at)\s+(?:the\s+)?(?:\w+\s+){{1,3}})?(?:as\s+|when\s+)?(?:compared\s+(?:to|with)\s+"
        rf"|with\s+respect\s+to\s+"
        rf"|relative\s+to\s+|vs\.?\s+|versus\s+|since\s+|in\s+comparison\s+(?:to|with)\s+|from\s+"
        rf"|to\s+)(?:{_PAST_TIME}|{_EXAM})",
    ),
    # "Neither appearance has altered since ...", "none of these has progressed".
    _rule(
        "stable",
        "neither|none",
        r"\b(?:neither|none)(?:\s+of\s+(?:these|them|the\s+\w+|which))?(?:\s+[a-z]+)?\s+(?:has|have|had|is|are|was|were)\s+"
        r"(?:\w+ly\s+)?(?:changed|altered|progressed|worsened|different|budged|moved|deteriorated)\b",
    ),
    _rule("stable", "nil change", r"\bnil\s+(?:interval\s+)?change\b"),
    # "The same as at baseline", "identical to the film of 2019", "superimposable", "as at discharge".
    _rule(
        "stable",
        "same",
        r"\b(?:the\s+)?same\s+(?:height|shape|form|degree|extent|appearance|configuration|amount|deformity|wedging)\b"
        rf"|\bsame\s+(?:as|like|since)\s+(?:(?:{_LEADS_TO_TIME}|seen)\s+)?(?:{_PAST_TIME}|before|previously|earlier"
        rf"|always)",
    ),
    _rule(
        "stable",
        "identical|superimpos|alike|overlap|comparable|similar|equal|unmodified|invaria",
        r"\b(?:superimposable|unmodified|invariabl[ey]|invariant|overlapping\s+(?:with\s+|to\s+)?the\s+previous)\b"
        rf"|\b(?:identical|similar|equal|comparable|alike)\s+(?:in\s+\w+\s+)?(?:to|with|as)\s+(?:(?:on|in"
        rf"|at)\s+)?{_PAST_TIME}",
    ),
    _rule(
        "stable",
        "as ",
        rf"(?<!not )\bas\s+(?:(?:seen|shown|noted|described|depicted|it\s+was|they\s+were)\s+)?(?:(?:on|in|at|of|from"
        rf"|during)\s+{_PAST_TIME}"
        r"|previously\b(?!\s+\w+ed\b)|formerly\b|before\b)",
    ),
    # "Look the way they did in 2018", "shaped as it was on the film of May".
    _rule(
        "stable",
        "way |as it|as they",
        r"(?<!not )\b(?:way|as)\s+(?:it|they)\s+(?:did|was|were|had|looked|appeared)\s+(?:back\s+)?"
        rf"(?:(?:(?:on|in|at|of|from|during)\s+)?{_PAST_TIME}|before\b|then\b|previously\b)",
    ),
    # "Keeps the wedge form known from 2021".
    _rule(
        "stable",
        "keep|kept|hold|held|maintain|retain|preserv|remain",
        r"\b(?:keeps?|kept|holds?|held|maintain(?:s|ed)|retain(?:s|ed)|remain(?:s|ed)?)\b[^.;]{0,40}?\b(?:known|seen"
        r"|as|familiar"
        rf"|described)\s+(?:(?:from|since|in|on|at)\s+)?{_PAST_TIME}",
    ),
    # "Its height is conserved with respect to the control after the procedure".
    _rule(
        "stable",
        "conserv|preserv|maintain|kept|held",
        r"\b(?:heights?|shape|form|stature)\s+(?:(?:is|are|was|were|has|have|been|also|still|well|fully|largely)\s+){0,3}"
        r"(?:conserved|preserved|maintained|kept|held)\s+(?:when\s+|as\s+)?(?:compared\s+(?:to|with)|with\s+respect\s+to|relative\s+to"
        rf"|in\s+comparison\s+(?:to|with))\s+{_PAST_TIME}",
    ),
    # "Have grown taller and more rectangular", "had been partly reconstituted", not "taller than its neighbour".
    _rule(
        "improved",
        "taller|rectang|reconstitut|square",
        r"\b(?:grown|grew|become|became)\s+(?:\w+ly\s+|much\s+)?(?:taller|higher|squarer|more\s+(?:rectangular|square))\b(?!\s+than\s+(?:the|its|their)\s)"
        r"|\b(?:has|have|had|been|is|are|was|were)\s+(?:\w+ly\s+){0,2}reconstituted\b"
        r"|\breconstitution\s+of\s+(?:the\s+|its\s+|their\s+)?(?:vertebra\w*\s+|body\s+)*(?:height|shape|bod(?:y|ies)|vertebra\w*)\b",
    ),
    # "Has regained some of its height", "height partly restored", "better aerated" is none.
    _rule(
        "improved",
        "gained|recover|restor|expan|erect",
        r"\b(?:re-?gained|recovered|restored|re-?expanded|re-?erected)\b[^.;]{0,30}?\b(?:height|stature)\b"
        r"|\b(?:height|stature)\b[^.;]{0,60}?\b(?:re-?gained|recovered|restored|re-?expanded|re-?erected)\b"
        r"|\b(?:partial|some|partly)\s+(?:\w+\s+)?(?:restoration|recovery|re-?expansion)\b",
    ),
    # "Progressive healing", "six weeks later complete healing", "has healed since the previous film".
    _rule(
        "improved",
        "healing|consolidat|union",
        r"\b(?:interval|progressive(?:ly)?|progressing|further|increas(?:ed|ing)|advancing|continu(?:ed|ing))\s+"
        r"(?:bony\s+|fracture\s+|osseous\s+)?(?:healing|consolidation|union)\b"
        rf"(?!\s+(?:of|in|at|within|involving)\s+(?:\w+\s+){{0,3}}?{_UNITES_TOO})",
    ),
    _rule(
        "improved",
        "heal",
        r"\b(?:repeat\w*|follow-?\s?up|(?:weeks?|months?)\s+(?:later|after\w*)|subsequent\w*|control)\b[^.;]{0,80}?"
        r"\b(?:(?:shows?|showed|shown|demonstrat\w+|reveal\w+|confirm\w*|with)\s+(?:complete\s+|full\s+|partial\s+|good\s+"
        r"|satisfactory\s+|solid\s+)?healing\s+of|(?:has|had|have|to\s+have|to\s+be|is|was)\s+(?:now\s+|completely\s+"
        r"|fully\s+|largely\s+|partly\s+|partially\s+){0,2}healed)\b",
    ),
    _rule("improved", "healed", rf"\b(?:has|have|had)\s+(?:\w+\s+)?healed\s+(?:\w+\s+)?since\s+{_PAST_TIME}"),
    # "Less wedging of L1 compared with ...", "the same collapse as compared with ...".
    _rule(
        "improved",
        "less|reduced|decreas|diminish|smaller",
        rf"\b(?:less(?:er)?|reduced|decreas\w+|diminished|smaller)\s+(?:\w+\s+){{0,2}}{_LOSS_OF_SHAPE}[^.;]{{0,60}}?{_AGAINST}",
    ),
    _rule(
        "stable",
        "unchanged|stable|similar|same|equal|identical",
        rf"\b(?:unchanged|stable|similar|same|equal|identical)\s+(?:\w+\s+){{0,2}}{_LOSS_OF_SHAPE}[^.;]{{0,60}}?{_AGAINST}",
    ),
    # "Collapse of L3 compared with the initial radiographs": those that first showed the fracture.
    _rule(
        "progressed",
        "initial|original|injury|first",
        rf"\b{_LOSS_OF_SHAPE}(?![^.;]{{0,70}}?\b(?:unchanged|stable|similar|same|equal|identical|as\s+before|improv\w+|less"
        rf"|no|not)\b)[^.;,]{{0,60}}?{_AGAINST}\s+(?:the\s+|her\s+|his\s+|those\s+)?(?:initial|original|first|injury)\s+"
        rf"(?:\w+\s+)?{_EXAM}\b",
    ),
    _rule(
        "improved",
        "more |lower|flatter|worse",
        r"\b(?:was|were|had\s+been)\s+(?:\w+\s+)?(?:more\s+(?:compressed|collapsed|wedged|flattened|depressed)"
        r"|flatter)\s+"
        rf"(?:\w+\s+)?{THEN}",
    ),
)  # fmt: skip

# Words that show, near a comparison, what is compared: a vertebra and its shape ...
_OF_VERTEBRA = re.compile(
    r"fractur|#|deformit|wedg|vertebra|\bbod(?:y|ies)\b|height|compress|collaps|\bshape|\bform\b|contour|end-?\s?plate"
    r"|morpholog"
    r"|concav|crush|burst|\b(?:th?|[dlc]|[dlt]v)[\s-]?\d{1,2}\b(?!\s*[-/]\s*[\dls])|\b(?:it|this|these|both|they|which"
    r"|former"
    r"|latter|all)\b|appearance|depress|plana",
    re.IGNORECASE,
)
# ... or something else.
_OF_OTHER = re.compile(
    r"o?edema|signal|\blesion|deposit|metasta|\bcysts?\b|nodul|\bmass|alignment|kypho|scolio|lordo|\bdis[ck]s?\b|canal"
    r"|stenosis"
    r"|listhesis|\bslip|effusion|\bpain|ha?ematoma|cement|screw|\brods?\b|hardware|\blungs?|\bheart|osteophyt|sclero"
    r"|t-score|\bbmd"
    r"|leak|\bcord\b|conus|fragment|\bangle|\bwall\b|margin|facet|lamina|\bribs?\b|gait|density|\bline\b|retropuls"
    r"|pedicle"
    r"|soft\s+tissue|collection|abscess|\bdose|weight|symptom|posterior\s+(?:cortex|element|border|wall)|dorsal\s+wall"
    r"|marrow"
    r"|numbness|weakness|function|patient|opacit|consolidat|adenopathy|\bnodes?\b|\bclefts?\b|\bgas\b|\bvacuum\b|\bfluid\b",
    re.IGNORECASE,
)
_CLAUSE_BEGINS = re.compile(r"[.;:]\s|,\s*(?:but|and|with|whereas|while|though)\s|\bwhereas\b|\bbut\b")


# "Old wedging, no signal on STIR, same as in 2019": what is denied between commas is not what is compared.
_DENIED_ASIDE = re.compile(r",\s*(?:no|without|nil)\b[^,]*,\s*$", re.IGNORECASE)


def of_something_else(text: str, start: int, end: int) -> bool:
    """Whether what is compared is no vertebra: oedema, a lesion, the alignment."""
    before = _DENIED_ASIDE.sub(" ", _CLAUSE_BEGINS.split(text[max(0, start - 90) : start])[-1])
    other = list(_OF_OTHER.finditer(before))
    own = list(_OF_VERTEBRA.finditer(before))
    if other and not any(match.start() > other[-1].start() for match in own):
        return True
    words = text[start:end] + " ".join(text[end : end + 25].split()[:2])
    return not own and _OF_OTHER.search(words) is not None and _OF_VERTEBRA.search(words) is None


# "Further collapse" that is denied is no collapse.
_DENIED = re.compile(r"\b(?:no|not|without|nor|never|nil|any|neither)\s+(?:[a-z-]+\s+){0,3}$", re.IGNORECASE)
# A fracture that was there and collapses goes on; a vertebra that collapses breaks.
_FRACTURED_SUBJECT = re.compile(r"\b(?:fractures?|deformit(?:y|ies)|wedging|#)\b(?:[^.;,]{0,30})$", re.IGNORECASE)
_COLLAPSES = re.compile(rf"\b{_BROKE}\b", re.IGNORECASE)


_ANY_RULE = reduce(or_, (rule.stems for rule in _RULES))

# A change that may come, or is only asked for ...
_ASKED_BEFORE = re.compile(
    r"\b(?:risk|danger|fear|threat\w*|impending|imminent|chance\s+of|likelihood|possib(?:le|ly|ility)|potential(?:ly)?|questionable"
    r"|equivocal|prevent\w*|avoid\w*|halt|monitor\w*|watch\w*|look\w*\s+for|check\w*\s+for|evaluat\w+|assess\w*|exclude"
    r"|rule\s+out|r/o|query|suspicion|suspicious|concern\w*|if|whether|(?<!in\s)may|might|could|will|would|should|can|cannot"
    r"|expected|anticipated)\b[^.;,:]{0,25}$",
    re.IGNORECASE,
)
_ASKED_AFTER = re.compile(
    r"(?:\s+(?!and\b|with\b|but\b|which\b)[\w-]+){0,6}?\s+(?:(?:is|are|may\s+be|must\s+be|can\s+be|to\s+be)\s+(?:to\s+be\s+)?"
    r"(?:expected|anticipated|feared|possible|suspected|not\s+excluded)|(?:may|might|could|will|can)\s+(?:occur|follow|ensue"
    r"|result|develop)|(?:cannot|can\s+not|could\s+not)\s+be\s+(?:\w+\s+)?(?:excluded|ruled\s+out|assessed|determined|judged))\b",
    re.IGNORECASE,
)
# ... or is one of symptoms, joints or discs.
_CHANGED_OTHER_BEFORE = re.compile(
    r"\b(?:neurolog\w+|clinical(?:ly)?|symptom\w*|functional(?:ly)?|radicul\w+|degenerative|medical|mental|cognitive)\s+$",
    re.IGNORECASE,
)
_CHANGED_OTHER_AFTER = re.compile(
    r"\s+(?:(?:of|in)\s+)?(?:(?:the|her|his|their|this|back|low|lower|degenerative|clinical)\s+)*(?:neurolog|pain|symptom|deficit"
    r"|weakness|numbness|gait|function|status|condition|disability|degenerative|spondylo|osteoarthr)",
    re.IGNORECASE,
)


def states_a_change(text: str, start: int, end: int) -> bool:
    """Whether words of change state one of the spine: not one to come or asked for, nor one of symptoms."""
    before = text[max(0, start - 60) : start]
    return not (
        _ASKED_BEFORE.search(before)
        or _ASKED_AFTER.match(text, end)
        or _CHANGED_OTHER_BEFORE.search(before)
        or _CHANGED_OTHER_AFTER.match(text, end)
    )


def changes(text: str) -> Iterator[tuple[str, int, int]]:
    """Value, start and end of every comparison with an earlier exam that a sentence makes of a vertebra."""
    stand = stems.found(text)
    if not stand & _ANY_RULE:
        return
    taken: list[tuple[int, int]] = []
    for rule in _RULES:
        if not stand & rule.stems:
            continue
        for match in rule.pattern.finditer(text):
            start, end = match.span()
            if any(a < end and start < b for a, b in taken) or of_something_else(text, start, end):
                continue
            value = rule.value
            if value in ("progressed", "improved") and not states_a_change(text, start, end):
                continue
            if value == "progressed" and _DENIED.search(text[max(0, start - 40) : start]):
                value = "stable"
            elif value == "improved" and _DENIED.search(text[max(0, start - 40) : start]):
                continue
            elif (
                value == "new"
                and _COLLAPSES.search(match[0])
                and _FRACTURED_SUBJECT.search(text[max(0, start - 50) : start])
            ):
                value = "progressed"
            taken.append((start, end))
            yield value, start, end


# ------------------------------------------------------------------------------------------ then and now in numbers

_BEFORE_THEN_VALUE = re.compile(
    r"\b(?:previously|formerly|compared\s+(?:to|with)|versus|vs\.?|as\s+against|against|up\s+from|down\s+from|earlier"
    r"|initially"
    r"|then)\s+(?:(?:a|an|about|only|approximately|genant|estimated|of|at)\s+)*$",
    re.IGNORECASE,
)
_WAS = re.compile(
    r"\b(?:was|were|been|stood\s+at|stood|rated|graded|scored|classified|amounted\s+to|measured|assessed|called"
    r"|read)\s+"
    r"(?:(?:as|still|only|a|an|at|about|approximately|genant|to\s+be|then|of)\s+)*$",
    re.IGNORECASE,
)
_FROM = re.compile(r"\bfrom\s+(?:(?:a|about|approximately|genant)\s+)*$", re.IGNORECASE)
_TO_NEXT = re.compile(
    r"[^.;]{0,25}?\b(?:in)?to\s+(?:(?:a|genant|about)\s+)*(?:grade|gr\b|g\s?\d|\d|one|two|three|sq)",
    re.IGNORECASE,
)
_THEN_AFTER = re.compile(
    rf"\s*(?:(?:wedge\w*|fracture|deformity|biconcave|crush|loss|height|of|anterior)\s+){{0,3}}{THEN}",
    re.IGNORECASE,
)
_THEN_BEFORE = re.compile(rf"\b(?:on|in|at)\s+{_PAST_TIME}[\s,][^.;]{{0,30}}$", re.IGNORECASE)


def told_of_then(text: str, start: int, end: int) -> bool:
    """Whether a grade is what an earlier exam showed: "this was grade 1 in 2022", "from grade 1 to grade 3"."""
    before, after = text[:start], text[end:]
    if _BEFORE_THEN_VALUE.search(before):
        return True
    if _FROM.search(before):
        return _TO_NEXT.match(after) is not None
    if _WAS.search(before):
        return _THEN_AFTER.match(after) is not None or _THEN_BEFORE.search(before) is not None
    return False
