"""The cause of a fracture where a sentence states it with a noun, a biopsy or a denial.

Adjectives before a fracture ("metastatic collapse") are literals of the targets. Here stand the ways of saying it that
are put together: a word that links ("due to", "caused by", "consistent with") and a disease or an event; a biopsy and
what it shows; a denial of malignancy that is about the fracture. A disease that the patient merely has is no cause: the
link must start from a fracture.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extractor import stems
from extractor.attributes import Attribute

# What a cause may be called by, before its name.
_QUALIFIED = (
    r"(?:(?!(?:with|without|is|are|was|were|no|not|but|which|in|at|on|and/or|rather|than|versus|vs|instead|over|against|history|ligament\w*|cord|nerve|disc"
    r"|tissue|complex|edema|oedema)\b)[\w'/-]+\s+){0,6}?"
)
# Diseases and events that break vertebrae, by the cause that they make.
_NOUNS = {
    "osteoporotic": r"(?:\w+[\s-](?:induced|associated|related)[\s-]+)?osteoporosis|bone\s+loss|bone\s+fragility",
    "pathologic": (
        r"metasta(?:sis|ses|tic\s+(?:(?:[a-z]+\s+){0,3}?\w*(?:carcinoma|sarcoma|cancer|melanoma|tumou?r|disease)"
        r"|deposits?|lesions?|spread|involvement|infiltration))"
        r"|malignan(?:cy|t\s+(?:disease|tumou?r|process|infiltration|lesion))|(?:adeno)?carcinoma|lymphoma|myeloma|plasma"
        r"cytoma|leuka?emia|sarcoma|(?:tumou?r|neoplastic|malignant|marrow)\s+infiltration|tumou?rs?(?!\s+(?:marker|board))"
        r"|neoplas(?:m|ms|ia|tic\s+(?:disease|process))|cancer|secondaries"
    ),
    "traumatic": (
        r"trauma(?!tic)|falls?(?!\s+risk)|accidents?|injur(?:y|ies)|crash|collision|rta|rtc|mva|mvc|assault|skiing"
    ),
}
# Words that lead from a fracture to what caused it.
_CAUSED_BY = (
    r"due\s+to|owing\s+to|secondary\s+to|caused\s+by|(?:as\s+an?\s+|the\s+)?(?:result|sequel\w*|consequence)\s+of"
    r"|resulting\s+from|related\s+to|attribut(?:ed|able)\s+to|ascribed\s+to|on\s+(?:the|an?)\s+basis\s+of"
    r"|because\s+of|consequent\s+(?:up)?(?:on|to)|induced\s+by|produced\s+by|brought\s+(?:about|on)\s+by|explained\s+by"
    r"|on\s+account\s+of|from|by"
    # "A fracture through a lytic metastasis"; "through the left pedicle" is a place.
    r"|through\s+(?:an?|the|its)(?=\s+(?:(?!left|right)\w+\s+){0,2}(?:metasta|tumou?r|myelom|malignan|neoplas))"
    r"|sustained(?:\s+(?:in|during|while|when|at|through|by))?"
)
# Words that say what the look of a fracture speaks for.
_LOOKS_LIKE = (
    r"consistent\s+with|compatible\s+with|in\s+(?:keeping|line)\s+with|typical\s+(?:of|for)|characteristic\s+(?:of|for)"
    r"|suggest(?:ive\s+of|s|ing)|indicat(?:ive\s+of|es|ing)|point(?:s|ing)?\s+to(?:wards?)?|speaks?\s+for"
    r"|in\s+favou?r\s+of|favou?r(?:s|ed|ing)?|presumed|presumably|presumptive|probabl[ye]|likely"
    r"|(?:considered|regarded|evaluated|interpreted|diagnosed|classified|seen|viewed)(?:\s+(?:as|to\s+be))"
    r"|(?:cause|a?etiology)\s*(?::|is|being|was)|suspicious\s+(?:for|of)|concern\w*\s+for|worrisome\s+for|reflect\w*|represent\w*"
)
# A link, what the cause is called by, and the cause.
_LINKED = {
    kind: re.compile(rf"\b(?:(?P<by>{_CAUSED_BY})|(?P<like>{_LOOKS_LIKE}))\s+{_QUALIFIED}(?P<cause>{noun})\b", re.I)
    for kind, noun in _NOUNS.items()
}
# The same after "versus" or "or".
_OFFERED = {
    kind: re.compile(rf"\s*(?:versus|vs\.?|or)\s+{_QUALIFIED}(?:{noun})\b", re.I) for kind, noun in _NOUNS.items()
}
# Without one of these a sentence names no cause of the kind.
_KIND_WORDS = {
    "osteoporotic": ("osteoporo", "bone loss", "fragility"),
    "pathologic": (
        "metasta", "malign", "tumo", "neopl", "myelom", "lympho", "carcinom", "cancer", "plasmacyt", "leuk", "sarcom",
        "secondaries",
    ),
    "traumatic": (
        "trauma", "fall", "accident", "injur", "crash", "collision", "rta", "rtc", "mva", "mvc", "assault", "skiing",
    ),
}  # fmt: skip
_KIND_STEMS = {kind: stems.group(*words) for kind, words in _KIND_WORDS.items()}
_STEMS = stems.group(
    *(word for words in _KIND_WORDS.values() for word in words),
    "patholog", "benign", "lesion", "deposit", "biops", "histol", "cytol", "sinister", "non-", "nonm",
)  # fmt: skip
# A fracture or its shape; a cord or a nerve that is compressed is none.
_FRACTURE = (
    r"fractur\w*|collaps\w*|(?<!cord\s)(?<!root\s)(?<!sac\s)(?<!nerve\s)compress(?:ion|ions|ed)\b|deformit\w*|wedg\w*"
    r"|loss\s+of\s+(?:vertebral\s+|body\s+)*height|height\s+loss|vcfs?\b|vertebra\s+plana|biconcav\w*|burst|#"
)
# What a link may start from: a fracture, a word that points to it, or the beginning of the sentence.
_FROM_FRACTURE = re.compile(
    rf"\b(?P<fracture>{_FRACTURE}|fx\b|these|both|they|it|this|all|which|latter|former|findings?|appearances?|picture"
    r"|morphology|configuration|pattern|origin|cause|aetiolog\w*|etiolog\w*)"
    r"|(?P<other>\b(?:stenos\w*|kypho\w*|scolio\w*|cord|canal|sac|ed?ema|oedema|signal\w*|lesions?|osteopeni\w*|deminerali\w*"
    r"|rarefaction|mass\w*|collection|ha?ematoma\w*|pain|deficit|weakness|lucen\w*|bones?|density|mineralisation"
    r"|mineralization|nodes?|nodules?|effusion\w*|listhes\w*|spondyl\w*|changes?|history|known|treat\w*|therap\w*|follow\w*"
    r"|trabecul\w*|t-?score\w*|marrow|deposits?|infiltrat\w*|indication|admitted|presented|risk|lungs?|ribs?|pelvi\w*|hips?"
    r"|femor\w*|sacr\w*|sternum|sternal|foramin\w*|nerve|discs?|disks?|cysts?|h(?:a)?emangioma\w*))\b",
    re.IGNORECASE,
)
# They stand for what is named before them, if anything is.
_PRONOUNS = frozenset({"it", "this", "which", "these", "they", "all", "both"})
# Words of age and of doubt with which a sentence without a subject opens: "Old, probably due to ...".
_OPENS = re.compile(
    r"\W*(?:(?:acute|fresh|recent|old|chronic|healed|most|more|likely|probably|presumably|presumed|possibly|perhaps|appears?"
    r"|in|nature|and|to|be|osteoporotic|not|new|subacute|typical|picture|conclusions?|opinion|all)\b[\s,:]*)*",
    re.IGNORECASE,
)
# Vertebrae as the whole subject: "T12 is probably malignant".
_ONLY_LEVELS = re.compile(
    r"\W*(?:and\s+)?(?:(?:that|those|the\s+one)\s+(?:at|of|in)\s+)?(?:(?:TH|Th|[CTDL])[\s-]?\d{1,2}\W*(?:and\s+)?){1,4}"
)
# Where the subject of a link ends to be in force.
_BREAK = re.compile(r"[;.:]\s|\bbut\b|\bhowever\b|\bthough\b|\balthough\b|\bwhile\b|\bwhereas\b")
# Denial and doubt before a link, doubt and denial after its cause.
_DENIED_BEFORE = re.compile(
    r"\b(?:no|not|non|without|nor|never|neither|rather\s+than|instead\s+of|as\s+opposed\s+to|against|nothing|unlikely"
    r"|cannot\s+be|n't)\b(?!\s+(?:only|be\s+excluded|excluded|definitely|certain))(?:[\s-]+[\w-]+){0,4}\s*$",
    re.IGNORECASE,
)
_DOUBTED_BEFORE = re.compile(
    r"\b(?:possibl[ey]|may|might|could|can|query|queried|question\w*|exclude|rule\s+out|versus|vs\.?|or|either|differential"
    r"|perhaps|consider|suspicious|concern\w*|worrisome|less\s+likely)\b(?:[\s-]+[\w-]+){0,5}\s*$|\?\s*(?:\w+\s*){0,3}$",
    re.IGNORECASE,
)
_DOUBTED_AFTER = re.compile(
    r"\s*(?:\w+\s+){0,4}?(?:(?:can(?:not|\s+not|'t)|could\s+not|is\s+not|not)\s+(?:be\s+)?(?:\w+ly\s+)?(?:excluded|ruled)"
    r"|(?:is|are|also|remains?)\s+(?:\w+\s+)?possible|less\s+likely|unlikely|to\s+be\s+excluded)|\s*(?:\?|versus\b|vs\b|or\b)",
    re.IGNORECASE,
)
_DENIED_AFTER = re.compile(
    r"\s*(?:\w+\s+){0,3}?(?:is|are|was|were)\s+(?:not\s+(?:suspected|favou?red|present|seen|confirmed|the\s+cause)"
    r"|excluded|ruled\s+out)",
    re.IGNORECASE,
)


def stated(text: str, known: Sequence[Attribute] = ()) -> Iterator[Attribute]:
    """Causes that the sentence states, hedges or denies of a fracture, without those ``known`` from the same words."""
    for cause in _stated(text):
        if not any(
            other.value == cause.value and other.start < cause.end and cause.start < other.end for other in known
        ):
            yield cause


def _stated(text: str) -> Iterator[Attribute]:
    """The same, with those that are known."""
    lowered = text.lower()
    stand = stems.found(text)
    if not stand & _STEMS:
        return
    for kind, own in _KIND_STEMS.items():
        if stand & own:
            for match in _LINKED[kind].finditer(text):
                state = _linked(text, kind, match)
                if state:
                    yield _cause(kind, state, match.start(), match.end())
                if state == "possible":
                    yield from _or_other(text, kind, match.end())
        if kind == "osteoporotic" and "osteoporosis" in lowered:
            for match in _WITH_FRACTURES.finditer(text):
                yield _cause(kind, "present", match.start(), match.end())
        if kind == "pathologic":
            yield from _predicated(text)
    if "biops" in lowered or "histol" in lowered or "cytol" in lowered or "patholog" in lowered:
        yield from _sampled(text)
    yield from _denied(text, lowered)


def _or_other(text: str, kind: str, start: int) -> Iterator[Attribute]:
    """The cause that is offered beside one: "osteoporosis versus metastasis"."""
    for other, pattern in _OFFERED.items():
        match = pattern.match(text, start) if other != kind else None
        if match:
            yield _cause(other, "possible", match.start(), match.end())


def _cause(kind: str, state: str, start: int, end: int) -> Attribute:
    """A cause that can stand without a finding in its sentence."""
    return Attribute("etiologies", f"{kind}:{state}", start, end, asserted=True, standing=True)


def _clause(text: str, start: int) -> str:
    """The words of the clause before a place."""
    begin = max((match.end() for match in _BREAK.finditer(text, 0, start)), default=0)
    return text[begin:start]


def _starts_from_fracture(before: str) -> bool:
    """Whether the last thing that the words before a link name is a fracture or points to one."""
    found = list(_FROM_FRACTURE.finditer(before))
    while len(found) > 1 and found[-1].group().lower() in _PRONOUNS:
        found.pop()
    if found:
        return found[-1].group("fracture") is not None
    return (_OPENS.fullmatch(before) or _ONLY_LEVELS.fullmatch(before)) is not None


def _linked(text: str, kind: str, match: re.Match[str]) -> str:
    """How sure the sentence is of a linked cause; empty where the link starts from something else than a fracture."""
    before, after = _clause(text, match.start()), text[match.end() : match.end() + 60]
    if not _starts_from_fracture(before):
        return ""
    if kind == "traumatic" and match.group("like") and match.group("cause").lower().startswith("injur"):
        return ""
    if re.search(r"\bcan\s+(?:also\s+)?be\s*$", before) or re.match(r"\s*(?:regardless|irrespective)\b", after):
        # What such a picture can mean in general, or a diagnosis made from fractures that have no stated cause.
        return ""
    words = (match.group("by") or "").lower()
    if words in ("from", "by") and not re.search(
        rf"(?:{_FRACTURE})[\w\s,()%-]{{0,30}}$|\b(?:arising|resulted|stem\w*)\s+$", before, re.IGNORECASE
    ):
        return ""
    if words.startswith("sustained") and not re.search(
        r"accident|crash|collision|rta|mva|rtc|mvc|skiing", match.group(), re.I
    ):
        return ""
    cause = text[match.start() : match.end()]
    if _DOUBTED_AFTER.match(after):
        return "possible"
    if _DENIED_BEFORE.search(before) or _DENIED_AFTER.match(after):
        return "absent" if kind == "pathologic" or match.group("by") else ""
    doubted = _DOUBTED_BEFORE.search(before) or re.search(r"\b(?:possible|or)\b", cause)
    doubted = doubted or re.match(r"suspicious|concern|worrisome", cause, re.IGNORECASE)
    return "possible" if doubted else "present"


# "Nothing suggests that any of these is": the denial reaches over a verb.
_DENIED_OVER_VERB = re.compile(r"\b(?:no|nothing|neither|none|without|nor)\b[^.;,]*$", re.IGNORECASE)
# "Are metastatic", "is considered malignant in nature".
_IS_MALIGNANT = re.compile(
    r"\b(?:is|are|was|were|being|be|appears?|looks?|remains?|considered|deemed|judged|likely|probably)\s+(?:(?:both|all|likely"
    r"|probably|most|considered|thought|felt|presumed|to|be|\w+ly)\s+){0,4}(?:of\s+(?:an?\s+)?)?"
    r"(?P<cause>metastatic|malignant|neoplastic|myelomatous|tumou?rous)(?:\s+(?:in\s+)?(?:nature|origin|a?etiology|cause"
    r"|character))?(?=\s*(?:$|[.,;)]|\b(?:and|given|with|as|because|but)\b))",
    re.IGNORECASE,
)


def _predicated(text: str) -> Iterator[Attribute]:
    """What a sentence says of its fractures as subjects: "the fractures at T3 and T8 are metastatic"."""
    for match in _IS_MALIGNANT.finditer(text):
        before = _clause(text, match.start())
        denied = _DENIED_BEFORE.search(text[: match.start("cause")]) or _DENIED_OVER_VERB.search(before)
        if _starts_from_fracture(before) and not denied:
            doubted = _DOUBTED_BEFORE.search(before) or _DOUBTED_AFTER.match(text, match.end())
            yield _cause("pathologic", "possible" if doubted else "present", match.start(), match.end())


# "Steroid-induced osteoporosis with multiple vertebral fractures", as a diagnosis.
_WITH_FRACTURES = re.compile(
    r"^\W*(?:\w+\s*:\s*)?(?:(?:[\w-]+\s+){0,6}?[\w-]*(?:induced|associated|related)\s+osteoporosis\s+with"
    r"|(?:[\w-]+\s+){0,6}?osteoporosis\s+(?:complicated\s+by|causing|leading\s+to|resulting\s+in"
    r"|manifest\w*\s+(?:as|by|with)))\s+(?:[\w-]+\s+){0,5}?(?:fractures?|collapses?|compressions)\b",
    re.IGNORECASE,
)
# What a pathologist looks at.
_SAMPLE = r"(?:biops\w+|histolog\w*|histopatholog\w*|cytolog\w*|pathology|aspirat\w*|specimens?|cores?|samples?)"
# What he finds.
_MALIGNANT = (
    r"(?:metasta\w*|malignan\w*|(?:adeno)?carcinoma\w*|lymphoma\w*|myeloma\w*|plasmacytoma|leuka?emi\w*|sarcoma\w*"
    r"|neoplas\w*|tumou?r\w*|cancer)"
)
# "Biopsy of the collapsed vertebra confirmed metastatic adenocarcinoma."
_PROVEN = re.compile(
    rf"\b{_SAMPLE}\b(?P<of>[^.;:]{{0,60}}?)\b(?:confirm\w*|show\w*|reveal\w*|yield\w*|prov(?:ed|en|ing)|demonstrat\w*"
    rf"|establish\w*|return\w*|disclos\w*|diagnos\w*|found|positive\s+for|consistent\s+with|was|were)\s+"
    rf"(?P<denied>(?:no|without|negative|free|not)\b[^.;:]{{0,30}}?)?(?:[\w-]+\s+){{0,6}}?{_MALIGNANT}"
    rf"|\b{_SAMPLE}[\s-]+proven\b(?P<proven>)[^.;:]{{0,30}}{_MALIGNANT}",
    re.IGNORECASE,
)
# "Biopsy of both levels: no malignancy", "core biopsy negative for tumour".
_NOTHING_IN_SAMPLE = re.compile(
    rf"\b{_SAMPLE}\b(?P<of>[^.;]{{0,60}}?)\b(?:negative\s+for|no|without|free\s+(?:of|from)|(?:did|does)\s+not\s+show|nil)\s+"
    rf"(?:(?:evidence|signs?|of|any|definite|underlying|features|cells)\s+){{0,4}}{_MALIGNANT}",
    re.IGNORECASE,
)
# It is only planned.
_SAMPLE_TO_COME = re.compile(
    r"\b(?:recommend\w*|advis\w*|pending|await\w*|suggest\w*|consider\w*|plan\w*|if|may|should|would|indicated|needed|necessary)\b",
    re.IGNORECASE,
)
# The sample is of another organ.
_SAMPLE_ELSEWHERE = re.compile(
    r"\b(?:nod\w+|liver|lung|breast|prostat\w+|renal|kidney|skin|marrow|rib|iliac|hip|thyroid|primary|gastric|colon\w*|bowel"
    r"|bladder|skull|femor\w*|mass)\b",
    re.IGNORECASE,
)


def _sampled(text: str) -> Iterator[Attribute]:
    """What a biopsy shows of a collapsed vertebra, or of the only fracture that the report tells."""
    for match in _PROVEN.finditer(text):
        if _SAMPLE_ELSEWHERE.search(match.group("of") or "") or _SAMPLE_ELSEWHERE.search(
            text[max(0, match.start() - 20) : match.start()]
        ):
            continue
        yield _cause("pathologic", "absent" if match.group("denied") else "present", match.start(), match.end())
    for match in _NOTHING_IN_SAMPLE.finditer(text):
        around = text[max(0, match.start() - 20) : match.start()] + match["of"]
        if not _SAMPLE_ELSEWHERE.search(around) and not _SAMPLE_TO_COME.search(around):
            yield _cause("pathologic", "absent", match.start(), match.end())


# What a denial of a tumour may call it.
_SINISTER = (
    r"(?:malignan\w+|metasta\w+|patholog\w+|neoplas\w+|tumou?r\w*|myeloma\w*|sinister|lymphoma\w*"
    r"|(?:secondary\s+)?deposit)"
)
# What makes a denial of malignancy one of the fracture.
_OF_FRACTURE = (
    rf"(?:{_FRACTURE}|\b(?:levels?|these|them|either|any\s+of|this|it|neither|none|both|all)\b|\bvertebra\w*"
    r"|\bcauses?\b|\ba?etiolog\w*"
    r"|\borigin\b|\bnature\b|\bbod(?:y|ies)\b)"
)
# "No suspicious lesion to suggest malignancy", "no evidence that any of these is malignant".
_NOTHING_SINISTER = re.compile(
    r"\b(?:no|without|nor|nothing|lack\s+of|absence\s+of|neither|none|(?:does|do)\s+not|lacks?)\b(?P<what>[^.;:]{0,70}?)"
    r"\b(?P<infer>to\s+(?:suggest|indicate|support|imply|suspect)|suggest\w*(?:\s+of)?|suspicio\w*\s+(?:of|for|that)"
    r"|indicat\w*(?:\s+of)?|evidence\s+(?:of|for|that)|features?\s+(?:of|to\s+suggest)|signs?\s+(?:of|to\s+suggest)"
    r"|stigmata\s+of|characteristics\s+of|hallmarks\s+of|reason\s+to\s+suspect)\s+(?:[\w'-]+\s+){0,6}?"
    rf"(?P<what2>{_SINISTER})(?P<rest>[^.;:]*)",
    re.IGNORECASE,
)
# "Not considered malignant", "clearly not metastatic", "not of tumorous origin", "not thought to be pathological".
_NOT_SINISTER = re.compile(
    r"\b(?:not|never|nor|hardly|neither)\s+(?:(?:considered|felt|thought|believed|regarded|deemed|judged|likely|clearly"
    r"|as|to|be|being|of|an?|appear\w*|look\w*|suspicious|in|either|any|definitely|related|due|caused|by|from|the|represent\w*"
    r"|attribut\w+|secondary|associated|with|suggest\w*|indicat\w*|for)\s+){0,6}"
    rf"(?:{_SINISTER})(?P<rest>\s*(?:origin|nature|cause|in\s+\w+|a?etiology|process|genesis|fracture\w*|collapse|type)?\b)"
    r"(?!\s+(?:excluded|ruled)|\s+\w+\s+(?:excluded|ruled))",
    re.IGNORECASE,
)
# "No underlying lesion", "not associated with a lesion".
_NO_LESION_UNDER_IT = re.compile(
    r"\b(?:no|without|not|nor)\s+(?:(?:any|an?|evidence|of|sign|clear|definite)\s+)*(?:underlying|causative|associated\s+with"
    r"\s+(?:an?|any))\s+(?:(?:bone|bony|osseous|marrow|focal|suspicious|aggressive|lytic|destructive|discrete|malignant"
    r"|neoplastic|metastatic|sinister)\s+)*(?:lesion|mass|malignan\w+|tumou?r|neoplasm|metasta\w+|patholog\w+|deposit)s?\b"
    r"(?!\s+(?:is|was)\s+not\s+excluded)",
    re.IGNORECASE,
)
# "Benign" as what is said of a fracture, opposed to malignant.
_BENIGN = re.compile(
    r"(?:(?P<lead>^\W*|[,(;:-]\s*|\b(?:is|are|was|were|appears?|appearing|look\w*|considered|thought|felt|deemed|regarded|as"
    r"|favou?r\w*|be|both|all|likely|probably|and|of|morphologically|remains?|represent\w*|with|typically|clearly|entirely)\s+)"
    r"(?:to\s+be\s+|an?\s+|of\s+)?)"
    r"(?:benign|non-?(?:malignant|pathologic(?:al)?|metastatic|neoplastic))(?:[\s-]+(?:one|appearing|looking|appearances?|morphology|type|nature|characte\w+|origin|pattern|features"
    r"|a?etiology|cause|configuration|in\s+\w+))?\s*(?=$|[.,;)]|\b(?:and|in|given|with|on|because|rather|by|at)\b)",
    re.IGNORECASE,
)
# Something else that is benign.
_BENIGN_OTHER = re.compile(
    r"\b(?:lesion\w*|node\w*|nodul\w*|cysts?|h(?:a)?emangioma\w*|island\w*|lung|liver|renal|thyroid|prostat\w*|breast|mass\w*"
    r"|adenoma\w*|focus|foci|calcific\w*|polyps?)\b[^.;]*$",
    re.IGNORECASE,
)
# One of two: "benign versus malignant".
_VERSUS = re.compile(r"\b(?:versus|vs\.?|or)\s*$|\?\s*$", re.IGNORECASE)
_VERSUS_AFTER = re.compile(r"\s*(?:in\s+\w+\s+)?(?:versus|vs\b|or\b|\?)", re.IGNORECASE)
# What would show a tumour of the vertebra.
_SEEN_IN_BONE = re.compile(
    r"marrow|bone|bony|osseous|pedic|cortex|cortical|destruct|featur|finding|appearance", re.IGNORECASE
)
# What is denied is another lesion.
_OF_NEW = re.compile(r"\b(?:new|other|further|additional|another|more|else\w*|remaining|otherwise)\b", re.IGNORECASE)


def _denied(text: str, lowered: str) -> Iterator[Attribute]:
    """Malignancy denied as the cause of a fracture."""
    if "benign" in lowered or "non" in lowered:
        for match in _BENIGN.finditer(text):
            before = text[: match.end("lead")]
            if not (
                _VERSUS.search(before)
                or _VERSUS_AFTER.match(text, match.end())
                or _BENIGN_OTHER.search(_clause(text, match.start()))
            ) and not re.search(r"\b(?:not|no)\s+(?:\w+\s+){0,2}$", before):
                yield _cause("pathologic", "absent", match.start(), match.end())
    denies = (
        "not" in lowered
        or "lacks" in lowered
        or " no" in f" {lowered}"
        or "without" in lowered
        or "lack" in lowered
        or "absence" in lowered
        or "neither" in lowered
    )
    if not denies:
        return
    for match in _NOTHING_SINISTER.finditer(text):
        words = match.group()
        inferred = re.search(r"\bto\s+\w+$", match.group("infer"), re.IGNORECASE)
        seen = match.group("what") + match.group("infer")
        of_bone = inferred and _SEEN_IN_BONE.search(seen)
        if _OF_NEW.search(match.group()) or _DOUBTED_AFTER.match(match.group("rest")):
            continue
        if re.search(_OF_FRACTURE, words, re.IGNORECASE) or (of_bone and "metasta" not in match.group("what2").lower()):
            yield _cause("pathologic", "absent", match.start(), match.end("what2"))
    for match in _NOT_SINISTER.finditer(text):
        before = _clause(text, match.start())
        found = list(_FROM_FRACTURE.finditer(before))
        if (
            not found
            or found[-1].group("fracture")
            or "trabec" in found[-1].group().lower()
            or match.group("rest").strip()
        ):
            yield _cause("pathologic", "absent", match.start(), match.end())
    for match in _NO_LESION_UNDER_IT.finditer(text):
        yield _cause("pathologic", "absent", match.start(), match.end())
