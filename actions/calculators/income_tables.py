"""Step 4, the income tax's dated rows as the arithmetic takes them: brackets, and citations with their validity."""

from __future__ import annotations

from actions.calculators.amounts import percent, plain
from actions.calculators.progressive import Bracket
from desk.reply import Citation
from knowledge_base.rates.incentives import Incentive
from knowledge_base.rates.tables import Rate


def brackets(row: Rate) -> tuple[Bracket, ...]:
    """The lines of a row's table."""
    return tuple(Bracket(*line) for line in row.brackets)


def citation(row: Rate | Incentive) -> Citation:
    """The row's source, with the period in which the row holds."""
    return Citation(
        **row.citation.model_dump(), effective_from=row.effective_from, effective_to=row.effective_to
    )


def by_line(amount: str, line: Bracket) -> str:
    """The working of one line: 96,000×10%－2,520."""
    return f"{amount}×{percent(line.rate)}" + (f"－{plain(line.quick)}" if line.quick else "")
