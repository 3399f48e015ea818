"""Whether a sentence states a finding, denies it, hedges it, tells it as history or only plans for it.

ConText relates cues to findings; the words between and around decide here whether a cue reaches its finding.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from extractor import comparison, vocabulary
from extractor.anatomy import find_anatomy, level_names
from extractor.levels import GIVEN_A_NAME
from extractor.phrases import STRONG_BREAK
from extractor.reading import CueHit, Head

# Adjectives that a denial can be limited to.
_RESTRICTED = re.compile(
    r"\b(?P<new>new|newly|additional|other|further|another|interval|more|second|elsewhere|remaining)\b"
    r"|\b(?P<acute>acute|recent|fresh|displaced|unstable|subacute)\b|\b(?P<old>old|chronic|healed|remote)\b",
    re.IGNORECASE,
)
# Where something that is stated can begin after a denial.
_POSITIVE_START = re.compile(
    r"(?:,|\band\b|\bwith\b|:|-\s)\s*(?:(?:there\s+(?:is|are|has|have)|is|are|a|an|mild(?:ly)?|moderate(?:ly)?"
    r"|severe(?:ly)?|minimal(?:ly)?|slight(?:ly)?|minor|subtle|chronic|old|stable|unchanged|known|status\s+post|s/p"
    r"|multiple|age[\s-]indeterminate|marked|remote|healed|previous|prior|persistent|again|residual|partial"
    r"|approximately|about|\d+\s*%|loss|only|just|probable|possible|likely|questionable|suspected)\b"
    r"|(?:some|diffuse|generali[sz]ed|early)\b)",
    re.IGNORECASE,
)
# The denial is of a noun that only names the finding: "no displacement of the known fracture".
_EMBEDDED = re.compile(
    r"\b(?!evidence|sign|signs|suggestion|indication|features|findings|finding|history|loss|radiographic|type|kind"
    r"|form|degree|possibility|episode)(?P<noun>[a-z]+)\s+(?:of|in|at|from|within|involving|associated\s+with|due\s+to"
    r"|related\s+to|secondary\s+to|after|since|following|resulting\s+from|about|adjacent\s+to|around|near"
    r"|to\s+account\s+for|to)\s+(?:the|this|that|these|known|old|prior|previous|chronic|existing|his|her|its|a\s+known"
    r"|aforementioned|previously|treated|any|[TLD]h?\d+)\b",
    re.IGNORECASE,
)
_ALSO_DENIED = re.compile(r"\b(?:or|nor)\b|/", re.IGNORECASE)
# The hedge is of the age, kind or cause: "likely chronic".
_AGE_OR_CAUSE = re.compile(
    r"\s*(?:to\s+be\s+|be\s+|an?\s+|is\s+|of\s+|due\s+to\s+|secondary\s+to\s+|related\s+to\s+|representing\s+"
    r"|represents\s+|reflecting\s+)*(?:an?\s+|the\s+)?(?:acute|subacute|chronic|old|recent|remote|healed|longstanding"
    r"|long-standing|age|osteoporotic|insufficiency|pathologic\w*|traumatic|post-?traumatic|physiologic\w*"
    r"|degenerative|congenital|developmental|benign|malignant|metastatic|stable|new|unstable|positional|artefact\w*"
    r"|artifact\w*|sequela\w*|related|scheuermann\w*|schmorl\w*|fragility|osteoporosis|low-energy|of\s+no|fresh)\b",
    re.IGNORECASE,
)
# Hedges that stand for the next word alone.
_HEDGING_ADVERB = re.compile(
    r"^(?:likely|probably|possibly|presumably|perhaps|apparently|potentially|\?+|maybe|favou?red\s+to\s+be"
    r"|thought\s+to\s+be|felt\s+to\s+be|may\s+be|could\s+be|might\s+be|may\s+represent|likely\s+represents?)$",
    re.IGNORECASE,
)
# What is told as history is seen today.
_SEEN_NOW = re.compile(
    r"\b(?:again|redemonstrated|re-demonstrated|unchanged|stable|seen|noted|demonstrated|visuali[sz]ed|identified"
    r"|shows?|shown|evident|visible|is|are|confirm\w*|remains?|healed|has|have\s+(?:progressed|not\s+changed|healed)"
    r"|today|present|persist\w*|interval|increased|progress\w+)\b",
    re.IGNORECASE,
)
# A form that answers no: "Fracture: none".
_ANSWERED_NO = re.compile(
    r"\s*(?:\([^)]*\)\s*)?[:?=-]\s*(?:no|none|nil|n|neg|absent|negative|not\s+(?:seen|present|identified))\b\s*(?:[.;,]|$)",
    re.IGNORECASE,
)


def decide(text: str, head: Head, heads: Sequence[Head]) -> None:
    """Decide whether the sentence states, denies, hedges or only mentions the finding."""
    if _ANSWERED_NO.match(text, head.end):
        head.status = "absent"
        return
    if re.search(r"\bif\b[^,;:]*$", text[: head.start], re.IGNORECASE):
        head.status = "hypothetical"
        return
    if (
        _NO_OTHER_VERTEBRA.search(text[: head.start])
        or _NOT_TO_BE_TAKEN_FOR.search(text[: head.start])
        or _MISTAKEN_FOR.match(text, head.end)
        or _is_to_come(text, head)
        or _is_taught(text, head)
        or (_CONSIDERED.search(text, 0, head.start) and not any(item.kind == "level" for item in head.owners))
        or (_ASKS.fullmatch(text) and not any(item.kind == "level" for item in head.owners))
    ):
        head.status = "hypothetical"
        return
    cues: dict[str, list[CueHit]] = {}
    rules = vocabulary.cues_by_id()
    for cue in head.cues:
        kind = rules[cue.id].cue
        if kind is not None and cue.start < cue.end and not (head.start <= cue.start and cue.end <= head.end):
            cues.setdefault(kind, []).append(cue)
    if any(cue.end <= head.start or cue.start >= head.end for cue in cues.get("family", [])):
        head.status = "family"
        return
    course = _COURSE_OF.search(text, 0, head.start) if not cues.keys().isdisjoint(_DOUBTS) else None
    if course and (course["known"] or any(item.kind == "level" for item in head.owners)):
        # "Progression of the L1 fracture cannot be excluded": what is open is how the fracture fares that is there.
        for doubt in _DOUBTS:
            cues[doubt] = [cue for cue in cues.get(doubt, ()) if course.start() < cue.start < head.start]
    if any(_hypothetical(text, head, heads, cue) for cue in cues.get("hypothetical", [])):
        head.status = "hypothetical"
        return
    listed = _NOT_SEEN_LIST.match(text)
    if listed and listed.end() <= head.start:
        head.status = "absent"
        return
    called = _CALLED_BY_OTHERS.search(text, 0, head.start) is not None and _NOT_SO.match(text, head.end) is not None
    if called or any(_negates(text, head, heads, cue) for cue in cues.get("negated", [])):
        head.status = "absent"
        head.restricted = _restriction(text, head)
        return
    hedges = [cue for cue in cues.get("possible", []) if _hedges(text, head, heads, cue)]
    if any(not _of_one_level(text, head, cue) for cue in hedges) and not _is_settled(text, head):
        head.status = "possible"
        return
    projected = any(cue.start >= head.end and _may_be_projected(text, head, cue) for cue in cues.get("negated", []))
    if projected or (head.kind == "shape" and _OR_NO_FRACTURE.match(text, head.end)):
        head.status = "possible"
        return
    if _CORTICAL_SIGN.match(text, head.start) and _DOUBTED_FRACTURE.match(text, head.end):
        head.status = "possible"
        return
    treated = head.kind == "shape" and any(
        other.kind == "augmentation"
        and other.end <= head.start
        and re.match(r"\s*(?:at\s+\w+\s+)?(?:of|for)\b", text[other.end : head.start])
        for other in heads
    )
    if treated:
        return
    told_before = _WE_REPORTED.search(text, 0, head.start) is not None or _operated_for(text, head)
    if told_before or any(_historical(text, head, cue) for cue in cues.get("historical", [])):
        head.status = "historical"
        return
    if head.kind == "augmentation":
        head.status = "historical"


# "Not seen on any film: a fracture of T12".
_NOT_SEEN_LIST = re.compile(
    r"\W*(?:not|never|nowhere)\s+(?:\w+ly\s+)?(?:seen|identified|present|found|demonstrated|visible|shown|evident|detected|there)\b"
    r"[^:.;]{0,40}:\s*",
    re.IGNORECASE,
)
# An operation and the fracture that it was done for; behind a corpectomy there is no vertebra left.
_OPERATED_FOR = re.compile(
    r"\b(?:(?P<then>post|s/p|previous(?:ly)?|prior|old|former|earlier)[\s-]+(?:[\w-]+\s+){0,3}?)?(?:(?P<removed>(?:corp|somat|vertebr)ectomy|vertebral\s+body\s+replacement)|fusion|fixation|spondylodesis|stabili[sz]ation"
    r"|instrumentation|osteosynthesis|decompression|laminectomy|surgery|operation|operated|stabili[sz]ed|fixed|fused)\b"
    r"[^.;,]{0,40}?(?:,\s+(?:done|performed|undertaken|carried\s+out)[^.;,]{0,20}?)?(?<!imaged\s)(?<!referred\s)(?<!evaluated\s)\bfor\s+(?!(?:an?\s+)?(?:new|acute|recent)\b)(?:[\w-]+\s+){0,5}$",
    re.IGNORECASE,
)
_OPERATED_THEN = re.compile(
    r"[^.;]{0,30}?(?:\bago\b|\bin\s+(?:\w+\s+)?(?:19|20)\d\d\b|\((?:\d+/)?(?:19|20)\d\d\))", re.IGNORECASE
)


def _operated_for(text: str, head: Head) -> bool:
    """Whether a fracture is only told as the reason of an earlier operation: "T11 corpectomy for a fracture"."""
    match = _OPERATED_FOR.search(text, 0, head.start) if head.kind == "shape" else None
    return match is not None and bool(match["removed"] or match["then"] or _OPERATED_THEN.match(text, head.end))


_DOUBTS = ("hypothetical", "possible")
# How a fracture fares or what it is: it is there.
_COURSE_OF = re.compile(
    r"\b(?:progression|worsening|deterioration|increase|aggravation|healing|(?:non|mal)?-?union|consolidation|resolution"
    r"|improvement|displacement|migration|extension|instability|stability|cause|a?etiology|nature|age|acuity|chronicity"
    r"|origin)\s+(?:of|in)\s+(?:(?P<known>the|this|these|her|his|known|existing|old|previous|prior)\s+)?"
    r"(?:(?!of\b|in\b|to\b|and\b|or\b|with\b|by\b|for\b)[\w-]+\s+){0,4}$",
    re.IGNORECASE,
)

# The fracture is only what something else is not: "tells it apart from a fracture", "not to be mistaken for"; or it is
# what a textbook speaks of: "the differential of collapsed vertebrae".
_NOT_TO_BE_TAKEN_FOR = re.compile(
    r"\b(?:tell\w*\s+(?:it|this|these|them)\s+apart\s+from|(?<!not be )(?<!n't be )(?<!hard to )(?<!difficult to )"
    r"(?<!impossible to )(?:distinguish\w*|differentiat\w+|discriminat\w+)\s+"
    r"(?:(?:it|this|these|them)\s+)?from|not\s+to\s+be\s+(?:confused|mistaken)\s+(?:with|for)"
    r"|(?:(?:can|may|might|could)\s+(?:(?:easily|often|sometimes|readily)\s+)?be|(?:is|are)\s+(?:easily|often|sometimes|readily))\s+"
    r"(?:taken|mistaken|misread|misinterpreted|passed\s+off)\s+(?:for|as)"
    r"|(?:do\s+not|don't|should\s+not\s+be|must\s+not\s+be)\s+(?:call|called|label|labelled|read|report|reported)"
    r"(?:\s+(?:it|this|as))*|(?:trainees|juniors|beginners)\s+(?:call|misread|mistake|misreport)(?:ed|en)?(?:\s+(?:it|this|as|for))*"
    r"|(?:misread|misinterpreted|misdiagnosed|misreported)\s+as)\s+(?:an?\s+|the\s+)?(?:\w+\s+){0,2}$"
    r"|\bdifferential(?:\s+diagnos[ei]s)?\s+(?:of|for)\s+(?!(?:the|this|that|these|those|her|his|its|[CTLD]h?-?\d+)\b)"
    r"(?:\w+\s+){0,3}$",
    re.IGNORECASE,
)
# What a note says of fractures in general: "vertebral fractures are graded after Genant".
_TEXTBOOK = re.compile(
    r"\s*(?:note|nb|n\.b\.|comment|remark|legend|key)?\s*[:.-]?\s*(?:an?\s+|the\s+|any\s+)?"
    r"(?:(?:osteoporotic|vertebral|compression|spinal|spine|insufficiency|fragility|wedge|burst|deformit\w+|body)\s+)*$",
    re.IGNORECASE,
)
_IS_TAUGHT = re.compile(
    r"\s+(?:is|are)\s+(?:(?:usually|generally|commonly|often|typically|routinely|here)\s+)?(?:(?:diagnosed|defined|considered|called"
    r"|assumed|reported|present|scored|graded|classified|categori[sz]ed|divided|assessed)\s+(?:when\w*|if|where|whenever|as\s+a\b"
    r"|according\s+to|after|by|using|with|into|on\s+the\s+basis)|common\b|frequent\b|the\s+most\b|a\s+(?:common|frequent|strong)\b)",
    re.IGNORECASE,
)
_MISTAKEN_FOR = re.compile(
    r"[\s,]*(?:for|with)\s+which\s+(?:it|this|these|they)\s+(?:may|can|could|might|is|are|must\s+not|should\s+not)\s+(?:\w+\s+)?"
    r"(?:be\s+)?(?:mistaken|confused|taken)\b",
    re.IGNORECASE,
)
# What is called a fracture may as well be a vessel, a shadow or an ossicle.
_OR_NO_FRACTURE = re.compile(
    r"[^.;]{0,60}[,(]?\s*\b(?:possibly|perhaps|maybe|or|versus|vs\.?|may\s+(?:also\s+)?be|could\s+(?:also\s+)?be|might\s+be"
    r"|alternatively)\s+(?:an?\s+|just\s+|only\s+|merely\s+|simply\s+|prominent\s+|normal\s+|rather\s+)*(?:vascular|vessel"
    r"|nutrient|basivertebral|arte?ifact\w*|summation|overlap\w*|projection\w*|superimpos\w+|positional|ossicle"
    r"|accessory\s+ossification|secondary\s+ossification|ossification\s+cent|physis|growth\s+plate|rotation\w*)",
    re.IGNORECASE,
)


# "In August I reported a new wedging at T10", "we had described": an earlier report of the author, not this exam.
_WE_REPORTED = re.compile(
    r"(?:\b(?:I|[Ww]e)\s+(?:had|previously|then|initially|earlier)\s+(?:\w+ly\s+)?"
    r"|\b(?:[Ii]n|[Oo]n)\s+(?:\d{1,2}\.?\s+)?(?:(?:19|20)\d\d|(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\w*)(?:\s+(?:19|20)\d\d)?,?\s+(?:I|we)\s+)"
    r"(?:reported|described|called|diagnosed|mentioned|suspected)\s+(?:[\w-]+\s+){0,5}$"
)
# What others called it, and what it is not: "T8, which the other hospital had called fractured, is not fractured".
_CALLED_BY_OTHERS = re.compile(
    r"\b(?:called|read|reported|described|interpreted|labell?ed|queried|suspected|suggested|raised|misread|taken)\s+"
    r"(?:(?:as|to\s+be|for|an?|the|possibly|being)\s+)*(?:[\w-]+\s+){0,2}$",
    re.IGNORECASE,
)
_NOT_SO = re.compile(
    r"(?:[^.;,]{0,60}?(?:,\s*(?:which|but|however)\b[^.;,]{0,40}?)?|\s*,(?:[^.;,]{0,45},)?\s*)"
    r"(?:\b(?:is|are|was|were)\s+(?:(?:in\s+fact|actually|clearly|definitely)\s+)?(?:not\s+(?:an?\s+|at\s+all\s+|really\s+)*"
    r"(?:fractur|compress|wedg|collaps|deform|confirmed|seen|present|real|visible|there\b|reproduc|substantiat|borne\s+out))"
    r"|\b(?:cannot|can\s?not|could\s+not)\s+be\s+(?:confirmed|reproduced|seen|found|substantiated|verified))",
    re.IGNORECASE,
)
# What a kind of fracture is: "Clay-shoveler's = avulsion of the spinous process of C6, C7 or T1".
_DEFINES = re.compile(
    r"\W*(?:note|nb|n\.b\.|comment|remark|legend|key)?\s*[:.-]?\s*(?:an?\s+|the\s+term\s+)?[\"']?"
    r"(?:clay[\s-]?shovel\w+|hangman|jefferson|chance|seat[\s-]?belt|tear[\s-]?drop|burst|wedge|pincer|limbus|coronal\s+split"
    r"|flexion[\s-]distraction|compression|insufficiency|fragility|codfish|butterfly)(?:['\u2019]?s)?[\"']?"
    r"(?:\s+(?:fractures?|injur(?:y|ies)|vertebrae?|lesions?))?[\"']?"
    r"\s*(?:=|means|denotes|describes|refers\s+to|is\s+defined\s+as|is\s+by\s+definition|(?:is|are)(?=\s+(?:an?|the)\b))"
    r"\s*(?:an?\s+|the\s+)?(?:[a-z]+\s+){0,3}(?:avulsions?|fractures?|injur(?:y|ies)|collapse|separation)\s+(?:of|through|in)\b",
    re.IGNORECASE,
)


_OF_THIS_PATIENT = re.compile(r"\b(?:old|new|acute|recent|chronic|the\s+fractures?)\b", re.IGNORECASE)
_LEVEL_OR_SIDE = re.compile(r"\b(?:(?:TH|[CTDLS])-?\d{1,2}|left|right)\b", re.IGNORECASE)
_OR = re.compile(r"\bor\b", re.IGNORECASE)


# A break of the cortex that is called no more than suspicious: "cortical step-off at S3, suspicious for a fracture".
_CORTICAL_SIGN = re.compile(r"cortical\s", re.IGNORECASE)
_DOUBTED_FRACTURE = re.compile(
    r"[^.;]{0,70}?\b(?:suspicious|concerning|worrisome|suggesting|suggestive|suspected|possible|possibly|questionable|equivocal|may|might|could"
    r"|cannot\s+exclude|raising)\b(?:\s+(?!fractur)[\w-]+){0,5}\s+fracture",
    re.IGNORECASE,
)


# What the writer thought of: "Considered hangman fracture, epidural haematoma; CT reassuring".
_CONSIDERED = re.compile(
    r"(?:^|[.;:]\s)\W*(?:(?:I|we)\s+(?:also\s+)?)?(?:considered|thought\s+(?:about|of)|entertained)\s+"
    r"(?!(?:to\s+be|as|an?|the|stable|unstable|acute|old|chronic|alone|surgery|recent|likely|new)\b)(?:[\w\s-]+,\s*)*(?:[\w-]+\s+){0,2}$",
    re.IGNORECASE,
)
# A question to the reader: "Would you call these fractures?"
_ASKS = re.compile(
    r"\W*(?:would|do|does|did|can|could|should|is|are|was|were|has|have|what|which|why|how|where|who)\b[^?]*\?\W*",
    re.IGNORECASE,
)


def _is_taught(text: str, head: Head) -> bool:
    """Whether the sentence speaks of fractures in general."""
    defined = _DEFINES.match(text)
    if defined and not _OF_THIS_PATIENT.search(defined[0]) and (_OR.search(text) or not _LEVEL_OR_SIDE.search(text)):
        return True
    return (
        not any(item.kind == "level" for item in head.owners)
        and _IS_TAUGHT.match(text, head.end) is not None
        and _TEXTBOOK.fullmatch(text, 0, head.start) is not None
    )


# A verb of what has not happened: "could collapse", "is about to fracture".
_BARE_VERB = re.compile(
    r"(?:collapse|fracture|compress|wedge|flatten|crush|burst|break)\b(?!\s+(?:line|frag))", re.IGNORECASE
)
_BEFORE_WHAT_IS_TO_COME = re.compile(
    r"\b(?:(?:can|could|may|might|will|would|shall|should)(?:\s+(?:not|well|still|soon|also|yet|even|then|later|\w+ly))*"
    r"|(?:likely|unlikely|about|bound|liable|prone|apt|tends?|tending|threaten(?:s|ed|ing)?|expected|anticipated|going)"
    r"\s+to(?:\s+(?:further|soon|also|\w+ly))*)\s+$",
    re.IGNORECASE,
)


def _is_to_come(text: str, head: Head) -> bool:
    """Whether the finding is a verb of the future or of what can happen."""
    return (
        _BARE_VERB.match(text, head.start) is not None
        and _BEFORE_WHAT_IS_TO_COME.search(text[: head.start]) is not None
    )


# What was suspected is shown: "CT confirms the L1 fracture suspected on films", "the queried fracture is real" ...
_CONFIRMED_BEFORE = re.compile(
    r"(?<!not )(?<!n't )(?<!cannot )(?<!\bto )(?<!could )(?<!may )(?<!will )(?<!would )"
    r"\b(?:confirms|confirmed|confirming|verif(?:ies|ied)|prove[sd]|proven|corroborate[sd]|validates?)\s+"
    r"(?:the|this|that|these|those|an?|our|your|his|her)\s+(?:[\w-]+\s+){0,4}$",
    re.IGNORECASE,
)
_CONFIRMED_AFTER = re.compile(
    r"[^.;]{0,60}?(?<!\bif )(?<!\bwhen )(?<!\bonce )(?<!\buntil )\b(?:(?:is|are|was|were|has\s+been|have\s+been)\s+"
    r"(?:now\s+|indeed\s+|thereby\s+|thus\s+)?(?:confirmed|verified|proven|proved|corroborated|substantiated|real"
    r"|genuine|true)|,?\s*(?:now\s+)?(?:confirmed|verified|proven|corroborated)\s+(?:on|by|with|at|in|histolog\w+))\b",
    re.IGNORECASE,
)
# ... or shown to be something else: "the presumed fracture at L4 represents a limbus vertebra".
_IS_SOMETHING_ELSE = re.compile(
    r"[^.;]{0,40}?\b(?:is|was|are|were|represents?|represented|corresponds?\s+to|(?:turn(?:s|ed)\s+out|prove[sd]?)\s+to\s+be)"
    r"\s+(?:(?:in\s+fact|actually|really|only|merely|just|simply|an?|the|old)\s+)*(?:limbus|physiolog\w+|schmorl\w*"
    r"|scheuermann\w*|butterfly|hemivertebra\w*|congenital|developmental|normal\s+variant|anatomical\s+variant|cupid\w*)\b",
    re.IGNORECASE,
)


def _is_settled(text: str, head: Head) -> bool:
    """Whether the sentence itself ends the doubt that it tells of."""
    return (
        _CONFIRMED_AFTER.match(text, head.end) is not None
        or _CONFIRMED_BEFORE.search(text[: head.start]) is not None
        or _IS_SOMETHING_ELSE.match(text, head.end) is not None
    )


# Nothing but "also at the" between hedge and level.
_ALSO_AT = re.compile(r"\s*(?:also\s+)?(?:at|in|of)?\s*(?:the\s+)?")


def _of_one_level(text: str, head: Head, cue: CueHit) -> bool:
    """Whether a hedge stands with a later level of the finding alone: "compression at T7, equivocal at T8"."""
    levels = sorted((item for item in head.owners if item.kind == "level"), key=lambda item: item.start)
    earlier = [item for item in levels if head.end <= item.start and item.end <= cue.start]
    later = [item for item in levels if item.start >= cue.end]
    if not earlier or not later:
        return False
    return "," in text[earlier[-1].end : cue.start] and _ALSO_AT.fullmatch(text[cue.end : later[0].start]) is not None


# "No fracture elsewhere".
_ELSEWHERE_AFTER = re.compile(r"\W*(?:\w+\W+){0,3}?(?:elsewhere|at\s+other\s+levels)\b", re.IGNORECASE)


def _restriction(text: str, head: Head) -> str:
    """What is denied: every fracture, or only a "new", an "acute", an "old" one."""
    words = text[max(0, head.start - 60) : head.start]
    begin = max((m.end() for m in re.finditer(r"\b(?:no|without|for|of|not)\b|[,;:]", words, re.IGNORECASE)), default=0)
    found = _RESTRICTED.search(words, begin)
    if found is None:
        after = _ELSEWHERE_AFTER.match(text[head.end :])
        return "new" if after else ""
    return found.lastgroup or ""


def _words(text: str, cue: CueHit) -> str:
    """The words of a cue in small letters, one blank between them."""
    return re.sub(r"\s+", " ", text[cue.start : cue.end].lower())


def _gap(text: str, head: Head, cue: CueHit) -> str:
    """The words between a cue and the finding."""
    return text[cue.end : head.start] if cue.end <= head.start else text[head.end : cue.start]


# "Not" that limits instead of denying: "not only", "not significantly", "not evaluable, compression fracture".
_NOT_ONLY = re.compile(
    r"\s*(?:only|much|enough|(?:clear|certain|sure|known|possible|easy)\s+(?:whether|if|to|which|when|how)|significantly|well|yet|fully|previously|entirely|completely|clearly|include|in"
    r"|as(?!\s+(?:an?\s+|true\s+|real\s+|acute\s+|recent\s+)*(?:compress|fract|collaps|deform))|a\s+(?:great|lot))\b"
    r"|\s*(?:evaluable|assessable|measurable|interpretable|usable|valid|included|used|measured|scanned|analy[sz]ed)"
    r"(?:\s+(?:because|due|owing|given|on\s+account)\b|\s*[,;(])",
    re.IGNORECASE,
)
# "The level is L1, not L2 (counted from the sacrum), and the deformity ...": only the place is denied.
_NOT_THAT_LEVEL = re.compile(
    r"\s*(?:(?:at|of|in)\s+)?(?:TH|T[hH]|[CTDL])[\s-]?\d{1,2}\s*(?:\([^()]*\)\s*)?,?\s*(?:and\b|that\b|which\b|is\b|shows?\b|has\b|,)"
)
# What has passed off, and another finding after it: "no longer oedematous, 15 % loss of height".
_NO_LONGER = re.compile(r"\s*longer\b[^,]*,", re.IGNORECASE)
# Place of a finding that is known: "no displacement of the".
_OF_THE_KNOWN = re.compile(
    r"\s*(?:of|in|at|within|involving|at\s+the\s+site\s+of)\s+(?:the|this|known|old|her|his)\b",
    re.IGNORECASE,
)
# A verb or stop between denial and finding.
_CLAUSE_OF_ITS_OWN = re.compile(r"[.:]\s|\b(?:is|are|was|were|shows?|demonstrates?|has|have|appears?|remains?)\b")
# A turn between the finding and a denial after it.
_TURN_AFTER = re.compile(r"[;.]\s|\b(?:but|with|and|which|although)\b\s")


# "The fracture of C5 has not collapsed further", "has not lost any more height": it has not changed.
_NO_FURTHER = re.compile(
    r"\s+(?:(?:yet|since|then|been)\s+)*(?:\w+ed|collapse|lose|lost|sink|sunk|fallen|settle|given\s+way)\s+(?:[\w-]+\s+){0,3}?(?:further|any\s+more|more|additional\w*)\b",
    re.IGNORECASE,
)
# "L1 fracture, marrow oedema has resolved", "..., tumour not excluded": what is gone or open has its own name.
_OF_ANOTHER_THING = re.compile(
    r".*[,(:\u2013-]\s*(?:[\w-]+\s+){0,3}?(?:o?edema|pain|signal|stir|retropulsion|displacement|stenosis|swelling|bruis\w+"
    r"|h[ae]+matoma|mass|tumou?r|malignan\w+(?:\s+cause)?|metasta\w+|infection|neoplasm|collection|enhancement|tenderness|symptoms?|deficit|cleft|vacuum|uptake)\s*",
    re.IGNORECASE,
)


def _negates(text: str, head: Head, heads: Sequence[Head], cue: CueHit) -> bool:
    """Whether a cue of denial reaches the finding."""
    if _words(text, cue).endswith(("not", "n't")) and _NO_FURTHER.match(text, cue.end):
        return False
    if cue.end <= head.start:
        return _denies_what_follows(text, head, heads, cue)
    return _denies_what_precedes(text, head, heads, cue)


# "No vertebra has collapsed": the subject itself is denied.
_VERTEBRA_IS = (
    r"(?:\w+\s+){0,2}(?:vertebra\w*|bod(?:y|ies)|levels?|segments?)\s+(?:has|have|had|is|are|was|were|appears?|looks?|shows?)\s+"
    r"(?:(?:been|be|to|any|\w+ly)\s+)*"
)
_NO_SUCH_VERTEBRA = re.compile(rf"\s*{_VERTEBRA_IS}", re.IGNORECASE)
# "No other level is broken" says nothing of those that were told.
_NO_OTHER_VERTEBRA = re.compile(rf"\bno\s+(?:other|further|additional|more)\s+{_VERTEBRA_IS}$", re.IGNORECASE)
# A clause of its own after what is denied: "without trauma, and MRI confirmed fractures".
_EXAM_SHOWED = re.compile(
    r"(?:,|\band|,\s*and)\s+(?:\w+\s+){0,3}?(?:mri|mr|ct|x-?rays?|radiographs?|films?|imaging|scans?|she|he|it|exam\w*)\s+"
    r"(?:\w+\s+){0,2}?(?:confirmed|revealed|demonstrated|showed|disclosed|displayed|detected|identified|found|shows"
    r"|reveals|demonstrates|discloses|confirms)\b",
    re.IGNORECASE,
)


# "Fracture of L1 without retropulsion, and right L2 transverse process fracture": what is added is there.
_AND_A_LEVEL = re.compile(
    r"\w\s*,\s*and\s+(?:(?:an?|the|right|left|bilateral|both|acute|old|new|mild|moderate|severe|chronic|also)\s+)*(?:TH|[CTDL])-?\d",
    re.IGNORECASE,
)


def _denies_what_follows(text: str, head: Head, heads: Sequence[Head], cue: CueHit) -> bool:
    words, gap = text[cue.start : cue.end].lower(), _gap(text, head, cue)
    if words.startswith("without") and _AND_A_LEVEL.search(gap):
        return False
    if words == "excluded" and re.match(r"\s*(?:because|due|owing|for|as)\b", gap):
        return False
    if (
        words == "post"
        or (_EMBEDDED.search(gap) and not words.startswith(("none", "neither", "nor")))
        or (words in ("rather than", "instead of") and "," in gap)
    ):
        return False
    if re.search(r"\bthat\s+(?:the|this)\b", gap) and re.match(r"\s*(?:is|are|was|has)\b", text[head.end :]):
        return False
    if words.endswith(("not", "n't")) and (_NOT_ONLY.match(text, cue.end) or _NOT_THAT_LEVEL.match(gap)):
        return False
    if words == "non" and gap.strip(" -"):
        # "Non-contiguous collapse", "non-displaced fracture": another word is denied.
        return False
    if words == "no" and _NO_LONGER.match(gap):
        return False
    if _EXAM_SHOWED.search(gap):
        return False
    breaks = list(_POSITIVE_START.finditer(gap + text[head.start : head.end]))
    if breaks and not _list_goes_on(text, gap, breaks[-1].start(), head):
        return False
    between = [other for other in heads if cue.end <= other.start and other.end <= head.start]
    if between and (_own_phrase(text, head, between[-1]) or _OF_THE_KNOWN.match(text[between[-1].end : head.start])):
        return False
    if words == "no" and _NO_SUCH_VERTEBRA.fullmatch(gap):
        return True
    if _CLAUSE_OF_ITS_OWN.search(gap) and not re.search(r"\b(?:that|which|or|nor)\b", gap):
        return words in ("neither", "nor", "none of the", "none of them", "none of these", "neither of")
    return True


# A sequence or a test is negative, not the finding.
_OF_SEQUENCE = re.compile(
    r"\b(?:stir|tirm|flair|t[12]\w*|fs|scan|uptake|scintigra\w+|biopsy|oedema|edema|culture)\s+(?:is\s+|was\s+)?$", re.I
)


# Between levels that are answered one by one.
_SAYS_MORE = re.compile(
    r"\d\s*%|\b(?:minimal|slight|mild|moderate|severe|marked|yes|present|positive|grade|old|new|acute|chronic|half|third)\b",
    re.I,
)


# "The fracture has not collapsed further, the epidural mass is gone": another thing is gone.
_OF_ANOTHER_SUBJECT = re.compile(
    r"[,;]\s*(?:and\s+|but\s+)?(?:the|its|their)\s+(?!(?:fracture|deformity|finding)s?\b)(?:[\w-]+\s+){1,4}(?:(?:is|are|has|have)\s+)?$",
    re.IGNORECASE,
)


_OF_PROJECTION = re.compile(
    r"\b(?:rotation|obliquity|positioning|projection|parallax|angulation|gas|overlap|magnification|tilt)\b"
)
_MAY_BE = re.compile(r"\b(?:may|might|could|possibly|perhaps|probably|likely|potentially)\b", re.IGNORECASE)


def _may_be_projected(text: str, head: Head, cue: CueHit) -> bool:
    """Whether it is left open that the shape is one of the projection: "which may be due to rotation"."""
    return _OF_PROJECTION.search(_words(text, cue)) is not None and _MAY_BE.search(_gap(text, head, cue)) is not None


def _denies_what_precedes(text: str, head: Head, heads: Sequence[Head], cue: CueHit) -> bool:
    words, gap = text[cue.start : cue.end].lower(), _gap(text, head, cue)
    if (words == "negative" and _OF_SEQUENCE.search(text[: cue.start])) or _OF_ANOTHER_THING.fullmatch(gap):
        return False
    if _TURN_AFTER.search(gap) and re.search(r"\b(?:with|but|although)\b|;", gap):
        return False
    if _OF_ANOTHER_SUBJECT.search(gap):
        return False
    if _may_be_projected(text, head, cue):
        return False
    if re.search(r"not\s+(?:\w+\s+)?\w+$|^absent$", words) and comparison.NOT_YET.match(text, cue.end):
        # "Not seen on the prior exam" denies nothing of today.
        return False
    named = [level for item in level_names(gap) for level in item.levels]
    if named and head.owners and not {level for item in head.owners for level in item.levels} & {named[-1]}:
        # "Fractures of T10 and T12, with L1 not involved": what is denied is of another vertebra.
        return False
    if words in ("none", "absent", "negative") and re.match(r"\s+(?:at|in|of|for)\b", text[cue.end :]):
        return False
    if len(named) > 1 and _SAYS_MORE.search(gap) and not gap[level_names(gap)[-1].end :].strip(" :=-("):
        # "L1 25 %, L2 30 %, L3 none": of the last alone.
        return False
    others = [other for other in heads if other.start >= head.end and other.end <= cue.start]
    return not others or bool(re.fullmatch(r"[\s,/]*(?:or|and|nor)?[\s\w-]*", text[head.end : others[0].start]))


# A denied list that goes on: ", or", ", nor".
_DENIED_LIST = re.compile(r"(?:\s*,\s*(?:\w+\s+){1,3}?)*\s*,?\s*(?:or|nor)\b", re.IGNORECASE)


def _list_goes_on(text: str, gap: str, position: int, head: Head) -> bool:
    """Whether a denied list is still open at the finding: "no fracture, mild or severe wedging, or collapse"."""
    starts = gap[position:]
    if re.match(r",", starts) and re.search(r"\b(?:or|nor)\s+(?:\w+\s+){0,2}$", gap):
        return True
    if re.match(r"and\b", starts, re.IGNORECASE):
        return False
    rest = text[head.end :]
    return bool(re.match(r",", starts) and _DENIED_LIST.match(rest) and not head.owners)


# "Metastasis of T4 without" a fracture ", L1" collapsed: the one is named before its denial, the other behind it.
_NEXT_VERTEBRA = re.compile(r"\s*,\s*(?:and\s+)?(?:TH|T[hH]|[CTDL])[\s-]?\d")
_OF_A_NAMED_ONE = re.compile(
    r"(?<![A-Za-z0-9])(?:TH|T[hH]|[CTDL])[\s-]?\d{1,2}[^,;.]{0,30}\b(?:without|with\s+no)\s+(?:\w+\s+){0,3}$"
)


def _own_phrase(text: str, head: Head, last: Head) -> bool:
    """Whether a finding after a denied one stands for itself: "no fracture of L1 or L2 with wedging of T12"."""
    gap = text[last.end : head.start]
    if not re.search(r"\b(?:with|and)\b|,", gap) or _ALSO_DENIED.search(gap):
        return False
    mine = {level for item in head.owners for level in item.levels}
    if mine and _NEXT_VERTEBRA.match(gap) and _OF_A_NAMED_ONE.search(text[: last.start]):
        return True
    theirs = {level for item in last.owners for level in item.levels}
    return bool(mine and not head.inherited and mine != theirs and (theirs or re.search(r"\bwith\b", gap)))


# A noun that a cue of doubt or risk is of, and the finding only as its cause or place.
_NAMED_AS_CAUSE = re.compile(
    r"\s*(?!to\b|of\b|be\b)[a-z].*?\b(?:due\s+to|secondary\s+to|because\s+of|owing\s+to|as\s+a\s+result\s+of"
    r"|caused\s+by|resulting\s+from|related\s+to|given|from|after|following|by)\s",
    re.IGNORECASE,
)
_NAMED_WITH = re.compile(r"\s*(?!to\b|of\b|be\b)[a-z].*?\b(?:with|in|of\s+(?:the|this|her|his|known))\s", re.IGNORECASE)


def _is_known_cause(text: str, head: Head, heads: Sequence[Head], cue: CueHit, *, with_too: bool = False) -> bool:
    """Whether the cue is of what a finding at a level brings: "risk of paraplegia from the T8 collapse"."""
    gap = _gap(text, head, cue)
    named = _NAMED_AS_CAUSE.match(gap) or (_NAMED_WITH.match(gap) if with_too else None)
    return (
        named is not None
        and any(item.kind == "level" for item in head.owners)
        and not any(cue.end <= other.start < cue.end + named.end() for other in heads)
    )


# The hedge is of what it explains, not of the finding.
_EXPLAINS = re.compile(
    r"[.]\s|\b(?:accounting\s+for|account\s+for|causing|explain\w*|responsible\s+for|leading\s+to)\b",
)
# An alternative of age or kind leaves the finding itself certain.
_KIND_AFTER = re.compile(
    r"\s*(?:an?\s+)?(?:acute|chronic|old|recent|benign|malignant|osteoporotic|pathologic\w*|insufficiency|traumatic"
    r"|new|metastatic|neoplastic)\b",
    re.IGNORECASE,
)
# The hedge is of the cause.
_DUE_TO = re.compile(r"\s*(?:due|secondary|related|caused|from|because|as\s+a\s+result|resulting)\b", re.IGNORECASE)
# Place of a finding that is known: "in the known".
_IN_THE_KNOWN = re.compile(r"\b(?:in|of|at|from)\s+(?:the|this|known|her|his)\b")
_HEDGING_ADJECTIVES = frozenset({"possible", "likely", "probable", "suspected", "questionable"})
# A hedge that a noun of its own follows.
_HEDGES_NEXT_WORD = re.compile(r"\s*(?!(?:in|at|of|on|by|but|given|based)\b)\w")


def _hedges(text: str, head: Head, heads: Sequence[Head], cue: CueHit) -> bool:
    """Whether a cue of doubt reaches the finding."""
    words = re.sub(r"^(?:is|are|was|were) ", "", _words(text, cue))
    if cue.end <= head.start:
        return _doubts_what_follows(text, head, heads, cue, words)
    return _doubts_what_precedes(text, head, heads, cue, words)


# The hedge is of the count: "a vertebra which is probably T9".
_WHICH_IS = re.compile(
    r"\b(?:which|that|this)\s+(?:is|are|was|would\s+be)\s+$|\b(?:vertebra\w*|body|bodies|level)\s*[,(]\s*$",
    re.IGNORECASE,
)
_ONLY_A_LEVEL = re.compile(
    r"\s*(?:the\s+)?(?:TH|T[hH]|[CTDLS])-?\d{1,2}\b(?!\s+(?!is|has|shows|was|looks|appears)(?:\w+\s+){0,3}(?:fract|compress|wedg|coll))"
)


def _doubts_what_follows(text: str, head: Head, heads: Sequence[Head], cue: CueHit, words: str) -> bool:
    gap = _gap(text, head, cue)
    if STRONG_BREAK.search(gap) or _EXPLAINS.search(gap):
        return False
    if _AGE_OR_CAUSE.match(text[cue.end :]) and _HEDGING_ADVERB.match(words):
        return False
    if _HEDGING_ADVERB.match(words) and _WHICH_IS.search(text[: cue.start]) and _ONLY_A_LEVEL.match(text, cue.end):
        return False
    if words in ("versus", "vs", "vs.", "either"):
        return not _KIND_AFTER.match(text[cue.end :]) or head.start - cue.end >= 45
    if _DUE_TO.match(gap) or _is_known_cause(text, head, heads, cue):
        return False
    between = [other for other in heads if cue.end <= other.start and other.end <= head.start]
    if (
        between
        and re.search(r"\b(?:with|causing|resulting|and|,)\b|,", text[between[-1].end : head.start])
        and head.owners
        and not head.inherited
        and head.owners != between[-1].owners
    ):
        return False
    others = [item for item in find_anatomy(gap) if item.kind in ("noun", "other")]
    if others and re.search(r"[,]|\b(?:with|and|in|of)\b", gap[others[-1].end :]):
        return False
    if words in ("apparent", "suggest", "borderline", "question") and not gap.strip():
        return True
    return not (others and _IN_THE_KNOWN.search(gap) and not re.search(r"\b(?:represent\w*|be)\b", words))


# What is doubted is how it heals, or what caused it: "odontoid fracture, nonunion likely".
_DOUBTED_OTHER = re.compile(
    r"\b(?:(?:non|mal)-?union|pseud?arthrosis|healing|union|instability|necrosis|osteoporosis|malignancy|metastas[ei]s"
    r"|infection)\s+(?:(?:is|are|appears?|seems?|remains?|also|as|the|cause|more|most)\s+)*$",
    re.IGNORECASE,
)


def _doubts_what_precedes(text: str, head: Head, heads: Sequence[Head], cue: CueHit, words: str) -> bool:
    gap = _gap(text, head, cue)
    if _DOUBTED_OTHER.search(gap) or _OF_ANOTHER_THING.fullmatch(gap):
        return False
    if words.startswith("?"):
        # "fracture ?old" asks for the age, "fracture?" for the fracture.
        return (
            not re.match(r"\s*\w", text[cue.end :].lstrip("?")[:2])
            and not re.search(r"[;,.]", gap)
            and not _AGE_OR_CAUSE.match(gap.strip() + " ")
        )
    if words in _HEDGING_ADJECTIVES and _AGE_OR_CAUSE.match(text[cue.end :]):
        return False
    if (
        (words in _HEDGING_ADJECTIVES or words == "equivocal")
        and _HEDGES_NEXT_WORD.match(text[cue.end : cue.end + 8])
        and not re.search(r"\b(?:is|are)\s*$", gap)
    ):
        return False
    if re.search(r";|\.\s|\bbut\b|\bhowever\b", gap):
        return False
    later = [other for other in heads if other.start >= head.end and other.end <= cue.start]
    if later:
        return (
            bool(re.fullmatch(r"[\s,/]*(?:or|and)?[\s\w-]*", text[head.end : later[0].start]))
            and "with" not in text[head.end : later[0].start]
        )
    nouns = [item for item in find_anatomy(gap) if item.kind in ("noun", "other")]
    return not (nouns and re.search(r",|\bwith\b|\band\b", gap[: nouns[0].start]))


_EARLIER = frozenset({"known", "prior", "previous", "previously"})
# The patient comes today.
_PRESENTS = re.compile(r"[^,]{0,40}\b(?:who|presents?|presenting|with)\b")


def _historical(text: str, head: Head, cue: CueHit) -> bool:
    """Whether a cue of history reaches the finding, and the sentence does not show it as seen today."""
    words = _words(text, cue)
    gap = _gap(text, head, cue)
    if cue.end <= head.start:
        if STRONG_BREAK.search(gap):
            return False
        if head.kind == "augmentation" and (words == "post" or words in _EARLIER):
            return True
        if words == "post":
            return False
        if words in _EARLIER:
            # In an exam's own words an earlier fracture is one that is seen; in a patient's story it is told.
            return bool(_STORY.search(text))
        if _NEW_BEFORE.search(gap):
            return False  # "previously seen fracture of L2, new fracture of L4"
        rest = text[head.end :]
        of_the_past = "history" in words or words.startswith(("h/o", "hx", "k/c", "previously"))
        return not (of_the_past and _SEEN_NOW.search(rest) and not _PRESENTS.match(rest))
    if words in _EARLIER and head.kind == "shape" and _STATE_OF_VERTEBRA.match(text, cue.end):
        return False
    return not (re.search(r"[,;]", gap) or _RENAMED.match(text, cue.end) or _SEEN_NOW.search(text, cue.end))


_NEW_BEFORE = re.compile(
    r"(?:,|\bwith|\bnow|\band|\bbut)\s*(?:and\s+|but\s+|now\s+)?(?:an?\s+|the\s+)?new\s+(?:[\w-]+\s+){0,3}$",
    re.IGNORECASE,
)
# The cement is of the past, not the fracture: "fracture of the previously cemented L1".
_STATE_OF_VERTEBRA = re.compile(
    r"\s+(?:\w+ly\s+)?(?:cement|augment|treat|operat|fus(?:ed|ion)|instrument|irradiat|radiated|stabili|fix|plated|kyphoplast"
    r"|vertebroplast|normal|intact|uninvolved|unaffected|unfractured|healthy|metasta|involved|diseased)\w*",
    re.IGNORECASE,
)
# The name is of the past, not the fracture: "fracture of L1 (previously called L2)".
_RENAMED = re.compile(rf"\s+{GIVEN_A_NAME}", re.IGNORECASE)
# The sentence tells why the patient comes.
_STORY = re.compile(
    r"\b(?:patient|pt|\d{2}[\s-]*(?:year|yr|y/?o)\w*(?:[\s-]old)?|man|woman|lady|gentleman|male|female|she"
    r"|he)\b[^.;]{0,80}\b(?:presents?|presented|presenting|returns?|complains?|complaining|admitted|came|comes"
    r"|referred|attends?|seen\s+for|here\s+for)\b|\bpatient\s+with\s+(?:a\s+)?known\b",
    re.IGNORECASE,
)
# Cues after which "the fracture" is one that is known: "to evaluate the fracture".
_ABOUT_THE_KNOWN = frozenset({
    "to evaluate", "to assess", "evaluate", "evaluation of", "assessment of", "treatment of", "recommended",
    "recommend", "consider", "to determine", "to confirm",
})  # fmt: skip
# Cues behind which a known fracture can be the reason of the exam: "evaluate pain given the fracture".
_REASONS_OF_EXAM = _ABOUT_THE_KNOWN | {"recommendation", "plan for", "referred for", "such as"}
# Cues of what may happen: to the finding, or because of it.
_OF_WHAT_MAY_COME = re.compile(
    r"\b(?:risk|danger|fear\w*|threat\w*|impending|imminent|prevent\w*|chance\s+of|likelihood|potential|expected|anticipated"
    r"|(?:may|might|could|can|will|would)\s+\w+)\b"
)
_OF_ANOTHER = re.compile(r"[,;:.(]|\b(?:and|or|with|which|that|but)\b")
# An exam has shown it: the wish to see is over.
_SHOWED = re.compile(r"\b(?:shows?|showed|demonstrates?|demonstrated|reveals?|revealed|which\s+showed|confirmed)\b")
# The reason of an exam is known: "given the".
_GIVEN_KNOWN = re.compile(r"\b(?:given|due\s+to|because\s+of|in\s+view\s+of|for|of)\s+(?:the|this|these)\s")
# Another clause or exam between finding and cue.
_RECOMMENDATION_BEGINS = re.compile(
    r"[;,.]|\b(?:mri|ct|dxa|dexa|correlation|follow|imaging|radiograph|clinical|further|bone|evaluation|comparison"
    r"|scan)\b",
    re.IGNORECASE,
)


def _hypothetical(text: str, head: Head, heads: Sequence[Head], cue: CueHit) -> bool:
    """Whether a cue of what may be, is planned or is looked for reaches the finding."""
    words = _words(text, cue)
    gap = _gap(text, head, cue)
    if cue.end <= head.start:
        if STRONG_BREAK.search(gap):
            return False
        if _SHOWED.search(gap):
            return False
        if words in _REASONS_OF_EXAM and _GIVEN_KNOWN.search(gap):
            return False
        if words in _ABOUT_THE_KNOWN and re.search(r"\b(?:the|this|these)\s+(?:\w+\s+){0,3}$", gap):
            return False
        if words == "if" and "," in gap:
            return False
        if _OF_WHAT_MAY_COME.search(words) and _is_known_cause(text, head, heads, cue, with_too=True):
            return False
        return not (
            head.kind == "shape"
            and (
                ":" in gap
                or any(
                    other.kind == "augmentation" and cue.end <= other.start and other.end <= head.start
                    for other in heads
                )
            )
        )
    if head.kind == "shape" and any(
        other.kind == "augmentation" and (other.end <= head.start or other.end <= cue.start) for other in heads
    ):
        return False
    if words in ("risk", "protocol", "prevention"):
        return not gap.strip()
    if _OF_WHAT_MAY_COME.search(words):
        # "Is expected to heal" is of the fracture that is there; "and L2 may follow" of another vertebra.
        named = max([head.end, *(item.end for item in head.owners if item.end <= cue.start)])
        return not _OF_ANOTHER.search(text[named : cue.start]) and not re.match(r"\s+to\b", text[cue.end :])
    return not _RECOMMENDATION_BEGINS.search(gap) or bool(head.kind == "augmentation" and len(gap) < 30)
