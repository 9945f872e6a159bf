"""`{{rate-id}}` in an entry: the figure of the day of the question, and what is refused before it is served."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from office import TODAY, Office, content

from app.cli.kb import load_entries
from knowledge_base.checks import check_served
from knowledge_base.content import EntryContent, figure_problems, publishing_problems
from knowledge_base.editing import NotPublishable
from knowledge_base.files import to_json_lines
from knowledge_base.importing import ImportReport
from knowledge_base.rate_tables import RateTables, read_tables, shipped_tables
from knowledge_base.rates_overview import ending_soon, overview
from knowledge_base.references import rendered

ASKED = "租房合同要贴花吗"
PAGE = Path(__file__).parents[2] / "docs" / "rates.md"


def written(text: str, day: date = TODAY) -> str:
    return rendered(text, lambda rate_id: shipped_tables().get(rate_id, day))


def leasing(folder: Path, rate: str) -> RateTables:
    folder.mkdir()
    (folder / "a.yaml").write_text(
        "rates:\n"
        f"  - {{id: stamp-lease, name: 租赁合同, value: {rate}, unit: 比例, title: 印花税法, article: 第四条,"
        " effective_from: 2022-07-01, certainty: A}\n",
        "utf-8",
    )
    return read_tables(folder)


@pytest.mark.parametrize(
    ("text", "reads"),
    [
        ("按{{stamp-lease}}缴纳", "按1‰缴纳"),
        ("{{vat-levy-rate}}减按{{ vat-small-scale-levy-rate }}", "3%减按1%"),
        (
            "{{vat-threshold-month}}、{{vat-threshold-month|元}}、{{vat-threshold-month | 万元}}",
            "10万元、100000元、10万元",
        ),
        (
            "{{iit-certificate}}，{{iit-rent-small}}，{{deed-area}}，{{vat-home-sale-years}}",
            "3600元，800元，140平方米，2年",
        ),
        (
            "{{late-payment-rate|万分之}}，{{late-payment-rate|%}}，{{late-payment-rate}}",
            "万分之5，0.05%，0.5‰",
        ),
        ("{{stamp-loan}}，{{stamp-loan|%}}", "0.05‰，0.005%"),
        ("{{city-tax-urban|数}}，{{nev-relief}}", "0.07，50%"),
        ("没有引用", "没有引用"),
    ],
)
def test_a_reference_reads_as_the_figure_with_its_unit(text: str, reads: str) -> None:
    assert written(text) == reads


def test_a_progressive_table_is_written_out() -> None:
    lines = written("{{iit-labour-withholding}}").splitlines()
    assert lines[2:] == [
        "| 1 | 不超过20000元 | 20% | 0 |",
        "| 2 | 超过20000元至50000元 | 30% | 2000 |",
        "| 3 | 超过50000元 | 40% | 7000 |",
    ]


def test_the_figure_is_that_of_the_day_of_the_question(small_office: Office, tmp_path: Path) -> None:
    entry = content(
        answer="每辆减免不超过{{nev-relief-cap}}。", details="减征{{nev-relief}}", effective_from="2024-01-01"
    )
    small_office.publish(entry)
    library = small_office.library(tmp_path / "index")
    answers = [
        served.content.answer
        for day in (date(2025, 12, 31), date(2026, 1, 1), date(2028, 1, 1))
        if (served := library.revision_in_force("stamp-lease", as_of=day, region=None))
    ]
    assert answers == ["每辆减免不超过3万元。", "每辆减免不超过1.5万元。", "每辆减免不超过（尚未公布）。"]


def test_a_changed_rate_changes_the_answer_and_the_index(small_office: Office, tmp_path: Path) -> None:
    small_office.publish(content(answer="按租金的{{stamp-lease}}缴纳。"))
    versions = {}
    for rate in ("1‰", "2‰"):
        library = small_office.library(tmp_path / "index", rates=leasing(tmp_path / rate, rate))
        library.refresh()
        served = library.revision_in_force("stamp-lease", as_of=TODAY, region=None)
        assert served is not None
        assert served.content.answer == f"按租金的{percent_of(rate)}缴纳。"
        versions[library.search(ASKED, as_of=TODAY, region=None).index_version] = rate
    assert len(versions) == 2


def percent_of(rate: str) -> str:
    return {"1‰": "1‰", "2‰": "0.2%"}[rate]


def test_an_entry_of_figures_that_a_later_version_dropped_is_still_served(
    small_office: Office, tmp_path: Path
) -> None:
    small_office.publish(content(answer="按{{stamp-lease}}，另按{{stamp-sale}}。"))
    library = small_office.library(tmp_path / "index", rates=leasing(tmp_path / "rates", "1‰"))
    served = library.revision_in_force("stamp-lease", as_of=TODAY, region=None)
    assert served is not None
    assert served.content.answer == "按1‰，另按（以主管税务机关公布的为准）。"


WRONG = [
    ("按{{no-such-rate}}", "引用 {{no-such-rate}}：费率表里没有这一项"),
    ("按{{stamp-lease|厘}}", "没有“厘”这种写法"),
    ("按{{stamp-lease|元}}", "单位是比例，不能写成元"),
    ("按{{vat-threshold-month|%}}", "单位是元/月，不能写成%"),
    ("按{{iit-business|%}}", "不能带写法"),
    ("按{{nev-relief}}", "2022-07-01 没有有效的数值"),
    ("按{{stamp-lease", "没有写完的引用"),
    ("按{{}}", "费率表里没有这一项"),
]


@pytest.mark.parametrize(("answer", "complaint"), WRONG)
def test_what_cannot_be_filled_in_is_named(answer: str, complaint: str) -> None:
    (found,) = figure_problems(content(answer=answer), shipped_tables())
    assert complaint in found
    (also,) = figure_problems(content(details=answer), shipped_tables())
    assert also == found
    assert any(complaint in line for line in check_served([content(answer=answer)], today=TODAY))


def load(office: Office, folder: Path, entry: EntryContent) -> ImportReport:
    file = folder / "entries.jsonl"
    file.write_text("\n".join(to_json_lines([entry])), "utf-8")
    return load_entries(office.database, file, dry_run=False, publish=True)


def test_an_unknown_id_is_refused_at_import(small_office: Office, tmp_path: Path) -> None:
    report = load(small_office, tmp_path, content(answer="按{{no-such-rate}}"))
    assert (report.plan.errors, report.published, small_office.served()) == (1, 0, [])
    assert load(small_office, tmp_path, content(answer="按{{stamp-lease}}")).published == 1


def test_an_unknown_id_is_refused_when_submitted_even_if_not_strict(small_office: Office) -> None:
    small_office.create(content(answer="按{{no-such-rate}}"))
    with pytest.raises(NotPublishable, match="no-such-rate"):
        small_office.submit(strict=False)


def test_the_length_of_an_answer_is_that_of_what_is_read() -> None:
    long_ids = "{{vat-small-scale-levy-rate}}，" * 10
    assert publishing_problems(content(answer=long_ids)) == []
    assert "简答超过 120 字" in publishing_problems(content(answer=long_ids + "字" * 31))


def test_the_page_of_all_rates_is_current() -> None:
    text = PAGE.read_text("utf-8")
    day = date.fromisoformat(text.partition("--on ")[2][:10])
    assert text == overview(shipped_tables(), day), "run: tongda kb rates --on DAY > docs/rates.md"


def test_the_radar_names_what_ends_within_fourteen_months_and_has_no_successor() -> None:
    def ends(day: date) -> set[str]:
        return {row.id for row in ending_soon(shipped_tables(), day)}

    assert "nev-relief" in ends(date(2026, 11, 23))
    assert "nev-relief" in ends(date(2027, 12, 31))
    assert "nev-relief" not in ends(date(2028, 1, 1))
    assert "nev-relief" not in ends(date(2026, 10, 30))
    assert ends(date(2026, 11, 23)).isdisjoint(
        {"stamp-securities", "iit-comprehensive", "vat-home-sale-rate"}
    )
