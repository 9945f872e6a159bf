"""Step 4, every calculator by its name: the one list for the dialogue, the documents and the tests."""

from __future__ import annotations

from typing import Final

from actions.calculators.bonus import BONUS
from actions.calculators.business import BUSINESS
from actions.calculators.deed_tax import DEED_TAX
from actions.calculators.disabled_fund import DISABLED_FUND
from actions.calculators.filing_deadline import FILING_DEADLINE
from actions.calculators.frame import Calculator
from actions.calculators.home_rental import HOME_RENTAL
from actions.calculators.home_sale import HOME_SALE
from actions.calculators.incentives import INCENTIVES
from actions.calculators.labour import LABOUR
from actions.calculators.late_payment import LATE_PAYMENT
from actions.calculators.price_and_tax import PRICE_AND_TAX
from actions.calculators.settlement import SETTLEMENT
from actions.calculators.small_firm import SMALL_FIRM
from actions.calculators.special_deductions import SPECIAL_DEDUCTIONS
from actions.calculators.stamp_duty import STAMP_DUTY
from actions.calculators.surcharges import SURCHARGES
from actions.calculators.vat_small_scale import VAT_SMALL_SCALE
from actions.calculators.vehicle_tax import VEHICLE_TAX
from actions.calculators.wages import WAGES

CALCULATORS: Final[dict[str, Calculator]] = {
    each.name: each
    for each in (
        VAT_SMALL_SCALE,
        PRICE_AND_TAX,
        SURCHARGES,
        WAGES,
        SETTLEMENT,
        BONUS,
        BUSINESS,
        LABOUR,
        SPECIAL_DEDUCTIONS,
        SMALL_FIRM,
        STAMP_DUTY,
        DEED_TAX,
        VEHICLE_TAX,
        HOME_SALE,
        HOME_RENTAL,
        LATE_PAYMENT,
        DISABLED_FUND,
        FILING_DEADLINE,
        INCENTIVES,
    )
}
