"""Whether the streets that were imported are those of the area that is asked about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dispatch import streets
from dispatch.errors import InvalidError
from dispatch.words import Words

if TYPE_CHECKING:
    from dispatch.coverage.values import RunInputs
    from dispatch.streets import Network, Snaps

LEAST_NEAR_SHARE = 0.5
"""With fewer homes near a street the network, or the register, is of somewhere else."""


class NetworkWithoutAreaError(InvalidError):
    """The streets that were imported are those of somewhere else: a run on them would be an untrue 0 %."""

    slug = "network-without-area"
    title = Words("路网不包含这个区域", "The street network does not hold this area")
    detail = Words(
        "{area_code} 登记了坐标的 {homes} 处住所中，只有 {near} 处靠近路网 {network} 的街道；"
        "请先导入包含整个区域的路网（dispatch streets import），或核对住所的坐标。",
        "Of the {homes} homes of {area_code} that have a point only {near} are near a street of network {network}; "
        "import one that holds the whole area first (dispatch streets import), or check the homes' points.",
    )


def check_streets(inputs: RunInputs, *, homes: Snaps, network: Network) -> None:
    """Raise NetworkWithoutAreaError where homes have points and fewer than half of them are near a street."""
    with_point = sum(home.point_ll is not None for home in inputs.homes)
    near = int(homes.is_located.sum())
    if near < LEAST_NEAR_SHARE * with_point:
        raise NetworkWithoutAreaError(
            area_code=inputs.wish.area_code,
            homes=with_point,
            near=near,
            network=streets.network_identity(network.manifest),
        )
