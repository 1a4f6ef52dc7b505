"""What the policy says of money: prices by business type and script length, usage shares, quality bands, tolerance (P-50, P-51)."""

from collections.abc import Mapping
from dataclasses import dataclass

from pipeline.policy.section import Section
from pipeline.records.project import BusinessType

WHOLE_BP = 10_000


@dataclass(frozen=True, slots=True)
class Price:
    """Fen for a successful call of a business type whose script is at most `up_to_s` seconds long."""

    business_type: BusinessType
    up_to_s: int
    unit_price_fen: int


@dataclass(frozen=True, slots=True)
class Band:
    """From this month score (points of 100) on, the commission is multiplied by `factor_bp` / 10,000."""

    from_score: int
    factor_bp: int


@dataclass(frozen=True, slots=True)
class SettlementPolicy:
    """Counts of the two sides may differ by `tolerance_bp` of the operator's or by `tolerance_calls`, whichever is more."""

    prices: tuple[Price, ...]
    usage_share_bp: Mapping[BusinessType, int]
    bands: tuple[Band, ...]
    tolerance_bp: int
    tolerance_calls: int
    tax_basis: str

    def unit_price_fen(self, business_type: BusinessType, script_s: int) -> int | None:
        """The price of a script of so many seconds; None where the table ends before."""
        fitting = [p for p in self.prices if p.business_type is business_type and script_s <= p.up_to_s]
        return min(fitting, key=lambda price: price.up_to_s).unit_price_fen if fitting else None

    def factor_bp(self, score: float) -> int:
        """The quality factor of a month with this score."""
        return next(band.factor_bp for band in self.bands if score >= band.from_score)

    def limits(self, score: float) -> tuple[int, int | None]:
        """Between which month scores a score's factor holds: from the one to under the other, None of the highest band."""
        above = [band.from_score for band in self.bands if score < band.from_score]
        return next(band.from_score for band in self.bands if score >= band.from_score), min(above, default=None)

    def tolerance(self, count_operator: int) -> int:
        """By how many calls the two sides' counts may differ."""
        return max(self.tolerance_calls, count_operator * self.tolerance_bp // WHOLE_BP)


def read_settlement(section: Section) -> SettlementPolicy:
    """[settlement]."""
    prices, bands = [], []
    for part in section.sections("price"):
        prices.append(
            Price(part.word("type", BusinessType), part.whole("up_to_s", 1, 86_400), part.whole("fen", 0, 100_000_000))
        )
        part.done()
    for part in section.sections("band"):
        bands.append(Band(part.whole("from_score", 0, 100), part.whole("factor_bp", 0, 100_000)))
        part.done()
    section.falling_to_zero("band", [band.from_score for band in bands])
    if sorted(bands, key=lambda band: band.factor_bp, reverse=True) != bands:
        section.refuse("band", "a lower score must not have a higher factor")
    for business_type in BusinessType:
        own = [price.up_to_s for price in prices if price.business_type is business_type]
        if not own:
            section.refuse("price", f"no price for {business_type.value}")
        if len(set(own)) < len(own):
            section.refuse("price", f"two prices for {business_type.value} up to the same length")
    shares = section.table("usage_share_bp")
    policy = SettlementPolicy(
        tuple(prices),
        {business_type: shares.whole(business_type.value, 0, WHOLE_BP) for business_type in BusinessType},
        tuple(bands),
        section.whole("tolerance_bp", 0, WHOLE_BP),
        section.whole("tolerance_calls", 0, 1_000_000),
        section.text("tax_basis"),
    )
    shares.done()
    section.done()
    return policy
