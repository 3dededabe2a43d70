"""Which sites may be one and the same: names alike, and near each other or in one community."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from dispatch import geo
from dispatch.directory.values import AlikeSites, SitePlace

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

NEAR_M = 100.0  # features, D8
ALIKE = 0.8  # of the characters of two names, in order (difflib's ratio)
BUCKET_DEG = 0.002  # more than 100 m wide up to 60 degrees north
# what is said of very many sites and tells none from another
COMMON = re.compile(
    r"[（(][^（）()]*[）)]|有限公司|有限责任公司|养老服务|居家养老|日间照料|服务中心|服务站|综合体|中心|站|点|社区|街道|[\s·,，.。-]"
)


def plain_name(name: str) -> str:
    """Give what tells a site's name from others: without brackets, common words and blanks, if any is left."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return COMMON.sub("", folded) or folded


def find_alike(sites: Iterable[SitePlace]) -> list[AlikeSites]:
    """
    Find pairs of sites that may be one: like names within 100 m, or in one community where one has no point.

    The most alike first, then by id. Sites are compared with their neighbours only, so that a city takes seconds.
    """
    listed = sorted(sites, key=lambda site: site.site_id)
    names = {site.site_id: plain_name(site.name) for site in listed}
    found = []
    for one, other in _neighbours(listed):
        away_m = None
        if one.point_ll is not None and other.point_ll is not None:
            away_m = geo.distance_m(one.point_ll, other.point_ll)
            if away_m > NEAR_M:
                continue
        likeness = SequenceMatcher(None, names[one.site_id], names[other.site_id], autojunk=False).ratio()
        if likeness >= ALIKE:
            found.append(AlikeSites(one, other, likeness=round(likeness, 3), away_m=away_m))
    return sorted(found, key=lambda pair: (-pair.likeness, pair.one.site_id, pair.other.site_id))


def _neighbours(sites: Sequence[SitePlace]) -> Iterator[tuple[SitePlace, SitePlace]]:
    buckets: defaultdict[tuple[int, int], list[SitePlace]] = defaultdict(list)
    by_area: defaultdict[str, list[SitePlace]] = defaultdict(list)
    for site in sites:
        if site.point_ll is not None:
            cell = (int(site.point_ll[0] // BUCKET_DEG), int(site.point_ll[1] // BUCKET_DEG))
            for east in (-1, 0, 1):
                for north in (-1, 0, 1):
                    yield from ((other, site) for other in buckets[cell[0] + east, cell[1] + north])
            buckets[cell].append(site)
        for other in by_area[site.area_code]:
            if site.point_ll is None or other.point_ll is None:
                yield other, site
        by_area[site.area_code].append(site)
