"""One sentence read: which vertebrae it speaks of, what it says of each, and how sure it is.

Relations decide, not windows. Every finding ("wedging", "compression fracture") looks for its owner (``owners``); words
of denial, doubt and history are related to it (``assertion``); every attribute ("mild", "30 %", "chronic") looks for
its finding, and for its vertebra where several values share one finding (``sharing``). What is called normal stands
beside the findings (``statements``). What is read here depends on the sentence alone, so identical sentences are read
once; sections, neighbours and the report come in ``assemble``.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from itertools import pairwise

from extractor import attributes, causes, posterior, vocabulary
from extractor.anatomy import Anatomy, find_anatomy, level_names, quantity
from extractor.assertion import decide
from extractor.attributes import Attribute
from extractor.marrow import marrow
from extractor.owners import MOST_AT, inherit, joined, own
from extractor.phrases import which_of
from extractor.reading import NOTHING, OF_THE_BODY, CueHit, Head, Hit, Mention, Reading, Statement, Status
from extractor.sharing import by_level, distribute, share_finding
from extractor.signs import signs
from extractor.statements import cleared_levels, general_statements, left_out_levels, without_spared
from extractor.teaching import legend, only_supposes, speaks_in_general
from extractor.vocabulary import Target

__all__ = [
    "NOTHING",
    "CueHit",
    "Hit",
    "Mention",
    "Reading",
    "Statement",
    "Status",
    "read_sentence",
    "which_of",
]


_SHORT = 45
"""A sentence of fewer characters is about what was said before it."""

# Between two words of one finding.
_JOINED = re.compile(r"[\s/-]*(?:X{2,}\s*)?[\s/-]*", re.IGNORECASE)
# Words before a finding that point back.
_THE = re.compile(r"\bthe\s+(?:\w+\s+)?$", re.IGNORECASE)
_NOTE_THE = re.compile(r"^\W*(?:please\s+)?(?:note|notice|observe)\b[^.;]*$", re.IGNORECASE)
_ANAPHORA = re.compile(
    r"\b(?:this|these|the\s+(?:above|former|latter|aforementioned|said|described|same|known|affected|injured|fractured"
    r"|collapsed|involved)|that|those|such|it|its|the)\s+(?:\w+\s+){0,3}$",
    re.IGNORECASE,
)
# Words by which a whole sentence points back.
_FIRM_ANAPHORA = re.compile(
    r"^\W*(?:(?:regarded|considered|interpreted|taken|judged|deemed|viewed)\b|this|these|it|both|they|all|others?|there\s+is\s+(?:an?\s+)?associated|associated|the\s+"
    r"(?:former|latter|fractures?|deformit(?:y|ies)|collapse|wedging|vertebra|compression))\b|\b"
    r"(?:this|that|same|these)\s+(?:level|vertebra|vertebral\s+body|fracture|finding|deformity|body)s?\b"
    r"|\bthis\s+(?:is|represents|may|could|has|appears|likely|probably|would)\b",
    re.IGNORECASE,
)


def read_sentence(text: str, hits: Sequence[Hit]) -> Reading:
    """Everything that a sentence says about vertebrae.

    ``text`` is one sentence without line ends; ``hits`` are its targets in order, with their cues.
    """
    if only_supposes(text):
        return NOTHING
    explained = legend(text)
    if explained is not None:
        start, end = explained
        text = text[:start] + " " * (end - start) + text[end:]
        hits = [
            replace(hit, cues=tuple(cue for cue in hit.cues if not start <= cue.start < end))
            for hit in hits
            if not start <= hit.start < end
        ]
    heads = _heads(text, hits)
    # Without a finding only levels matter: as normal, as a line of a table, or for the sentences that follow.
    anatomy = find_anatomy(text) if heads else level_names(text)
    spans = [(head.start, head.end) for head in heads]
    anatomy = [_outside(item, spans) for item in anatomy]
    anatomy = [item for item in anatomy if item.start < item.end]
    anatomy, spared = without_spared(text, anatomy, heads)
    if not any(item.kind == "level" for item in anatomy) and speaks_in_general(text):
        return NOTHING
    asserted = list(attributes.asserted(text, hits))
    found = [
        *attributes.worded(text), *asserted, *posterior.stated(text, anatomy), *causes.stated(text, asserted),
        *signs(text),
    ]  # fmt: skip
    if not heads:
        found = [*found, *attributes.plain_percentages(text)]
    if _OF_A_DISC.match(text):
        found = [value for value in found if value.field != "height_loss_percent"]
    for head in heads:
        own(text, head, heads, anatomy)
    heads = joined(text, heads)
    inherit(text, heads)
    for head in heads:
        decide(text, head, heads)
    share_finding(text, heads, anatomy, found)
    of_marrow = marrow(text, anatomy, heads)
    # What names its vertebrae itself, and all of a sentence that names none, needs no finding in the sentence.
    owned = any(item.kind == "level" for head in heads for item in head.owners)
    told = [value for value in of_marrow if not owned or value.levels or value.field == "marrow_rest"]
    loose = [*distribute(text, heads, anatomy, [*found, *(v for v in of_marrow if v not in told)]), *told]
    mentions = [mention for head in heads for mention in _mentions(text, head, heads, anatomy)]
    mentions += [*cleared_levels(text, anatomy, heads), *left_out_levels(text, anatomy, heads), *spared]
    if not heads:
        mentions += _another(text, anatomy)
        mentions += _bare(text, anatomy, [attribute for attribute in found if not attribute.asserted])
    spoken_of = (item for item in anatomy if item.kind == "level" and not _LIKENED_TO.search(text[: item.start]))
    named = tuple(dict.fromkeys(level for item in spoken_of for level in item.levels))
    anaphoric = _FIRM_ANAPHORA.search(text) is not None
    return Reading(
        mentions=tuple(mentions),
        loose=tuple(loose),
        statements=tuple(general_statements(text, heads)),
        named=named,
        other_bone=any(head.other for head in heads),
        pointing=anaphoric or len(text) < _SHORT,
        anaphoric=anaphoric,
        which=which_of(text),
        opens=text.rstrip().endswith(":") and bool(named) and not mentions,
    )


def read_statements(text: str) -> Reading:
    """What a sentence without a finding or a level says of bone in general; the rest needs a finding elsewhere."""
    statements = general_statements(text, ())
    return Reading(statements=tuple(statements)) if statements and not speaks_in_general(text) else NOTHING


# A vertebra that another one is only likened to: what follows is not about it.
_LIKENED_TO = re.compile(
    r"\b(?:differ\w*|distinct|distinguish\w*|similar|unlike|contrast\w*)\s+(?:[a-z]+\s+){0,2}?(?:than|from|to|with|of)\s+"
    r"(?:[a-z]+\s+){0,6}$",
    re.IGNORECASE,
)


def _outside(item: Anatomy, spans: Sequence[tuple[int, int]]) -> Anatomy:
    """A name without the words that a finding takes of it: "midthoracic" of "midthoracic vertebral body wedging"."""
    if item.kind in ("level", "posterior"):
        return item
    for start, end in spans:
        if item.start < start < item.end:
            return replace(item, end=start) if item.kind == "region" else replace(item, end=item.start)
        if start <= item.start < end:
            return replace(item, end=item.start)
    return item


@cache
def _by_id() -> dict[str, Target]:
    return vocabulary.targets_by_id()


def _heads(text: str, hits: Sequence[Hit]) -> list[Head]:
    """The findings of a sentence: neighbouring matches such as "wedge" "deformity" are one."""
    heads: list[Head] = []
    for hit in hits:
        target = _by_id()[hit.target]
        if target.kind == "attribute" or _not_a_finding(text, hit, target):
            continue
        start = hit.start
        if hit.target in ("sinking", "caving") and _endplate_beside(text, hit.start, hit.end):
            target = _by_id()["depression"]
        if hit.target == "reduced_height":
            reduced = _REDUCED_BEFORE.search(text[: hit.start])
            start = reduced.start() if reduced else start
        last = heads[-1] if heads else None
        if last is not None and last.kind == target.kind == "shape" and _JOINED.fullmatch(text, last.end, hit.start):
            last.targets.append(target)
            last.end = hit.end
            last.cues = tuple(dict.fromkeys((*last.cues, *hit.cues)))
        else:
            heads.append(Head(start, hit.end, [target], hit.cues))
    return heads


_PLATE = r"(?:end-?\s?plates?|(?:upper|lower|superior|inferior|limiting|cover|base|roof|floor)\s+plates?|plateau[sx]?)"
# "The upper endplate of L2 has", before the verb; "of the lower endplate" behind it.
_ENDPLATE_BEFORE = re.compile(
    rf"\b(?:{_PLATE}|(?:top|roof|floor|bottom|upper\s+surface|lower\s+surface)\s+of\s+(?:the\s+)?(?:T[hH]?|TH|[CDL])-?\d{{1,2}})\b[^.;,:]{{0,45}}$",
    re.IGNORECASE,
)
_ENDPLATE_AFTER = re.compile(
    rf"\s*(?:of|in|at|to|along)\s+(?:the\s+|both\s+|its\s+)?(?:[\w-]+\s+){{0,3}}?{_PLATE}\b|(?<=sunken)\s+{_PLATE}\b",
    re.IGNORECASE,
)


def _endplate_beside(text: str, start: int, end: int) -> bool:
    """Whether it is an endplate that sinks, caves in or is pushed in, by the words before the verb or behind it."""
    return bool(_ENDPLATE_BEFORE.search(text[max(0, start - 70) : start]) or _ENDPLATE_AFTER.match(text, end))


# What follows shows that no finding is meant: "fracture risk", "compression stockings".
_NO_FINDING_AFTER = re.compile(
    r"\s*(?:fragments?|ratio|index|stockings?|bandage|therapy|device|plate|screw|sleeve|garment|garments|neuropathy"
    r"|test|resection|biopsy|view|risk|probabilit|prevention|liaison|clinic|table|protocol|site|pressure|ultraso\w+"
    r"|osteoporosis\s+clinic|assessment|healing|management|risk\s+assess|angles?\b|angulation"
    r"|(?:bony\s+|bone\s+)?(?:beak|spur|osteophyt|opacit|infarct|densit|consolidat|piece|ossicle|shadow)\w*)",
    re.IGNORECASE,
)
# The same before it: "cord compression".
_NO_FINDING_BEFORE = re.compile(
    r"\b(?:cord|root|nerve|neural|thecal|sac|foraminal|chest|pneumatic|cold|spinal\s+cord|cauda\s+equina|neurologic"
    r"|neurological|median\s+nerve|airway|tracheal|lobar|lobe|lung|vascular|ureteral|venous|stress\s+view|10-year"
    r"|major\s+osteoporotic|hip|fracture\s+risk)\s+$",
    re.IGNORECASE,
)
_LEVEL_WORDS = r"(?:(?:CV|DV|TV|LV|TH|T[hH]|[CTDLS])[\s-]?\d{1,2}(?:\s*(?:,|-|/|and|&|to)\s*[A-Z]?\d{1,2})*'?s?)"
# "Height" is lost where words of loss stand before or after it.
_REDUCED_BEFORE = re.compile(
    r"\b(?:reduc\w+|decreas\w+|diminish\w+|diminution|loss|lost|lose[sn]?|losing|lower(?:ed|ing)?|drop(?:s|ped)?|dip|down"
    r"|decline|shrinkage)\s+"
    r"(?:(?:of|in|the|its|their|anterior|posterior|central|mid|lateral|overall|some|mild|part|vertical|superior"
    rf"|{_LEVEL_WORDS}|vertebral|vertebra|body|partial|left|right|thoracic|lumbar)\s+)+$",
    re.IGNORECASE,
)
_REDUCED_AFTER = re.compile(
    r"\s*(?:(?:of|in|at|the|vertebra\w*|vertebral|body|bodies|soma|anterior|anteriorly|centrally|thoracic|lumbar"
    rf"|{_LEVEL_WORDS})\s+)*(?:is|are|was|were|has\s+been|have\s+been|appears?|seems?)?\s*(?:also\s+|now\s+|mildly\s+"
    r"|slightly\s+|moderately\s+|severely\s+|markedly\s+|minimally\s+|further\s+|partially\s+|anteriorly\s+|all\s+"
    r"|both\s+|each\s+|uniformly\s+|significantly\s+)*(?:reduced|decreased|diminished|lost|lowered|lessened|halved"
    r"|down\b(?!\s+to\s+normal))\b",
    re.IGNORECASE,
)
# Devices and surgery that compress, and nerves that are compressed.
_COMPRESSES_ON_PURPOSE = re.compile(
    r"\b(?:cages?|screws?|rods?|plates?|interbody|distract\w*|graft|osteotomy|stocking\w*|dressing|device|wrap|boots?"
    r"|neurologic\w*|ultrasound)\b",
    re.IGNORECASE,
)
# "#" before a number or after "accession" numbers something; in or for a number ("0.8##", "T-score ##") it masks.
_NUMBER_SIGN = re.compile(
    r"\b(?:acc|mrn|id|order|exam|case|accession|image|series|weight\s*\d*)\s*$|\d[.,]?#*$|\b(?:scores?|BMD)[\s:=]*#*$",
    re.IGNORECASE,
)
# Behind a value the sign refers to a note, which it opens again: "-2.1# ... (# outside the reference range)".
_NOTE_SIGN = re.compile(r"\d[.,]\d+#")
# A loss of height in centimetres, or one that the patient reports, is of the patient.
_HEIGHT_OF_PATIENT = re.compile(
    r"(?:\d\s*(?:cm|inch\w*|in\b|mm(?!\s+without))|historical|stature|patient|patient's|own|self-reported|reported|recalled"
    r"|documented)\s+(?:\w+\s+){0,2}$",
    re.IGNORECASE,
)
# A vertebra, not the first of a pair as a disc is written.
_LEVEL_NEAR = re.compile(r"\b(?:TH|T[hH]|[TLDC])-?\d{1,2}\b(?!\s*[-/]\s*\w?\d)")
# What is deformed without a vertebra being so.
_CURVED_OR_PRESSED = re.compile(
    r"\b(?:scolio\w+|kypho\w+|spinal|angular|rotational|rotatory|gibbus|postural|lordo\w+|chest\s+wall|cord|sac|thecal"
    r"|sagittal\s+plane|curve|ventral\s+cord)\s+$",
    re.IGNORECASE,
)
# Surgery of other kinds than the filling of a vertebra.
_OTHER_HARDWARE = re.compile(r"\b(?:screws?|rods?|arthroplast\w+|hip|knee|femoral|dental|tooth)\b", re.IGNORECASE)
# A procedure that is only thought of, or that the patient comes for.
_ONLY_PLANNED_AFTER = re.compile(
    r"\s*(?:(?:of|at|in|for|the|this|that|level|[TLD]h?\d{1,2}|and|or|,)\s*){0,6}"
    r"(?:(?:may|might|should|can|could|would|will)\s+(?:\w+\s+)?be\b|(?:is|are|remains?)\s+(?:an?\s+)?(?:\w+\s+)?"
    r"(?:option|possibility|feasible|indicated|possible|intended|to\s+be)\b)",
    re.IGNORECASE,
)
_COMES_FOR = re.compile(
    r"\b(?:come|comes|presents?|presenting|admitted|here|listed|booked)\s+(?:[\w-]+\s+){0,4}?for\s+(?:[\w-]+\s+){0,4}$",
    re.IGNORECASE,
)
# A fraction is lost only if words of loss or an amount stand before it.
_LOSS_BEFORE = re.compile(
    r"\b(?:lost|loss|lose|loses|losing|reduc\w+|decreas\w+|diminish\w+|collapse\w*|compress\w+|missing|regain\w*)\b"
    r"|\d\s*%"
    r"|per\s?cent|third|half|quarter",
    re.IGNORECASE,
)
# Cement in a hip, a flat diaphragm, a flattened cord.
_FLAT_OR_FILLED_ELSEWHERE = re.compile(
    r"\b(?:arthroplasty|hip|knee|femoral|prosthes|hemidiaphragm|diaphragm|cord|sac|lordosis|thecal|disc|liver|leak"
    r"|leakage|pars)",
    re.IGNORECASE,
)


def _not_a_finding(text: str, hit: Hit, target: Target) -> bool:
    before, after = text[max(0, hit.start - 30) : hit.start], text[hit.end : hit.end + 30]
    if _NO_FINDING_AFTER.match(after) and target.kind == "shape":
        return True
    if target.weak and _NO_FINDING_BEFORE.search(before):
        return True
    if hit.target == "compression" and _COMPRESSES_ON_PURPOSE.search(text):
        return True
    if hit.target == "fracture" and text[hit.start : hit.end] == "#":
        noted = _NOTE_SIGN.search(text) is not None and re.search(r"(?:^|[(;])\s*$", before) is not None
        return noted or bool(re.match(r"\s*\d", after)) or bool(_NUMBER_SIGN.search(before))
    if (
        target.id in ("height_loss", "vertebral_height_loss")
        and _HEIGHT_OF_PATIENT.search(before)
        and not re.search(r"vertebra|[TLD]\d", before + after)
    ):
        return True
    if hit.target == "depression":
        return not re.search(r"end-?\s?plate|cortical|vertebra", text, re.IGNORECASE)
    near_level = _LEVEL_NEAR.search(text[max(0, hit.start - 14) : hit.end]) is not None
    if (
        "height_loss" in target.gives
        and target.weak
        and not near_level
        and re.search(r"\bdis[ck]\w*\b[^,;]{0,40}$", text[: hit.start], re.IGNORECASE)
        and not re.search(
            r"vertebra|\bbod(?:y|ies)\b",
            before + text[hit.start : hit.end] + re.split("[;,.]", after)[0],
            re.IGNORECASE,
        )
    ):
        return True
    if hit.target == "pushed_in":
        return not _endplate_beside(text, hit.start, hit.end)
    if hit.target == "tapering":
        return not _TAPERS.search(text[max(0, hit.start - 45) : hit.end + 45])
    if hit.target in ("sinking", "caving") and (
        _SINKS_ELSEWHERE.search(text, max(0, hit.start - 50), hit.end + 50) or _SUBSIDES.search(text[: hit.start])
    ):
        return True
    if hit.target == "reduced_by":
        of_other = _REDUCED_ELSEWHERE.search(text[: hit.start])
        return bool(of_other) or not (_VERTEBRA_IS.search(text[: hit.start]) and _AN_AMOUNT.match(text, hit.end))
    if target.id == "height_loss" and _SHORTER.match(text, hit.start) and not _VERTEBRA_OR_LEVEL.search(text):
        return True
    if hit.target == "bare_loss":
        return not _is_amount_of_loss(text, hit)
    if hit.target == "reduced_height":
        return not (_REDUCED_BEFORE.search(text[: hit.start]) or _REDUCED_AFTER.match(text, hit.end))
    if target.kind == "shape" and _CURVED_OR_PRESSED.search(before) and set(target.gives) == {"deformity"}:
        return True
    if target.kind == "augmentation" and (
        _ONLY_PLANNED_AFTER.match(text[hit.end :]) or _COMES_FOR.search(text[: hit.start])
    ):
        return True
    if target.kind == "augmentation" and _LIKENED_TO.search(text[: hit.start]):
        return True
    if target.kind == "augmentation":
        return _OTHER_HARDWARE.search(text) is not None and not re.search(
            r"vertebroplast|kyphoplast|vertebral\s+bod", text, re.IGNORECASE
        )
    if hit.target == "lost_fraction":
        return not re.search(
            r"\b(?:lost|gone|missing)\b", text[hit.end : hit.end + 40], re.IGNORECASE
        ) and not _LOSS_BEFORE.search(text[max(0, hit.start - 90) : hit.start])
    if hit.target in ("cement", "plana", "flattening"):
        return bool(_FLAT_OR_FILLED_ELSEWHERE.search(text)) and not re.search(r"vertebra|\b[TLD]\d", text)
    return False


# A vertebra near a word of tapering, and its direction where only a level names it.
_TAPERS = re.compile(
    r"\b(?:vertebra\w*|bod(?:y|ies))\b|\b(?:anterior|anteriorly|ventral|ventrally|wedge)\b[^.;]*(?<![A-Za-z0-9])"
    r"(?:T[hH]?|TH|[LD])[\s-]?\d|(?<![A-Za-z0-9])(?:T[hH]?|TH|[LD])[\s-]?\d[^.;]*\b(?:anterior|anteriorly|ventral|ventrally)\b",
    re.IGNORECASE,
)
# What else sinks or gives way: implants, discs, the chest, joints.
_SINKS_ELSEWHERE = re.compile(
    r"\b(?:cages?|implants?|grafts?|screws?|spacers?|prosthes\w+|stem|interbody|dis[ck]s?\b(?!\s+space\s+below)|chest|knees?"
    r"|hips?|leg|legs|ankle)\b",
    re.IGNORECASE,
)
# What subsides by passing off.
_SUBSIDES = re.compile(
    r"\b(?:pain|symptoms?|o?edema|swelling|signal|inflammation|h[ae]+matoma|effusion|contusion|fever)\b[^.;,]{0,60}$",
    re.IGNORECASE,
)
# Legs and stays are shorter too.
_SHORTER = re.compile(r"shorter|squat|shrunken", re.IGNORECASE)
_VERTEBRA_OR_LEVEL = re.compile(r"vertebra|\bbod(?:y|ies)\b|(?<![A-Za-z0-9])(?:T[hH]?|TH|[DL])[\s-]?\d", re.IGNORECASE)
# A vertebra is the subject: "T11 is uniformly", "the body of L2 has been".
_VERTEBRA_IS = re.compile(
    r"(?:(?<![A-Za-z0-9])(?:TH|T[hH]|DV|LV|[CTDLS])[\s-]?\d{1,2}|\b(?:vertebra\w*|bod(?:y|ies)|corpus))\s*"
    r"(?:(?:vertebra\w*|body|is|are|was|were|has|have|been|now|also|both|each|all|anteriorly|centrally|further|\w+ly)\s+)*$"
)
# What else is reduced at a level.
_REDUCED_ELSEWHERE = re.compile(
    r"\b(?:canal|foram\w+|dis[ck]s?|space|density|bmd|t-?scores?|signal|diameter|calib\w+|cord|sac|mobility|movement|motion|range"
    r"|flow|uptake|lordosis|kyphosis|curve)\b[^.;,]{0,45}$",
    re.IGNORECASE,
)
# An amount behind a verb or noun of loss.
_AN_AMOUNT = re.compile(
    r"\s*(?:(?:of|by|about|around|approximately|approx\.?|ca\.?|some|roughly|nearly|almost|at\s+least|over|under|up\s+to"
    r"|more\s+than|less\s+than|a|an|one|its|~|<|>)\s*)*(?:\d{1,3}(?:\s*(?:-|to)\s*\d{1,3})?\s*(?:%|per\s?cent)"
    r"|(?:half|thirds?|quarters?|fifths?)\b|\d/\d)",
    re.IGNORECASE,
)
_AMOUNT_BEFORE = re.compile(
    r"(?:(?:%|\bper\s?cent)\s*|\b(?:half|third|quarter|fifth)\s+)(?:(?:anterior|anteriorly|central|overall|posterior)\s+)?$",
    re.IGNORECASE,
)
# What else is lost: signal, weight, blood, and parts that are no height.
_LOSS_OF_OTHER_BEFORE = re.compile(
    r"\b(?:signal|weight|blood|bone|disc|disk|hearing|vision|volume|density|bmd|fluid|tooth|hair|lordosis|marrow)\s+$",
    re.IGNORECASE,
)
_LOSS_OF_OTHER_AFTER = re.compile(
    r"\s*(?:of|in)\s+(?:the\s+)?(?:normal\s+)?(?!about|approx|around|roughly|nearly|almost|some|at\b|over|up\b|more|less|half"
    r"|a\s+(?:third|quarter|half|fifth)|one\b|two\b|three\b|ca\b)[a-z]",
    re.IGNORECASE,
)
# A report that measures bone, a canal or a disc speaks of other losses.
_LOSS_ELSEWHERE = re.compile(
    r"\b(?:bmd|density|t-?scores?|dis[ck]s?|canal|foram\w+|cord|signal|bone\s+loss)\b", re.IGNORECASE
)


def _is_amount_of_loss(text: str, hit: Hit) -> bool:
    """Whether a bare "loss" is so much of a vertebra: "T10 - loss of about 20 %", "L2, 15 % loss"."""
    if _LOSS_OF_OTHER_BEFORE.search(text[: hit.start]) or _LOSS_OF_OTHER_AFTER.match(text, hit.end):
        return False
    if not (_AMOUNT_BEFORE.search(text[: hit.start]) or _AN_AMOUNT.match(text, hit.end)):
        return False
    begin = max(text.rfind(mark, 0, hit.start) for mark in ",;:") + 1
    end = re.search(r"[,;:]|$", text[hit.end :])
    return not _LOSS_ELSEWHERE.search(text, begin, hit.end + (end.start() if end else 0))


# A line of a disc: "L4-L5: desiccation, height reduced by 40 %".
_OF_A_DISC = re.compile(
    r"\W*[TL]\d{1,2}\s*[-/]\s*[TLS]?\d{1,2}\s*(?:dis[ck]\s*)?[:-](?=.*\b(?:dis[ck]|desiccat|dehydrat|discopath|bulg|protru|herniat))"
    r"(?!.*\b(?:vertebra|bod(?:y|ies)\b|fractur|compression|collaps|wedg))",
    re.IGNORECASE,
)
# "Chance fracture", by the name of its author.
_CHANCE = re.compile(r"\bchance\b", re.IGNORECASE)
_DENS = Anatomy("level", 0, 0, ("C2",), ((0, 0, ("C2",)),))


# "Lesions without collapse were noted in D3": neither a finding nor said of a vertebra by name, as "L2: deposit without
# collapse" is; what is without a Schmorl node or an irregular endplate says nothing of the shape.
_LESION_WITHOUT = re.compile(
    r"\b(?:lesions?|deposits?|metastas[ei]s|mets|foci|focus|infiltrat\w+|involvement|plasmacytomas?|h[ae]*mangiomas?)"
    r"\s+(?:is|are\s+)?(?:seen\s+)?(?:without|with\s+no)\s+(?:\w+\s+){0,4}$",
    re.IGNORECASE,
)
_NODE_WITHOUT = re.compile(
    r"\b(?:irregularit\w+|nodes?)\b(?:\s+(?:without|with\s+no)|[^.;]{0,40},\s*(?:but\s+)?(?:no|without))\s+(?:\w+\s+){0,4}$",
    re.IGNORECASE,
)


def _mentions(text: str, head: Head, heads: Sequence[Head], anatomy: Sequence[Anatomy]) -> list[Mention]:
    """A finding as what it says of its vertebrae: one mention for all levels, or one for each that differs."""
    target = head.targets[0]
    if head.other or (head.status == "absent" and head.kind != "shape"):
        return []
    if head.status == "absent" and (
        _NODE_WITHOUT.search(text[: head.start])
        or (
            _LESION_WITHOUT.search(text[: head.start])
            and not any(item.kind == "level" and item.end <= head.start for item in head.owners)
        )
    ):
        return []
    if _is_of_dens(text, head):
        # "Hangman's fracture at C2-C3" is one of C2.
        if any(item.kind == "level" and "C3" in item.levels for item in head.owners):
            head.owners = [item for item in head.owners if "C3" not in item.levels]
        if head.status == "absent":
            return []
        if any(item.kind == "posterior" for item in head.owners):
            # The ring of C2 is its body, whatever part of it is broken.
            head.attributes.append(Attribute("posterior_column", "injured", head.start, head.end))
            head.owners = [item for item in head.owners if item.kind == "level"]
        if not any(item.kind == "level" for item in head.owners):
            head.owners = [replace(_DENS, start=head.start, end=head.end, groups=((head.start, head.end, ("C2",)),))]
    if _CHANCE.search(text, max(0, head.start - 10), head.end) and any(
        item.kind == "posterior" for item in head.owners
    ):
        # A Chance fracture splits the body and the elements behind it.
        head.attributes.append(Attribute("posterior_column", "injured", head.start, head.end))
        head.owners = [item for item in head.owners if item.kind != "posterior"]
    levels = sorted((item for item in head.owners if item.kind == "level"), key=lambda item: item.start)
    posterior = any(item.kind == "posterior" for item in head.owners) and not (
        head.descriptors & {"compression", "wedging", "burst", "collapse", "height_loss", "endplate_depression"}
    )
    regions = [item for item in head.owners if item.kind == "region"]
    if (
        head.kind == "shape"
        and head.weak
        and head.descriptors <= {"height_loss"}
        and re.search(r"flat", text[head.start : head.end], re.IGNORECASE)
        and not levels
    ):
        regions = [item for item in regions if not re.search(r"curv|lordo|kypho|spine\s+is", text, re.IGNORECASE)]
    named = any(
        item.kind == "vertebra"
        and re.search(r"vertebr|corpus|end-?\s?plate", text[item.start : item.end], re.IGNORECASE)
        for item in head.owners
    )
    vertebral = bool(levels or posterior or regions or named) or not head.weak
    if head.kind == "augmentation" and target.value == "cement" and not (levels or regions or named):
        return []
    own = [
        Attribute(attribute_field, target.value or "", head.start, head.end)
        for attribute_field in _OWN_FIELD.get(head.kind, ())
    ]
    if head.kind == "mimic" and attributes.mimic_offered(text, head.start, head.end):
        own = [replace(attribute, field="mimic_offered") for attribute in own]
    before = text[: head.start]
    elsewhere = not vertebral and any(item.kind == "other" for item in anatomy)
    points_back = not elsewhere and _FIRM_ANAPHORA.search(text) is not None
    points_back = points_back or (head.status != "absent" and _ANAPHORA.search(before) is not None)
    if _NOTE_THE.search(before):
        # "Note the deformity of several vertebrae" shows it for the first time.
        points_back = False
    definite = not levels and not _NOTE_THE.search(before) and _THE.search(before) is not None
    base = Mention(
        start=head.start,
        end=head.end,
        status=head.status,
        plural=any(target.plural for target in head.targets) or any(item.plural for item in head.owners),
        element="posterior" if posterior else "body",
        descriptors=head.descriptors,
        spans=((head.start, head.end), *((item.start, item.end) for item in head.owners)),
        vertebral=vertebral,
        anaphoric=points_back and not levels,
        definite=definite,
        restricted=head.restricted,
        which=_which(text, head),
    )
    values = [*own, *head.attributes]
    if _BREAKS_ALL_COLUMNS.search(text, head.start, head.end):
        values.append(Attribute("posterior_column", "injured", head.start, head.end))
    if posterior:
        values = [value for value in values if value.field not in ("posterior_column", *OF_THE_BODY)]
    if (base.descriptors & {"compression", "collapse"}) and _of_endplate(text, head):
        base = replace(base, descriptors=base.descriptors | {"endplate_depression"})
    if levels:
        return [*_of_the_many(text, base, head, levels, anatomy), *by_level(text, base, head, levels, values)]
    if head.kind == "mimic" and target.value == "physiologic":
        return []  # a normal variant of vertebrae that are not named
    region = regions[0] if regions else None
    count = _count(text, head, base.plural, region)
    same = [item for item in regions if region is not None and item.region in (None, region.region)]
    portions = tuple(dict.fromkeys(portion for item in same for portion in item.portions))
    more = _one_more_elsewhere(text, head, heads, anatomy) if region is not None and head.status == "present" else None
    own_values = tuple(value for value in values if more is None or value.start < more[0].start)
    first = replace(base, region=region.region if region else None, portions=portions, count=count, fields=own_values)
    others = [
        replace(first, region=item.region, portions=item.portions, count=_counted(text, before, item) or count)
        for before, item in pairwise(regions)
        if region is not None and item.region not in (None, region.region)
    ]
    if more is not None and more[1]:
        rest = tuple(value for value in values if value not in own_values)
        others.append(
            replace(base, region=more[0].region, portions=more[0].portions, count=more[1], plural=False, fields=rest)
        )
    return [first, *others]


# Fractures that by their name run through the posterior elements too.
_BREAKS_ALL_COLUMNS = re.compile(r"dislocation|\b(?:three|3)[\s-]column|flexion[\s-]distraction", re.IGNORECASE)
# "..., and one in the lower thoracic spine": one more of the same kind, or one of those told.
_ONE_MORE_IN = re.compile(
    r"(?:,|;|\band)\s*(?:and\s+)?(?:an?\s+)?(?P<number>one|two|three|four|another|second|third|further)(?:\s+one)?\s+"
    r"(?P<part>of\s+(?:them|these|which)\s+)?(?:is\s+)?(?:in|at)\s+(?:the\s+)?$",
    re.IGNORECASE,
)


def _one_more_elsewhere(
    text: str, head: Head, heads: Sequence[Head], anatomy: Sequence[Anatomy]
) -> tuple[Anatomy, int] | None:
    """The region of further vertebrae behind a finding, and how many: "bodies are wedged and one in the lumbar spine".

    None are further where they are some of those told: "one of them in the lumbar spine".
    """
    item = next((item for item in anatomy if item.start >= head.end and item.kind == "region"), None)
    match = _ONE_MORE_IN.search(text, head.end, item.start) if item is not None else None
    if item is None or match is None or any(item in other.owners for other in heads if other is not head):
        return None
    return item, 0 if match["part"] else quantity(match["number"]) or 1


# "Another", "a further".
_ONE_OTHER = re.compile(r"\b(?:an|a|another|further)\b", re.IGNORECASE)


def _counted(text: str, before: Anatomy, item: Anatomy) -> int | None:
    """How many vertebrae are told of the second of two regions, where its own words tell: "and of one lumbar body"."""
    gap = text[before.end : item.start]
    return quantity(gap) or (1 if _ONE_OTHER.search(gap) else None)


# Several vertebrae before a finding, of which the worst, or some, are named behind it.
_MANY = re.compile(
    r"\b(?:multiple|multilevel|multi-level|several|numerous|many|diffuse|widespread|scattered|various)\b[^.;:]{0,40}$",
    re.IGNORECASE,
)


def _of_the_many(
    text: str, base: Mention, head: Head, levels: Sequence[Anatomy], anatomy: Sequence[Anatomy]
) -> list[Mention]:
    """The vertebrae that are not named of several: "multilevel deformities of the thoracic spine, worst at T8"."""
    first = levels[0]
    if base.status != "present" or base.element != "body" or first.start < head.end:
        return []
    if not (_MANY.search(text[: head.start]) and MOST_AT.search(text[head.end : first.start])):
        return []
    region = next((item for item in anatomy if item.kind == "region" and item.end <= first.start), None)
    return [
        replace(
            base,
            levels=(),
            region=region.region if region else None,
            portions=region.portions if region else (),
            count=2,
            plural=True,
            examples=True,
            anaphoric=False,
            definite=False,
        )
    ]


# "A second one", "another", "the third" with its level behind it.
_ONE_MORE = re.compile(
    r"\b(?:a|an)\s+(?:second|third|fourth|further|similar|smaller|milder|older|comparable|lesser)\s+(?:one\b|such\b)?"
    r"|\banother(?:\s+one)?\b|\bone\s+more\b|\bone\s+other\b",
    re.IGNORECASE,
)
_ONE_AT = re.compile(
    r"\s*,?\s*(?:(?:is|was|lies|seen|present|found|noted)\s+)*(?:at|of|in|involves|involving|affects)\s+(?:the\s+)?",
    re.IGNORECASE,
)


# What else there is one more of.
_OF_OTHER_KIND = re.compile(
    r"h[ae]?emangiom|lesion|deposit|metasta|node|cyst|osteophyt|island|protru|bulg|herni|dis[ck]\b|tumou?r|focus|foci|nodule"
    r"|rib\b|ribs\b|process",
    re.IGNORECASE,
)


def _another(text: str, anatomy: Sequence[Anatomy]) -> list[Mention]:
    """One more of the kind told before: "A second one, at T6, is old"; only the report knows of what kind."""
    for match in _ONE_MORE.finditer(text):
        if _OF_OTHER_KIND.search(text):
            break
        for item in anatomy:
            if (
                item.kind == "level"
                and not item.pair
                and item.start >= match.end()
                and _ONE_AT.fullmatch(text, match.end(), item.start)
            ):
                spans = ((item.start, item.end),)
                return [
                    Mention(
                        start=match.start(),
                        end=item.end,
                        status="present",
                        levels=item.levels,
                        spans=spans,
                        another=True,
                    )
                ]
    return []


def _is_of_dens(text: str, head: Head) -> bool:
    """Whether the finding, or a level that owns it, is named by the dens, or by the hangman."""
    names = " ".join(text[item.start : item.end] for item in head.owners if item.kind == "level")
    words = text[head.start : head.end] + names
    if re.search(r"\b(?:dens|odontoid|hangman)", words, re.IGNORECASE):
        return True
    # "Fractures through the C2 pars interarticularis (hangman's type)".
    return _HANGMAN.search(text, max(0, head.start - 60), head.end + 90) is not None


_HANGMAN = re.compile(r"\bhangman", re.IGNORECASE)


# "Compression deformity of the superior endplate".
_OF_AN_ENDPLATE = re.compile(
    r"\s*(?:deformit\w*\s+|fractur\w*\s+)?(?:of|in|involving|affecting|affect|at|along)\s+(?:both\s+)?(?:the\s+)?"
    r"(?:(?:superior|inferior|upper|lower|anterior|both|cranial|caudal|and|central|mid|[TLDC]h?-?\d{1,2})\s+)*end-?"
    r"\s?plates?",
    re.IGNORECASE,
)


def _of_endplate(text: str, head: Head) -> bool:
    """Whether it is an endplate that is compressed: "compression deformity of the inferior L2 endplate"."""
    if re.search(r"end-?\s?plate\s+(?:[a-z-]+\s+){0,2}$", text[max(0, head.start - 40) : head.start], re.IGNORECASE):
        return True
    return bool(_OF_AN_ENDPLATE.match(text[head.end : head.end + 90]))


def _which(text: str, head: Head) -> str:
    """Which of the vertebrae told before is meant: by the words before the finding, by those behind it, or by any."""
    before = which_of(text[: head.start])
    if before:
        return before
    return which_of(re.split(r"[,;.]", text[head.end :], maxsplit=1)[0]) or which_of(text)


_OWN_FIELD = {"mimic": ("mimic",), "augmentation": ("augmentation",)}
# "One of the" is one.
_ONE_OF = re.compile(r"\b(?:one|single|a)\s+of\s+(?:the|several)\b", re.IGNORECASE)
# "Fractures x 3", "fractures (4 in number)".
_NUMBER_AFTER = re.compile(r"\s*\(?\s*(?:x\s*(?=\d)|(?=\d\s+in\s+number))(?P<number>\d)")
# "Fractures of the two ...".
_OF_THE = re.compile(
    r"\s*(?:deformit\w+\s+|fractures?\s+)?(?:of|in|involving|affecting|at)\s+(?:the\s+)?(?:body\s+of\s+)?",
)


def _count(text: str, head: Head, plural: bool, region: Anatomy | None) -> int:
    """How many vertebrae a finding without a level is about; a bare plural is two."""
    begin = max((match.end() for match in re.finditer(r"[;.:]|\bno\b", text[: head.start])), default=0)
    said = quantity(text[begin : head.start])
    if _ONE_OF.search(text[begin : head.end + 40]):
        return 1
    if said is None:
        following = text[head.end : head.end + 60]
        match = _OF_THE.match(following)
        said = quantity(following[match.end() : match.end() + 25]) if match else None
        stated = _NUMBER_AFTER.match(following)
        if said is None and stated is not None:
            said = int(stated.group("number"))
    if said is not None and (said > 1 or not plural):
        return said
    return 2 if plural else 1


# The words of a line of a table: levels, values and what goes with them.
_BARE_WORDS = re.compile(
    r"(?:[\s\d,;:()%.*/=<>~+&-]|\b(?:genant|grade|gr|g|sq|mild|moderate|severe|minimal|slight|marked|mildly|moderately"
    r"|severely|minor|anterior|anteriorly|loss|height|of|about|approximately|approx|and|acute|old|chronic|"
    r"subacute|recent|remote|healed|new|unchanged|stable|indeterminate|age|superior|inferior|end-?plate|endplate|vertebra"
    r"|vertebral|body|bodies|level|at|with|both|each|also|likely|since|prior|to|vs|semiquantitative|score|[IVX]+"
    r"|percent|fracture|normal|ratios?|measured|estimated|currently|now|still|also|i|ii|iii)\b)*",
    re.IGNORECASE,
)


# "15 % loss", "loss of about 20 %": of the vertebra that opens the line, with no other word for a finding.
_LOSS_AFTER_VALUE = re.compile(
    r"\s*(?:(?:anterior|central|posterior|height|vertical|further)\s+|of\s+height\s+)*(?:loss"
    r"|reduction)\b(?!\s+of\s+(?:signal|disc|dis|lord))",
    re.IGNORECASE,
)
_LOSS_BEFORE_VALUE = re.compile(
    r"\b(?:loss|reduction)\s+(?:of\s+)?(?:about\s+|approximately\s+|roughly\s+|some\s+|~\s*)?$",
    re.IGNORECASE,
)
_NO_BODY = re.compile(
    r"\bdis[ck]\b|\bcanal\b|\bfacet|\bsignal\s+loss|\bbmd\b|\bdensity\b|\bno\s+(?:\w+\s+){0,2}loss\b",
    re.IGNORECASE,
)


def _loss_of_label(text: str, levels: Sequence[Anatomy], values: Sequence[Attribute]) -> bool:
    """Whether a line that one vertebra opens gives a percentage of loss: "T11 no longer oedematous, 15 % loss"."""
    heights = [value for value in values if value.field == "height_loss_percent"]
    return (
        len(levels) == 1
        and len(levels[0].levels) == 1
        and len(heights) == 1
        and not re.search(r"[A-Za-z]", text[: levels[0].start])
        and bool(_LOSS_AFTER_VALUE.match(text, heights[0].end) or _LOSS_BEFORE_VALUE.search(text[: heights[0].start]))
        and not _NO_BODY.search(text)
    )


def _labelled_loss(item: Anatomy, values: Sequence[Attribute]) -> list[Mention]:
    """The vertebra that opens a line with what the line gives of it."""
    return [
        Mention(
            start=item.start,
            end=max(value.end for value in values),
            status="present",
            levels=item.levels,
            fields=tuple(value for value in values if not value.levels or set(value.levels) & set(item.levels)),
            spans=((item.start, item.end),),
            bare=True,
        )
    ]


def _bare(text: str, anatomy: Sequence[Anatomy], found: Sequence[Attribute]) -> list[Mention]:
    """Levels with values and no finding between them, as in tables: "T8: grade 2", "- T6 mild", "L1 25 %"."""
    levels = [item for item in anatomy if item.kind == "level" and not item.pair]
    values = [
        value
        for value in found
        if value.field in ("genant_grade", "severity", "height_loss_percent", "acuity", "change")
    ]
    if not levels or not any(value.field in ("genant_grade", "severity", "height_loss_percent") for value in values):
        return []
    if _loss_of_label(text, levels, values):
        return _labelled_loss(levels[0], values)
    rest = list(text)
    for item in levels:
        rest[item.start : item.end] = " " * (item.end - item.start)
    if not _BARE_WORDS.fullmatch("".join(rest)):
        return []
    anchor = Head(0, len(text), [], (), owners=list(levels))
    base = Mention(
        start=levels[0].start,
        end=values[-1].end,
        status="present",
        spans=tuple((item.start, item.end) for item in levels),
        bare=True,
    )
    return [mention for mention in by_level(text, base, anchor, levels, values) if mention.fields]
