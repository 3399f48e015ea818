"""Clefts in a vertebral body, and what a tumour does to it and around it, in whatever words.

The targets of ``knowledge`` name the usual phrases. Here a sign is put together from the part of the vertebra and what
became of it: the pedicle that is eaten away or can no longer be traced, the posterior border that bows backwards,
tumour that reaches into the epidural space, marrow that is replaced, gas inside the body. Blood, pus and fat are no
tumour, and the slight bulge of an osteoporotic fracture is no convex border.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractor import stems
from extractor.attributes import SPEAKS_OF_SIGNS, SPEAKS_OF_TUMOUR, Attribute, is_slight
from extractor.marrow import GONE_AFTER, GONE_BEFORE, SUSPECTED, around, denial

_SIDE = r"(?:(?:the|its|left|right|both|bilateral|one|ipsilateral|corresponding|adjacent|[TL]\d{1,2}|and|body)\s+)*"
_IS = (
    r"(?:(?:is|are|was|were|has|have|had|been|being|appears?|looks?|seems?|now|also|partly|partially|almost"
    r"|largely|completely|entirely|itself|be|to)\s+)*"
)
_OF_IT = r"(?:of\s+(?:the\s+)?[\w/]+\s+(?:bod(?:y|ies)\s+)?)?"
_UNSEEN = (
    r"(?:no\s+longer|can\s+no\s+longer\s+be|cannot\s+be|can\s?not\s+be|could\s+not\s+be"
    r"|not)\s+(?:\w+ly\s+)?(?:visible|seen|traced"
    r"|identif\w+|discern\w+|visuali[sz]ed|made\s+out|recogni[sz]\w+|delineated|outlined|followed|appreciated"
    r"|detect\w+)"
)
_PEDICLE = re.compile(
    rf"\bpedic(?:le|ular)\w*\s+{_OF_IT}{_IS}(?:destroyed|destruct\w+|(?:thinned\s+and\s+)?erod\w+|erosion"
    rf"|eaten(?:\s+away)?|absent|missing|effaced"
    rf"|lost|gone|lys\w+|osteolytic|invisible|expanded\s+and\s+\w+|blown\s+out|moth-eaten|{_UNSEEN})\b"
    r"|\b(?:destruction|erosion|osteolysis|lysis|absence|non-?visuali[sz]ation|effacement|destroy(?:s|ed|ing)"
    r"|erod(?:es|ed|ing)"
    rf"|missing|absent|lost|eaten(?:-away)?)\s+(?:of\s+)?{_SIDE}pedicles?\b"
    r"|\b(?:winking\s+owl|one-eyed\s+vertebra|blind\s+vertebra)\b",
    re.IGNORECASE,
)
_TRABECULAE = re.compile(
    rf"\b(?:trabecul\w+|spongiosa|cancellous\s+bone)\s+{_OF_IT}(?:\w+\s+)?{_IS}(?:destroyed|erod\w+"
    rf"|eaten\s+away|lys\w+|obliterated)\b"
    r"|\b(?:lytic|osteolytic|permeative|moth-?eaten)\s+(?:[a-z-]+\s+){0,2}?(?:destruction|lesions?|process|defects?)\b",
    re.IGNORECASE,
)
_SPACE = r"(?:epi|extra)-?dural(?:\s+(?:space|compartment|fat|canal))?"
_TUMOUR_TISSUE = (
    r"(?:soft[\s-]tissue(?:\s+(?:mass|tumou?r|component|cuff|extension))?|tumou?r\w*(?:\s+(?:tissue|extension"
    r"|mass))?|masse?s?|component"
    r"|extension|cuff|infiltrat\w+|deposits?|spread|involvement|disease|invasion|encasement|lesions?)"
)
_FEW = r"(?:(?!(?:no|not|without|but|and\s+no)\b)[\w'-]+\s+)"
_EPIDURAL = re.compile(
    rf"\b(?:{_SPACE}\s+(?:(?:and|or|/)\s+\w+\s+)?(?:[a-z-]+\s+){{0,3}}?{_TUMOUR_TISSUE}"
    rf"|{_TUMOUR_TISSUE}\s+{_FEW}{{0,6}}?(?:in|into|within|to|reaching|invad\w+|fill\w+|occup\w+"
    rf"|of)\s+(?:the\s+)?{_FEW}{{0,2}}?{_SPACE})\b",
    re.IGNORECASE,
)
_BESIDE = r"(?:para-?\s?(?:vertebral|spinal|spinous)|pre-?vertebral|peri-?vertebral)"
_PARASPINAL = re.compile(
    rf"\b(?:{_BESIDE}\s+(?:(?:and|or|/)\s+\w+\s+)?(?:[a-z-]+\s+){{0,2}}?(?:soft[\s-]tissue\s+(?:mass\w*|tumou?r"
    rf"|component|extension|cuff)"
    rf"|masse?s?|tumou?r\w*)|(?:soft[\s-]tissue\s+(?:mass\w*|tumou?r|component)|masse?s?"
    rf"|tumou?r)\s+{_FEW}{{0,6}}?(?:in|into|within|to|fill\w*"
    rf"|invad\w+|occup\w+|along|of)\s+(?:the\s+)?{_FEW}{{0,2}}?(?:{_BESIDE}|psoas)\w*)\b",
    re.IGNORECASE,
)
# Blood, pus, fat and swelling beside the spine or in the canal.
_NO_TUMOUR = re.compile(
    r"h[ae]+matoma|h[ae]+morrhage|abscess|phlegmon|collection|lipomatosis|empyema|infect|tubercul|koch"
    r"|dis[ck]itis|spondylodis|\bpus\b"
    r"|granulation|oedema|edema|swelling|steroid|injection|thicken|\bfluid|\bdis[ck]\b|\bcement",
    re.IGNORECASE,
)
_REPLACED = re.compile(
    r"\b(?:(?:marrow|spongiosa|its\s+(?:T1\s+)?signal)(?:\s+(?:signal|fat|space))*\s+(?:(?:is|are|was|has|have|been"
    r"|appears?|completely|totally|entirely|diffusely)\s+)+(?:[a-z]+\s+){0,2}?"
    r"(?:replaced|infiltrated|effaced|obliterated)"
    r"|(?:its|their|whose)\s+(?:\w+\s+)?marrow\s+(?:\w+ly\s+)?(?:replaced|infiltrated|effaced|obliterated)"
    r"|(?:replac(?:es|ing|ed|ement)|infiltrat(?:es|ing|ion))\s+(?:of\s+)?(?:(?:the|its|all"
    r"|this)\s+)*(?:[\w-]+\s+){0,3}?(?:marrow|spongiosa)"
    r"|(?:tumou?r(?:ous)?|neoplastic|malignant|metastatic|myeloma(?:tous)?)\s+(?:\w+\s+)?(?:replacement"
    r"|infiltration))\b",
    re.IGNORECASE,
)
# Marrow replaced by what is no tumour, in part, or in the whole spine.
_NOT_REPLACED = re.compile(
    r"\bby\s+(?:\w+\s+){0,2}(?:fat|cement|o?edema|gas|air|fluid|sclerosis|fibro\w+)\b|\bpart(?:ial|ly)\w*\b"
    r"|\b(?:whole|entire)\s+(?:spine|column|skeleton)"
    r"|\ball\s+(?:the\s+)?(?:vertebra|imaged|visuali)\w*",
    re.IGNORECASE,
)
_BORDER = (
    r"(?:posterior|post\.?|dorsal|back)\s+(?:(?:vertebral|cortical|body|bony)\s+)*(?:border|wall|cortex|margin"
    r"|contour|surface|outline|edge"
    r"|line|aspect)"
)
_BULGE = r"(?:bulg(?:es?|ed|ing)|bow(?:s|ed|ing)|convex(?:ly|ity)?|ballooned|ballooning)"
_CONVEX = re.compile(
    rf"\b(?:{_BORDER}(?:\s+of\s+(?:the\s+)?(?:[\w-]+\s+){{0,2}}?(?:[TL]\d{{1,2}}|body|shaft|soma|corpus|vertebra))?\s+{_IS}(?:[a-z]+\s+)?{_BULGE}"
    rf"|{_BULGE}\s+(?:[a-z]+\s+){{0,2}}?(?:of\s+)?(?:(?:the|its|their|both)\s+)*(?:[TL]\d{{1,2}}\s+)?{_BORDER})",
    re.IGNORECASE,
)
_GAS = (
    r"(?:gas|air|vacuum|fluid)(?:[\s-]+(?:density|densities|lucency|collection|phenomenon|cleft|filled|content"
    r"|bubbles?|signal|pocket))*"
)
_IN_BODY = (
    r"(?:in|within|inside|of)\s+(?:(?:the|its|this|these|any|each|either|all|both|collapsed|fractured"
    r"|compressed|wedged|affected|vertebral"
    r"|[CTLD]h?\d{1,2}|anterior|posterior|superior|inferior|upper|lower|half|third|part|aspect|of|central)\s+)*"
    r"(?:bod(?:y|ies)|vertebrae?|corpus|corpora|fracture\s+(?:cleft|line|gap|site|cavity))\b"
)
_INSIDE_BODY = re.compile(
    rf"\b(?:{_GAS}\s+(?:(?!(?:dis[ck]\w*|but|canal)\b)[\w-]+\s+){{0,5}}?{_IN_BODY}"
    r"|(?:intra-?(?:vertebral|somatic|corpor\w+|osseous|body|spongious))[\s-]+(?:\w+\s+)?(?:vacuum|gas|air"
    r"|fluid|cleft|cavity|cavitation)"
    r"|k(?:\u00fc|ue|u)mm?ell?(?:'?s)?)",
    re.IGNORECASE,
)


_STEMS = stems.group(
    "pedic", "owl", "eyed vert", "dural", "vertebral", "spinal", "psoas", "replac", "infiltr", "effaced", "trabec",
    "spongios", "lytic", "permeat", "moth", "post", "dorsal", "back", "gas", "air", "vacuum", "fluid", "intra", "mmel",
)  # fmt: skip


def signs(text: str) -> Iterator[Attribute]:
    """Clefts and features of a tumour that a sentence states, and clefts that it denies."""
    if not stems.found(text) & _STEMS:
        return
    lowered = text.lower()
    if "pedic" in lowered or "owl" in lowered or "eyed vert" in lowered:
        yield from _stated(text, _PEDICLE, "pedicle_destruction")
    if "dural" in lowered:
        yield from _stated(text, _EPIDURAL, "epidural_mass")
    if "vertebral" in lowered or "spinal" in lowered or "psoas" in lowered:
        yield from _stated(text, _PARASPINAL, "paraspinal_mass")
    if "replac" in lowered or "infiltr" in lowered or "effaced" in lowered:
        yield from _stated(text, _REPLACED, "marrow_replacement")
    if "trabec" in lowered or "spongios" in lowered or "lytic" in lowered or "permeat" in lowered or "moth" in lowered:
        yield from _stated(text, _TRABECULAE, "lytic_destruction")
    if "post" in lowered or "dorsal" in lowered or "back" in lowered:
        yield from _stated(text, _CONVEX, "convex_posterior_border")
    if any(stem in lowered for stem in ("gas", "air", "vacuum", "fluid", "intra", "mmel")) and "cleft" not in lowered:
        yield from _clefts(text)


def _stated(text: str, pattern: re.Pattern[str], value: str) -> Iterator[Attribute]:
    """A feature wherever it is stated for certain; denied, gone or suspected it says nothing."""
    for match in pattern.finditer(text):
        before, after = around(text, match.start(), match.end())
        if _is_denied(before, after) or _is_something_else(text, value, before, match.group(), after):
            continue
        yield Attribute("malignant_features", value, match.start(), match.end(), asserted=True)


def _is_denied(before: str, after: str) -> bool:
    """Whether a feature is denied, has gone, or is only suspected."""
    if denial(before, len(before), after) or SUSPECTED.search(before):
        return True
    gone = GONE_AFTER.match(after) or GONE_BEFORE.search(before)
    return gone is not None and gone["partly"] is None


def _is_something_else(text: str, value: str, before: str, words: str, after: str) -> bool:
    """Whether the words show that no tumour is meant."""
    if value in ("epidural_mass", "paraspinal_mass"):
        return _NO_TUMOUR.search(before[-60:] + words + after[:45]) is not None
    if value == "marrow_replacement":
        return _NOT_REPLACED.search(before[-30:] + words + after[:40]) is not None
    if value == "convex_posterior_border":
        # A slight bulge is that of a broken wall, and so is one without more, unless a tumour is spoken of.
        curved = re.search(r"convex|bow", words, re.IGNORECASE) is not None
        return is_slight(before, after) or not (curved or SPEAKS_OF_TUMOUR.search(text))
    return False


def _clefts(text: str) -> Iterator[Attribute]:
    """Gas or fluid in a vertebral body, stated or denied."""
    for match in _INSIDE_BODY.finditer(text):
        before, after = around(text, match.start(), match.end())
        if SUSPECTED.search(before) or SPEAKS_OF_SIGNS.search(text[match.end() :]):
            continue
        whole = before + match.group()
        absent = denial(whole, len(before), after) == "absent" or GONE_AFTER.match(after) is not None
        yield Attribute("cleft", "absent" if absent else "present", match.start(), match.end(), asserted=True)
