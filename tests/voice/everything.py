"""All groups, in the order in which people meet them."""

from tests.voice import cards, doctor, forms, replies, results, unfurls
from tests.voice.sample import Group, Sample

GROUPS: tuple[Group, ...] = (
    *forms.GROUPS[:3],
    *cards.GROUPS,
    *results.GROUPS,
    *unfurls.GROUPS,
    *replies.GROUPS,
    *forms.GROUPS[3:],
    *doctor.GROUPS,
)
SAMPLES: tuple[Sample, ...] = tuple(sample for group in GROUPS for sample in group.samples)
