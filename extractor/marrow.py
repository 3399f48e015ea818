"""Oedema of the marrow: what a sentence says of it, and of which vertebrae.

Nobody words it the same way twice, so it is put together from its parts. What is seen (oedema, a bone bruise, a high
signal on a sequence that shows water, marrow like that of the neighbours), whether it is denied or gone, and whose it
is: the vertebra that it leads to ("oedema at T6 and T8"), else the vertebra that has it ("T7 and T8 light up on STIR"),
else the finding of the sentence, which ``sharing`` knows. A low signal on T1 alone is none. What is only suspected,
asked for or of another tissue says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from extractor import stems
from extractor.anatomy import Anatomy
from extractor.attributes import Attribute
from extractor.findings import Level
from extractor.phrases import is_place_of_comparison, one_of, which_of
from extractor.reading import Head
from extractor.summaries import excepted

State = Literal["present", "absent", "normal"]
"""Oedema, none, or marrow that is called normal: said of one vertebra only, never of the report in general."""

_STEMS = stems.group(
    "edem", "stir", "tirm", "marrow", "signal", "intens", "contus", "bruis", "spongios", "suppress", "sat", "sensitive",
    "calcium", "vnca", "dual", "dixon", "fs", "bright", "normal fat", "fatty", "spair", "inversion", "t2", "sequence",
)  # fmt: skip
"""Cheap test: a sentence without one of these says nothing of the marrow."""

# ------------------------------------------------------------------------------------------------- what is seen

# A sequence, or map, on which water is bright and fat is dark.
_WATER = (
    r"(?:(?:T2|PD)[\s-]*(?:W(?:I|eighted)?|weighted|TSE|FSE)?[\s-]*)?"
    r"(?:STIR|TIRM|SPAIR|SPIR|fatsat|fat[\s-]*(?:saturat\w+|sat\b|suppress\w+|supp?\b)|(?:T2|PD)?[\s-]?FS(?![A-Za-z])"
    r"|(?:T2\s+)?Dixon(?:[\s-]+(?:T2|water)){0,2}|(?:water|fluid)[\s-]+(?:sensitive|only|weighted|excitation)"
    r"|water\s+images?"
    r"|(?:short[\s-]+tau\s+)?inversion[\s-]+recovery|virtual\s+non-?\s?calcium|VNCa|calcium[\s-]suppressed"
    r"|dual[\s-]energy(?:\s+CT)?)"
)
# The same, alone or in a list of sequences, with the nouns that follow it.
_SEQUENCES = (
    rf"(?:T[12]W?(?:I)?(?:[\s-]*weighted)?\s*(?:/|,?\s*and\s+|,|&)\s*){{0,2}}{_WATER}(?:\s*(?:/|and|,|&)\s*(?:T[12]W?(?:I)?"
    rf"|DWI|{_WATER})\b){{0,2}}(?:[\s-]*(?:weighted|WI?\b|images?|imaging|sequences?|series|scans?|maps?|acquisitions?)){{0,2}}"
)
# Every sequence of the exam.
_ANY_SEQUENCE = (
    r"(?:all|every|both|each|any(?:\s+of\s+the)?)\s+(?:of\s+the\s+)?(?:\w+\s+)?(?:pulse\s+)?(?:sequences?|weightings?)"
)
_SIGNAL = r"(?:signal(?:\s+intensit(?:y|ies))?|SI\b|intensit(?:y|ies)|attenuation|density)"
# Words of a raised signal ...
_HIGH = (
    r"(?:hyper-?\s?intens\w+|bright\w*|positiv\w*|light(?:s|ing)?\s+up|lit\s+up|lights?\b|avid\w*|hot\b|white"
    rf"|(?:high|increas\w+|rais\w+|elevat\w+|abnormal|alter\w+|patholog\w+|intense|strong|fluid|o?edematous)[\s-]+"
    rf"(?:[a-z-]+\s+){{0,2}}?{_SIGNAL}"
    rf"|{_SIGNAL}\s+(?:increas|elevat|chang|alterat|abnormal|ris|enhanc|disturb)\w*"
    rf"|{_SIGNAL}\s+(?:is\s+|are\s+)?(?:increased|high|raised|elevated|altered|abnormal)|high\b|raised\b|increased\b)"
)
# ... that only beside the name of a sequence are: "no TIRM correlate", "STIR change".
_FINDING = r"(?:signal\b|correlates?\b|chang\w+|abnormalit\w+|activity|alterat\w+)"
# Words of a signal that is not raised.
_LOW = (
    r"(?:cold|dark|black|negative|quiet|silent|inactive|normal\w*|unremarkable|inconspicuous|hypo-?\s?intens\w+"
    rf"|iso-?\s?intens\w+|low(?:[\s-]+{_SIGNAL})?|suppress(?:es|ed)?\b)"
)
# A few plain words between a signal and its sequence; a word of another signal ends them.
_FEW = (
    r"(?:(?!(?:dark|low|hypo\w*|iso\w*|normal\w*|cold|negative|black|hyper\w*|bright|high|but|while|whereas|with"
    r"|without)\b)"
    r"[A-Za-z0-9'/-]+\s+)"
)
_RAISED = re.compile(
    rf"\b(?:{_HIGH}\s+{_FEW}{{0,6}}?(?:on|in|with|at|by)\s+(?:the\s+|a\s+)?(?:[A-Za-z]+\s+){{0,2}}?(?P<on>{_SEQUENCES})"
    rf"|(?P<of>{_SEQUENCES})(?:\s*:\s*|[\s-]+){_FEW}{{0,4}}?(?:{_HIGH}|{_FINDING}|pos\b)|(?:STIR|TIRM)\s*\+"
    # "A bright STIR band below the upper endplate."
    rf"|{_HIGH}\s+{_WATER}\s+(?:bands?|lines?|stripes?|zones?|areas?|focus|foci|rims?)\b)",
    re.IGNORECASE,
)
_NOT_RAISED = re.compile(
    rf"\b(?:{_LOW}\s+{_FEW}{{0,3}}?(?:on|in|at|with)\s+(?:the\s+)?(?:{_ANY_SEQUENCE}|(?:T2\s+(?:and"
    rf"|/)\s+)?{_SEQUENCES})"
    rf"|{_SEQUENCES}(?:\s*:\s*|[\s-]+)(?:{_SIGNAL}\s+)?(?:is\s+|are\s+|shows?\s+|remains?\s+|appears?\s+)?{_LOW}"
    r"|(?:STIR|TIRM)\s*(?:neg\b|[\u2013-]\s?ve\b|[\u2013-](?=\s*(?:$|[.,;)]))))",
    re.IGNORECASE,
)
# A low signal of a line, a rim or sclerosis in the vertebra, not of its marrow.
_LINE = re.compile(
    r"\W*(?:[a-z-]+\s+){0,2}(?:lines?|linear|bands?|rims?|clefts?|foc(?:us|i)|sclero\w+|area|zone)\b", re.IGNORECASE
)
# Dark on T1 and bright on T2, where the report does not name a better sequence.
_T2_BRIGHT = re.compile(
    rf"\b(?:{_HIGH}\s+(?:on|in)\s+(?:the\s+)?T2\w*(?:[\s-]*weighted)?|T2\w*(?:[\s-]*weighted)?[\s-]+"
    r"(?:hyper-?\s?intens\w+|bright\w*|high\b))",
    re.IGNORECASE,
)
_T1_DARK = re.compile(
    r"\b(?:(?:hypo-?\s?intens\w+|dark|low)\s+(?:[a-z-]+\s+){0,2}?(?:on|in)\s+(?:the\s+)?T1"
    r"|T1\w*(?:[\s-]*weighted)?[\s-]+(?:hypo-?\s?intens\w+|dark|low))",
    re.IGNORECASE,
)
_EDEMA = re.compile(
    r"\b(?P<bone>(?:bone|bony|marrow|osseous|vertebra\w*|trabecul\w+|spongios\w+|intraosseous|end-?\s?plate"
    r"|bod(?:y|ies))"
    r"(?:\s+(?:marrow|body))?[\s-]+)?(?:o?edema(?:[\s-]*like)?(?:[\s-]+(?:signal|pattern))?|o?edematous"
    r"|o?edematously)\b"
    r"|\b(?P<bruise>(?:bone|bony|marrow|osseous|vertebra\w*|trabecul\w+|spongios\w+|end-?\s?plate|bod(?:y|ies))"
    r"(?:\s+(?:marrow|body))?[\s-]+(?:bruis\w+|contus\w+))"
    r"|\b(?P<water>(?:water|fluid)[\s-]+(?:like\s+)?signal)\b",
    re.IGNORECASE,
)
# Marrow whose signal has changed, which is oedema where a fracture or its age is spoken of.
_CHANGED = re.compile(
    r"\b(?:(?:abnormal|altered|changed)\s+(?:bone\s+)?marrow(?:\s+signal(?:\s+intensity)?)?"
    r"|(?:(?:bone|vertebral)\s+)?(?:marrow\s+)?signal(?:\s+intensity)?\s+(?:abnormalit|chang|alterat|disturb)\w+"
    r"|(?:abnormal|altered|high|increased)\s+(?:marrow\s+)?signal(?:\s+intensity)?|high\s+intensity\s+change)\b",
    re.IGNORECASE,
)
# "Hyperintensity beneath the upper end plate was read as an occult fracture", whose sequence stands elsewhere.
_HYPERINTENSE_PART = re.compile(
    r"\bhyper-?\s?intens(?:e|ity|ities)\s+(?:signal\s+|changes?\s+|bands?\s+|lines?\s+|areas?\s+)?"
    r"(?:beneath|below|under(?:neath)?|of|in|within|along|next\s+to|adjacent\s+to)\s+(?!T1\b)(?:(?:the|both|its|superior|inferior"
    r"|upper|lower|anterior|posterior|central|cranial|caudal|entire|whole|fractured|compressed)\s+){0,4}"
    r"(?:(?:T[hH]?|TH|[CDL])-?\d{1,2}\s+)?(?:end-?\s?plates?|plates?|vertebra[el]?\b(?:\s+bod(?:y|ies))?|bod(?:y|ies)|marrow)\b",
    re.IGNORECASE,
)
_FRACTURE = re.compile(r"\bfractur|\binfraction", re.IGNORECASE)
_T1 = re.compile(r"\bT1(?![\d-])\b", re.IGNORECASE)
_OTHERS = (
    r"(?:(?:its|the|their|of|that|those|in|other|rest|remain\w+|adjacent|neighbou?r\w*|normal|un\w+|surrounding"
    r"|all)\s+)*"
    r"(?:neighbou?r\w*|others?|rest|remain\w+|adjacent|normal|uninvolved|unaffected|vertebra\w*|bod(?:y|ies)"
    r"|column|spine"
    r"|levels?|marrow|fat)\b"
)
_NORMAL = re.compile(
    rf"\b(?:(?:normal|fatty|preserved|unremarkable|isointense|yellow|healthy)\s+(?:[a-z]+\s+){{0,2}}?"
    rf"(?:marrow|spongiosa|signal\b)(?:\s+(?:signal|intensity|fat))*"
    r"|(?:marrow|spongiosa|signal(?:\s+intensity)?)(?:\s+(?:signal|intensity|content|fat))*\s*(?:,|:)?\s*"
    r"(?:(?:is|are|was|appears?|remains?|has|have|been|being|now|also|again|of|entirely|completely|predominantly|here"
    r"|returned|reverted|gone|back|to"
    r"|otherwise|a|fully|quite|within)\s+)*"
    r"(?:normal\w*|fatty|unremarkable|preserved|isointense|inconspicuous|bland|quiet|intact)\b"
    rf"|iso-?\s?intense\s+(?:to|with)\s+{_OTHERS}"
    rf"|{_SIGNAL}\s+(?:(?:is|are|was|remains?|appears?|the|exactly|now)\s+)*(?:like|same\s+as|similar\s+to|identical\s+"
    rf"(?:to|with)|equal\s+to|equivalent\s+to|matching|matches|comparable\s+(?:to|with)|as\s+in|follow\w*)\s+{_OTHERS}"
    rf"|(?:same|similar|identical)\s+{_SIGNAL}\s+(?:as|to)\s+{_OTHERS}"
    r"|(?:contain\w*|fill\w*\s+(?:with|by)|hold\w*|regain\w*|retain\w*|of|shows?|keeps?|kept)\s+(?:only\s+"
    r"|its\s+|the\s+)?"
    r"(?:normal|mature|yellow|usual)\s+(?:marrow\s+)?fat\b"
    r"|(?:bod(?:y|ies)|vertebrae?|marrow|which|that|it|they|both)\s+suppress(?:es)?\b(?:\s+\w+){0,2})",
    re.IGNORECASE,
)

# ------------------------------------------------------------------------------------- denied, gone, only suspected

# Where what is said of one thing ends.
BREAK = re.compile(
    r"[;]|[.:]\s|\s-{1,2}\s|\u2013\s|\u2014|\b(?:but|however|whereas|while|whilst|although|though|despite)\b",
    re.IGNORECASE,
)
_NO = re.compile(
    r"\b(?P<firm>not|neither|none|never|nor|nothing|cannot)\b|n't\b|\b(?P<plain>no|w/o|w(?:ithou|ihtou|tihou"
    r"|itho)t|lack\w*"
    r"(?:\s+(?:of|any))?|absence\s+of|devoid\s+of|free\s+(?:of|from)|negative\s+for|nil|absent|zero)\b",
    re.IGNORECASE,
)
# "No fracture shows oedema": the subject that is denied may have a verb.
_NO_SUBJECT = re.compile(
    r"\s+(?:(?:of|the|these|those|other|single|such|of\s+the)\s+)*(?:fractur|vertebra|level|bod|one|deformit"
    r"|collaps|compress)\w*"
    r"(?:\s+(?:bod(?:y|ies)|fractures?|deformit\w+))?\s+(?:shows?|has|have|demonstrat\w+|display\w*|exhibit\w*"
    r"|with|is|are"
    r"|reveals?|returns?|contains?)\b",
    re.IGNORECASE,
)
# What ends the scope of a "no" before the thing that it would deny.
_NO_ENDS = re.compile(
    r"(?<!consistent )(?<!compatible )(?<!associated )\bwith\b(?!\s+(?:no|any))|\band\s+(?:mild|moderate|severe"
    r"|associated|marked"
    r"|diffuse|a|an|there|the|it|is|are|shows?|has|with|surrounding)\b|,\s*(?:with|there|a|an|the|mild|moderate"
    r"|severe|marked"
    r"|diffuse|patchy|and)\b|[()]",
    re.IGNORECASE,
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|shows?|has|have|demonstrat\w+|reveals?|exhibits?|returns?|display\w*)\b", re.IGNORECASE
)
# A change that is denied leaves what was there: "no change in the oedema"; a rise of signal is the oedema itself.
_NO_CHANGE = re.compile(
    r"\s+(?:(?!signal\b)\w+\s+){0,2}?(?:chang\w*|increas\w*|decreas\w*|reduction|resolution|regression|improvement"
    r"|progress\w*|longer\s+than"
    r"|doubt|differen\w+|resolved|gone|disappeared|cleared)\b",
    re.IGNORECASE,
)
# What is new, or of the other vertebrae, is denied: of those told so far it says nothing, or leaves the rest.
_NEW = re.compile(r"\s+(?:\w+\s+){0,2}?(?:new|fresh)\b", re.IGNORECASE)
_OTHER = re.compile(r"\s+(?:\w+\s+)?(?:other|additional|further|remaining)\b", re.IGNORECASE)
_ENDING = (
    r"(?:gone|resolved|subsided|disappear\w+|clear(?:ed|s)|vanish\w+|absent|lacking|missing|regressed"
    r"|normali[sz]ed|faded|settled"
    r"|abated|receded|ceased|resorbed|no\s+longer\s+\w+|not\s+(?:\w+\s+)?(?:seen|present|visible|identified"
    r"|evident|demonstrat\w+"
    r"|appreciated|detect\w+|shown|found|noted|observed|recogni[sz]\w+|apparent|demonstrable)|nil|none|excluded)"
)
# It is gone, or not there, by the words after it ...
GONE_AFTER = re.compile(
    r"[\s)]*(?:[:=|]\s*(?:no|none|nil|absent|negative)\b"
    r"|(?:(?!(?:is|are|has|have|with|without|and|no|not)\b)[\w'/-]+\s+){0,7}?(?:(?:is|are|was|were|has|have|had"
    r"|been|now|since"
    r"|also|almost|(?P<partly>partial\w*|partly|incomplete\w*|nearly|almost|largely|mostly|somewhat|slightly"
    r"|not\s+(?:yet|fully"
    r"|completely|entirely))|completely|entirely|totally|fully|meanwhile|practically|virtually|again|itself|again)\s+)*"
    rf"{_ENDING})\b",
    re.IGNORECASE,
)
# ... or before it; what is shown to regress is still there unless it does so completely.
GONE_BEFORE = re.compile(
    r"(?P<partly>(?:partial\w*|incomplete|near|nearly|almost|slight\w*|some|moderate|mild|beginning|further"
    r"|ongoing|progressive)\s+(?:\w+\s+)?|(?:shows?|showing|demonstrat\w+|undergo\w*)\s+(?:the\s+)?(?=regression))?"
    r"(?:resolution|regression|disappearance|subsidence|clearance|clearing|normali[sz]ation"
    r"|resorption|resolved"
    r"|loss(?=\s+of))\s+(?:of\s+)?(?:the\s+)?(?:(?!(?:height|and|with)\b)[\w-]+\s+){0,3}$|\b(?:resolved|subsided|regressed)\s+(?:[\w-]+\s+)?$",
    re.IGNORECASE,
)
# "Marrow oedema: none".
_NONE_LISTED = re.compile(r"\s*[:=|]\s*(?:no|none|nil|absent|negative|not)\b", re.IGNORECASE)
# The others are the subject: the other fractures, of which the report tells, or other vertebrae, of which it does not.
_OTHERS_SUBJECT = re.compile(
    r"\b(?:others?|remaining|rest\s+of\s+the)\s+(?:\w+\s+)?(?:(?P<fractured>fractur\w*|deformit\w+|collaps\w*"
    r"|levels?|ones?)"
    r"|vertebra\w*|bod(?:y|ies)|column|spine)\b[^,;]{0,45}$",
    re.IGNORECASE,
)
# It was there on an earlier exam; what follows tells whether it still is.
_EARLIER = re.compile(
    r"\b(?:prior|previous|previously|earlier|formerly|initial|original)\s+(?:[\w-]+\s+){0,3}$", re.IGNORECASE
)
_STILL = re.compile(r"\b(?:persist\w*|remain\w*|still|residual|continu\w+|again|unchanged)\b", re.IGNORECASE)
# It is only suspected, asked for, or looked for.
SUSPECTED = re.compile(
    r"\b(?:possibl[ey]|questionabl[ey]|equivocal|doubtful|perhaps|suspect\w*|suspicious\s+for|may\s+(?:be|have"
    r"|represent|reflect)"
    r"|might|could|query|whether|if|rule\s+out|r/o|exclude|to\s+(?:assess|look|check|evaluate|confirm|detect"
    r"|see|determine|search"
    r"|show|demonstrate)|recommend\w*|advis\w*|suggested\s+to|would|search\s+for|evaluat\w+|assessment\s+(?:of"
    r"|for)|versus|vs\.?"
    r"|not\s+(?:be\s+)?(?:assess|evaluat|determin)\w*|sensitive\s+(?:for|to)|in\s+case\s+of|look\w*\s+for"
    r"|unlike)\b"
    r"[^,;]{0,60}$|\?\s*(?:bone\s+|marrow\s+)*$",
    re.IGNORECASE,
)
_SUSPECTED_AFTER = re.compile(
    r"\s*(?:[\w-]+\s+){0,3}?(?:\?(?!\?*\s*\w)|(?:is|are)\s+(?:possible|suspected|questionable|equivocal|doubtful)"
    r"|cannot\s+be|can\s+not\s+be"
    r"|could\s+not\s+be|may\s+be\s+present|would\b|if\b)",
    re.IGNORECASE,
)

# --------------------------------------------------------------------------------------------------- of what tissue

# Whatever else can be oedematous or bright.
_TISSUE = (
    r"(?:pulmonary|soft[\s-]tissues?|subcutaneous|legs?|ankles?|pedal|interstitial|cerebral|brain|cord|conus"
    r"|medulla\w*|myel\w+"
    r"|para-?(?:spin|vertebr)\w+|pre-?vertebral|pre-?sacral|peri-?vertebral|musc\w+|periarticular|inter-?spin\w+"
    r"|supraspin\w+|ligament\w*"
    r"|peripheral|facets?|joints?|sacro-?iliac|iliac|psoas|epidural|airspace|alveolar|spinous|fat\s+pads?"
    r"|dis[ck]s?|discal"
    r"|nucle(?:us|i)|annul\w+|roots?|nerves?|csf|cysts?|collections?|abscess\w*|h[ae]+mangiomas?|angiomas?"
    r"|h[ae]+matomas?"
    r"|periportal|mesenteric|wall|septal|scalp|optic|skin|renal|gallbladder|hips?|femor\w+|knees?|ribs?|pelvi\w+|pub\w+"
    r"|foramin\w+|canal|plc|capsul\w+|tendons?|pars|laryn\w+|macular)"
)
_OF_OTHER_BEFORE = re.compile(rf"\b{_TISSUE}(?:\s+(?:and|or|/|&)\s+\w+)?[\s,-]+(?:[a-z-]+\s+){{0,2}}$", re.IGNORECASE)
_OF_OTHER_AFTER = re.compile(
    rf"(?!\s*,\s*(?:without|no|with|but|and)\b)[\s,-]*(?:[a-z-]+\s+){{0,3}}?(?:of|in|within|along|involving|affecting|around|about)\s+(?:the\s+|both\s+"
    rf"|right\s+|left\s+"
    rf"|adjacent\s+|surrounding\s+|posterior\s+|overlying\s+|[TL]\d+(?:[-/][TL]?\d+)?\s+)*{_TISSUE}\b"
    rf"|\s+{_TISSUE}\b",
    re.IGNORECASE,
)
# The tissue that a signal is of, as the subject of its clause.
_OTHER_SUBJECT = re.compile(
    rf"\b{_TISSUE}\b(?![^,;]*\b(?:vertebra\w*|bod(?:y|ies)|marrow|[TLD]h?\d{{1,2}})\b)[^,;]{{0,45}}$", re.IGNORECASE
)
# Fluid in a cleft, and the cleft itself, which is bright where water is: "a linear band of fluid signal".
_FLUID = (
    r"(?:clefts?|fluid[\s-]filled|fluid\s+sign(?!al)|(?:linear|bands?|lines?|stripes?|slits?|pockets?|layers?)\s+(?:of\s+)?"
    r"(?:fluid|water)(?:[\s-]+signal)?)"
)
_OF_FLUID = re.compile(rf"\b{_FLUID}\b", re.IGNORECASE)
_FLUID_SUBJECT = re.compile(
    rf"\b{_FLUID}\b(?:(?!\b(?:with|and|plus|surround\w*|adjacent|marrow|o?edema\w*|bod(?:y|ies))\b)[^;+]){{0,60}}$",
    re.IGNORECASE,
)
# Signal that a tumour or an infection of the marrow has.
_TUMOUR = re.compile(
    r"\b(?:replac\w+|infiltrat\w+|metasta\w+|mets|lesions?|deposits?|tumou?rs?|masse?s?|nodul\w+|h[ae]+mangioma\w*)\b",
    re.IGNORECASE,
)
# Signal of degenerative end plates, joints and other bones.
_DEGENERATIVE = re.compile(
    r"\b(?:modic|degenerative|discogenic|reactive|spondylolisthesis|erosive|osteochondro\w+|facet\w*)\b", re.IGNORECASE
)
# Oedema is of marrow only where bone, MRI or a fracture is named, or in a few words of its own.
_BONE_NAMED = re.compile(
    r"\b(?:vertebra\w*|body|bodies|marrow|bone|stir|fracture\w*|[TLDC]h?-?\d{1,2}|end-?\s?plates?|compress\w+"
    r"|deformity|associated"
    r"|surrounding|mri|signal|no|without|levels?|acute|underlying|neither|none|both|residual|here|there|latter"
    r"|former|wedg\w+)\b",
    re.IGNORECASE,
)
# What else swells, and what a chest film says beside it, unless bone is named there: "congestion without edema".
_CHEST_OR_LIMB = re.compile(
    r"\b(?:congest\w*|vascular\w*|vasculature|hearts?|cardi\w+|lungs?|pleura\w*|effusions?|pneumo\w+|infiltrates?|consolidations?"
    r"|chf|failure|hil(?:ar|a|um)|mediastin\w*|atelecta\w*|opacit\w+|kerley|overload|airways?|extremit\w+|clubbing"
    r"|cyanosis|murmurs?|rash|cellulitis|swelling|weight|abdom\w*|bowel|chest)\b",
    re.IGNORECASE,
)
_BONE_ITSELF = re.compile(
    r"\b(?:vertebra\w*|body|bodies|marrow|bon[ey]|osseous|stir|signal|fractur\w*|[TLDC]h?-?\d{1,2}|levels?|end-?\s?plates?"
    r"|compress\w+|deformit\w+|wedg\w+|collaps\w+)\b",
    re.IGNORECASE,
)
_AGED = re.compile(r"stir|acute|edema|fractur|compress|collaps|wedg|deform|cement", re.IGNORECASE)
# Marrow that is normal elsewhere, or was so before.
_ELSEWHERE = re.compile(
    r"\b(?:otherwise|elsewhere|other|rest\s+of|background|replac\w+|loss\s+of|lost|all|half|part|portion"
    r"|remainder|remaining\s+\w+"
    r"|not|no|than|cord|conus|dis[ck]s?|spinal\s+cord|partially|throughout)\b[^,;:]{0,40}$",
    re.IGNORECASE,
)

# ---------------------------------------------------------------------------------------------------- whose it is

_PART = (
    r"(?:(?:the|its|both|superior|inferior|upper|lower|anterior|posterior|central|cranial|caudal|left|right"
    r"|entire|whole|end-?\s?plates?"
    r"|end|plates?|bod(?:y|ies)|vertebra\w*|part|half|third|two-thirds|aspect|portion|side|corner|margin|corpus"
    r"|corpora|of|and"
    r"|compressed|wedged|fractured|collapsed|deformed|old|acute|affected|levels?|marrow|spongiosa|bone|in|at"
    r"|deformity|fractures?"
    r"|anterosuperior|subjacent|beneath|below|under)\s+)*"
)
# Words that lead from a sign of oedema to its vertebra.
_LEADS = re.compile(
    rf"\W{{0,2}}(?:(?!(?:no|not|without|but|is|are|was|were|with|shows?|has|than|absent|suggest\w*"
    rf"|favou?r\w*)\b)[\w/'-]+\s+"
    r"|(?:is|are|was|were)\s+(?:(?:now|also|again|only|mainly|largely)\s+)?(?:\w+ed|present|seen|visible"
    r"|evident|found|shown)\s+)"
    r"{0,9}?"
    r"(?:of|at|in|from|involving|within|around|throughout|beneath|under|below|along|near|to|affecting|across"
    r"|surrounding|about"
    rf"|through|:)\s+{_PART}|\s+{_PART}|\s*[:(]\s*",
    re.IGNORECASE,
)
# Between two vertebrae to which it leads.
_AND = re.compile(
    rf"\s*(?:,|,?\s*(?:and|or|nor)|&|/|as\s+well\s+as|plus)\s*(?:also\s+)?(?:(?:of|in|at|within|to)\s+)?{_PART}",
    re.IGNORECASE,
)
# A vertebra that has a verb of its own begins the next statement.
_HAS_VERB = re.compile(
    r"\s*(?:vertebra\w*\s+|body\s+)*(?:is|are|was|shows?|has|have|does|do|demonstrat\w+|remains?|appears?"
    r"|displays?|lacks?"
    r"|contains?|exhibits?|lights?|returns?)\b",
    re.IGNORECASE,
)
# A vertebra that labels what follows: "L4: ...", "T8 - ...".
_LABELLED = re.compile(r"(?:\s*(?:vertebra\w*|body))?\s*(?:\([^()]*\)\s*)?(?::|\s[\u2013-]{1,2}(?=\s))")
# Between a vertebra and what it has: "T12 no longer ...", "L1 body, which shows ...".
_SUBJECT_VERB = re.compile(
    r"\s*(?:vertebra\w*\s+|bod(?:y|ies)\s+|levels?\s+|fractures?\s+|deformit\w+\s+|corpus\s+)*(?:\([^()]*\)\s*)?,?\s*"
    r"(?:(?:which|that|also|still|now|again|only|each|both|all|however|equally|in\s+contrast|alone|had|as\s+well)\s+)*"
    r"(?:(?:shows?|showed|demonstrat\w+|displays?|exhibits?|has|have|is|are|was|were|appears?|returns?|remains?"
    r"|contains?|does|do"
    r"|did|reveals?|retains?|keeps?|regain\w*|no\s+longer|lacks?|without|harbou?rs?|gives?|suppress\w*|follows?)\b"
    r"|(?=\W*$)|[:\u2013-])",
    re.IGNORECASE,
)
# "Old fractures of T7 and L1, recent one of T12 with oedema": it is of those that stand right before it.
_WITH = re.compile(r"\s+with\s+(?:(?!no\b|out\b)[a-z-]+\s+){0,3}", re.IGNORECASE)
_ALL = re.compile(r"\b(?:all|both|each|every|neither|none|these|they)\b", re.IGNORECASE)
# "Collapse of T9 and partial collapse of T10, marrow oedema in both."
_IN_BOTH = re.compile(r"\s+(?:in|of|at|within)\s+both\b(?=\W*(?:$|[.,;(]|levels?\b|bodies\b|vertebra))", re.IGNORECASE)
# The other vertebrae, told apart from those that are named.
_REST = re.compile(
    r"(?:,|;|\band\b|\bbut\b|\()?\s*(?:(?:none|not|nil|absent|no\s+(?:such\s+)?(?:o?edema|signal"
    r"|change)\w*)\s+(?:\w+\s+)?(?:at|in|of|within)\s+"
    r"(?:any\s+of\s+)?(?:the\s+)?(?:others?|rest|remain\w+|three|two|four|five)\b"
    r"|(?:none|not|nil)\s+elsewhere|(?:the\s+)?(?:others?|rest|remaining|remainder)\s+(?:\w+\s+){0,3}?(?:(?:is"
    r"|are|do|does)\s+"
    r"(?:not|cold|dark|negative|normal|quiet)|(?:shows?|have|has)\s+no(?:ne)?|without|lacks?|(?:shows?|have"
    r"|has)\s+normal"
    r"\s+(?:marrow|signal)))",
    re.IGNORECASE,
)
# "... but not at L2", "and none at T9", "absent at L1": the same thing denied, or found, elsewhere in the sentence.
_ELLIPSIS = re.compile(
    r"(?:,|;|\band\b|\bbut\b|\bwhile\b|\bwhereas\b|\()\s*(?:it\s+is\s+|is\s+|are\s+)?(?:(?P<no>not|none|nil"
    r"|absent|no\s+(?:such\s+)?"
    r"(?:signal|change|abnormality)|lacking|missing|gone|resolved)"
    r"|(?P<yes>present|marked|seen|visible|intense|persist\w*|some|mild|moderate|extensive|evident|residual))\s+"
    rf"(?:\w+\s+)?(?:at|in|of|within|around|from|on)\s+{_PART}$",
    re.IGNORECASE,
)
# "T12 with oedema, L1 without".
_WITHOUT = re.compile(r"\bwithout(?:\s+(?:it|any|such|oedema|edema))?(?=\s*(?:$|[.;,)]))", re.IGNORECASE)
# "T11 and L3 are cold", "L1 does not".
_SHORT_PREDICATE = re.compile(
    r"\s*(?:vertebra\w*\s+|bod(?:y|ies)\s+)*(?:(?:is|are|remains?|stays?|appears?)\s+(?:(?:now|both|all|also"
    r"|again)\s+)*"
    r"(?P<cold>cold|dark|quiet|silent|negative|black|not|isointense|normal(?=\s*(?:$|[.;,])))"
    r"|(?P<bare>cold|dark|quiet|silent|negative|normal|-)(?=\s*(?:$|[.;,]))"
    r"|(?P<dont>(?:does|do|did)\s*(?:n't|\s+not))(?=\s*(?:$|[.;,)]|so\b))|(?P<none>(?:returns?|shows?|has|have"
    r"|gives?)\s+no(?:ne)?\b(?:\s+such)?(?:\s+(?:signal|changes?|correlates?|abnormality|o?edema))?)"
    r"(?=\s*(?:$|[.;,]))|(?:is|are)\s+(?P<hot>bright|hot|positive|hyperintense)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Sign:
    """One sign of oedema, or of its absence, at ``text[start:end]``."""

    start: int
    end: int
    state: State
    rest: bool = False
    """Said of the other vertebrae: "no other oedema"."""


def marrow(text: str, anatomy: Sequence[Anatomy], heads: Sequence[Head]) -> list[Attribute]:
    """What a sentence says of the marrow of vertebrae.

    ``marrow_edema`` is present or absent; ``marrow_normal`` is of one vertebra, never of all; ``marrow_rest`` is of
    those that are told of nowhere else. Values with levels are of these alone, others of the finding of the sentence.
    """
    if not stems.found(text) & _STEMS:
        return []
    signs = _signs(text)
    if not signs:
        return []
    named = [
        item for item in anatomy if item.kind == "level" and not item.pair and not is_place_of_comparison(text, item)
    ]
    found: list[Attribute] = []
    before: tuple[_Sign, tuple[Level, ...]] | None = None
    left_out = excepted(text)
    for sign in signs:
        levels = _levels_of(text, sign, named, heads)
        if left_out and sign.state == "absent" and set(levels) <= left_out:
            # "In all bodies other than L4 there is no oedema": of L4 it says nothing.
            found.append(
                Attribute("marrow_rest", "absent", sign.start, sign.end, levels=tuple(left_out), asserted=True)
            )
            continue
        if not levels and before and before[1] and sign.state == before[0].state and not _parted(text, before[0], sign):
            levels = before[1]
        found.append(_attribute(sign, levels))
        if levels and sign.state == "present" and _only_these(text, named, levels):
            found.append(Attribute("marrow_rest", "absent", sign.start, sign.end, levels=levels, asserted=True))
        before = (sign, levels)
    found += _elliptic(text, signs, named)
    rest = _REST.search(text, signs[0].end) if signs[0].state == "present" else None
    if rest is not None:
        found.append(Attribute("marrow_rest", "absent", rest.start(), rest.end(), asserted=True))
    return found


def _attribute(sign: _Sign, levels: tuple[Level, ...]) -> Attribute:
    if sign.rest:
        return Attribute("marrow_rest", "absent", sign.start, sign.end, asserted=True)
    field = "marrow_normal" if sign.state == "normal" else "marrow_edema"
    value = "present" if sign.state == "present" else "absent"
    return Attribute(field, value, sign.start, sign.end, levels=levels, asserted=True)


# ------------------------------------------------------------------------------------------------------------ signs


def _signs(text: str) -> list[_Sign]:
    """The signs of a sentence in their order; of those that overlap the first kind that fits."""
    taken: list[tuple[int, int]] = []
    signs: list[_Sign] = []
    for start, end, kind in _candidates(text):
        if any(start < b and a < end for a, b in taken):
            continue
        taken.append((start, end))
        sign = _normal_sign(text, start, end, kind) if kind in ("low", "normal") else _sign(text, start, end, kind)
        if sign is not None:
            signs.append(sign)
    return sorted(signs, key=lambda sign: sign.start)


def _candidates(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _NOT_RAISED.finditer(text):
        yield match.start(), match.end(), "low"
    for match in _RAISED.finditer(text):
        yield match.start(), match.end(), "signal"
    if _T1_DARK.search(text):
        for match in _T2_BRIGHT.finditer(text):
            yield match.start(), match.end(), "signal"
    for match in _EDEMA.finditer(text):
        yield (
            match.start(),
            match.end(),
            "bone" if match["bone"] or match["bruise"] else "water" if match["water"] else "bare",
        )
    for match in _NORMAL.finditer(text):
        yield match.start(), match.end(), "normal"
    if _FRACTURE.search(text) and not _T1.search(text):
        for match in _HYPERINTENSE_PART.finditer(text):
            yield match.start(), match.end(), "signal"
    for match in _CHANGED.finditer(text):
        yield match.start(), match.end(), "changed"


def around(text: str, start: int, end: int) -> tuple[str, str]:
    """The words before and after a sign in its clause."""
    before = BREAK.split(text[max(0, start - 110) : start])[-1]
    return before, BREAK.split(text[end : end + 90])[0]


def _sign(text: str, start: int, end: int, kind: str) -> _Sign | None:
    """A sign of oedema with what the words around make of it; None where it is of something else or not stated."""
    before, after = around(text, start, end)
    if kind != "bone" and _is_of_other(text, before, text[start:end], after, kind):
        return None
    if _DEGENERATIVE.search(before[-35:] + " " + after[:45]) and not re.search(
        r"fractur|compress", text, re.IGNORECASE
    ):
        return None
    if SUSPECTED.search(before) or _SUSPECTED_AFTER.match(after):
        return None
    inner = text[start:end]
    denied = denial(before + inner, len(before), after)
    if denied == "other":
        return _Sign(start, end, "absent", rest=True)
    if denied == "new":
        return None
    gone = GONE_AFTER.match(after) or GONE_BEFORE.search(before) or _NONE_LISTED.match(text, end)
    others = _OTHERS_SUBJECT.search(before)
    if others:
        return _Sign(start, end, "absent", rest=True) if others["fractured"] and (denied == "absent" or gone) else None
    if denied == "absent":
        state: State = "absent"
    elif gone:
        state = "absent" if gone.groupdict().get("partly") is None else "present"
    elif _EARLIER.search(before) and not _STILL.search(after):
        return None
    else:
        state = "present"
    if kind == "changed" and state == "present" and not (_AGED.search(text) and "marrow" in inner.lower()):
        return None
    return _Sign(start, end, state)


def _is_of_other(text: str, before: str, inner: str, after: str, kind: str) -> bool:
    """Whether a sign is of soft tissue, the cord, a disc, a tumour or anything else than the marrow of a vertebra."""
    if _OF_OTHER_BEFORE.search(before) or _OF_OTHER_AFTER.match(after):
        return True
    if kind == "bare":
        if _CHEST_OR_LIMB.search(text) and not _BONE_ITSELF.search(text):
            return True
        return len(before) > 25 and not _BONE_NAMED.search(text)
    if _OTHER_SUBJECT.search(before) or re.search(rf"\b{_TISSUE}\b", inner, re.IGNORECASE):
        return True
    if kind == "water" and _OF_FLUID.search(before[-40:] + inner + after[:40]):
        return True
    if kind == "signal" and _FLUID_SUBJECT.search(before) and not re.match(r"\W*(?:\w+\s+)?marrow\b", after):
        return True
    return _TUMOUR.search(before + inner + after[:40]) is not None and not re.search(
        r"fractur|edem", text, re.IGNORECASE
    )


# "No retropulsion, cleft, oedema": a list that opens with the denial and has nothing but its items.
_ENDS_LIST = re.compile(r"[^,]*(?:,\s*(?:[\w-]+\s*){0,2}){1,4}\0\W*$", re.IGNORECASE)


def denial(text: str, start: int, after: str) -> str:
    """What is said by the last "no" before a sign, or inside it: absent, of the others, of what is new, or nothing."""
    found = list(_NO.finditer(text))
    if not found:
        return ""
    no = found[-1]
    gap = text[no.end() : max(start, no.end())]
    if _NO_CHANGE.match(gap + " "):
        return ""
    if (
        gap.count(" ") > 12
        or _NO_ENDS.search(gap)
        or (no["plain"] and _VERB.search(gap) and not _NO_SUBJECT.match(gap))
    ):
        return ""
    if "," in gap and not re.search(r"\b(?:or|nor)\b", gap) and not re.match(r"[^.;]{0,40}\b(?:or|nor)\b", after):
        return "absent" if not text[: no.start()].strip() and _ENDS_LIST.match(gap + "\0" + after) else ""
    if _NEW.match(gap):
        return "new"
    return "other" if _OTHER.match(gap) else "absent"


# Marrow that has become normal again is that of a fracture.
_REGAINED = re.compile(r"\b(?:return\w*|revert\w*|regain\w*|normali[sz]ed|back)\b", re.IGNORECASE)


# "Both pedicles return normal signal" says nothing of the body.
_ELEMENT_SUBJECT = re.compile(
    r"\b(?:pedicles?|lamina[es]?|posterior\s+elements?|arch(?:es)?)\b[^,;]{0,30}$", re.IGNORECASE
)


def _normal_sign(text: str, start: int, end: int, kind: str) -> _Sign | None:
    """Marrow that is called normal, fatty or dark where water is bright; None where it is that of other vertebrae."""
    before, after = around(text, start, end)
    others = _OTHERS_SUBJECT.search(before)
    if others is not None and others["fractured"]:
        return _Sign(start, end, "absent", rest=True)
    if _ELSEWHERE.search(before) or _LINE.match(after) or SUSPECTED.search(before):
        return None
    if _OF_OTHER_BEFORE.search(before) or _OF_OTHER_AFTER.match(after) or _OTHER_SUBJECT.search(before):
        return None
    if re.search(r"\b(?:no|not|cord|dis[ck]s?|cement|line|band)\b", text[start:end] + before[-25:], re.IGNORECASE):
        return None
    if _ELEMENT_SUBJECT.search(before):
        return None
    regained = _REGAINED.search(text[start:end]) is not None
    return _Sign(start, end, "absent" if kind == "low" or regained else "normal")


# ----------------------------------------------------------------------------------------------------------- levels


def _levels_of(text: str, sign: _Sign, named: Sequence[Anatomy], heads: Sequence[Head]) -> tuple[Level, ...]:
    """The vertebrae that a sign is of by its own words; empty where it belongs to the finding of the sentence."""
    led = _led_to(text, sign, named)
    if led:
        return led
    inside = [item for item in named if sign.start <= item.start and item.end <= sign.end]
    if inside:
        return tuple(level for item in inside for level in item.levels)
    told = [item for item in named if item.end <= sign.start]
    which = which_of(text[told[-1].end : sign.start]) if told else ""
    if which:
        chosen = one_of(tuple(dict.fromkeys(level for item in told for level in item.levels)), which)
        return () if chosen is None else (chosen,)
    preceding = [item for item in told if not BREAK.search(text[_after_label(text, item.end) : sign.start])]
    if not preceding:
        return ()
    gap = text[preceding[-1].end : sign.start]
    if _IN_BOTH.match(text, sign.end) and len(levels := _of_all(preceding)) == 2:
        return levels
    if _ALL.search(gap):
        return () if heads else _of_all(preceding)
    live = any(
        not head.other and head.status != "absent" and any(item.kind == "level" for item in head.owners)
        for head in heads
    )
    if live and not _SUBJECT_VERB.match(gap) and not _WITH.fullmatch(gap):
        return ()
    return _chain(text, preceding)


def _of_all(names: Sequence[Anatomy]) -> tuple[Level, ...]:
    return tuple(dict.fromkeys(level for item in names for level in item.levels))


def _after_label(text: str, end: int) -> int:
    """Where what a vertebra labels begins: behind the colon or dash of "L4: ..."."""
    label = _LABELLED.match(text, end)
    return end if label is None else label.end()


def _chain(text: str, preceding: Sequence[Anatomy]) -> tuple[Level, ...]:
    """The last name before a sign and those that are coordinated with it."""
    chain = [preceding[-1]]
    for item in reversed(preceding[:-1]):
        if not _AND.fullmatch(text, item.end, chain[0].start) or set(item.levels) & set(chain[0].levels):
            break
        chain.insert(0, item)
    return tuple(dict.fromkeys(level for item in chain for level in item.levels))


def _led_to(text: str, sign: _Sign, named: Sequence[Anatomy]) -> tuple[Level, ...]:
    """The vertebrae that follow a sign through a preposition: "in the upper half of T11 and in the whole of L3"."""
    found: list[Anatomy] = []
    for item in named:
        if item.start < sign.end:
            continue
        if found:
            if not _AND.fullmatch(text, found[-1].end, item.start) or _HAS_VERB.match(text, item.end):
                break
        elif not _LEADS.fullmatch(text, sign.end, item.start) or BREAK.search(text[sign.end : item.start].rstrip(" :")):
            break
        found.append(item)
    return tuple(dict.fromkeys(level for item in found for level in item.levels))


def _parted(text: str, first: _Sign, second: _Sign) -> bool:
    """Whether two signs are of different things: a break or another statement stands between them."""
    return BREAK.search(text[first.end : second.start]) is not None


# "Confined to", "only", before and after the vertebrae that alone are meant.
_ONLY_BEFORE = re.compile(
    r"\b(?:(?:confined|limited|restricted)\s+(?:\w+\s+)?to\s+(?:the\s+)?(?:bod(?:y|ies)\s+of\s+)?"
    r"|(?:only|exclusively|solely)\s+(?:\w+\s+)?(?:(?:at|in|of|within)\s+)?(?:the\s+)?)$",
    re.IGNORECASE,
)
_ONLY_AFTER = re.compile(r"\s*(?:only|alone|exclusively)\b", re.IGNORECASE)


def _only_these(text: str, named: Sequence[Anatomy], levels: tuple[Level, ...]) -> bool:
    """Whether oedema is said to be of these vertebrae alone: "confined to L2", "only L2 shows oedema"."""
    return any(
        _ONLY_BEFORE.search(text[max(0, item.start - 40) : item.start]) or _ONLY_AFTER.match(text, item.end)
        for item in named
        if set(item.levels) & set(levels)
    )


def _elliptic(text: str, signs: Sequence[_Sign], named: Sequence[Anatomy]) -> Iterator[Attribute]:
    """Vertebrae of which the same is said, or denied, without naming it again: "but not at L2", "L3 is cold"."""
    first = signs[0]
    without = _WITHOUT.search(text, first.end) if first.state == "present" else None
    before = [item for item in named if without is not None and item.end <= without.start()]
    if (
        without is not None
        and before
        and (before[-1].start >= first.end or which_of(text[first.end : without.start()]))
    ):
        which = which_of(text[first.end : without.start()])
        chosen = (
            one_of(tuple(dict.fromkeys(level for item in before for level in item.levels)), which) if which else None
        )
        levels = (chosen,) if chosen else () if which else before[-1].levels
        if levels:
            yield Attribute("marrow_edema", "absent", without.start(), without.end(), levels=levels, asserted=True)
    for item in named:
        if item.start < first.end or any(sign.start <= item.start < sign.end for sign in signs):
            continue
        ellipsis = _ELLIPSIS.search(text[first.end : item.start])
        if ellipsis is not None:
            value = "absent" if ellipsis["no"] else "present"
            yield Attribute("marrow_edema", value, item.start, item.end, levels=item.levels, asserted=True)
            continue
        short = _SHORT_PREDICATE.match(text, item.end)
        if short is not None and first.state == "present" and not short["hot"]:
            if (
                short["cold"]
                and short["cold"].lower() == "not"
                and not re.match(r"\s*(?:$|[.;,])", text[short.end() :])
            ):
                continue
            yield Attribute("marrow_edema", "absent", item.start, item.end, levels=item.levels, asserted=True)
