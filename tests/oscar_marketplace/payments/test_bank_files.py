"""The bank's file is read whole or not at all, and what is wrong with it is said line by line."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oscar_marketplace.payments.bank.statement_file import BadStatement, FileLine, keys_of, read_statement
from oscar_marketplace.payments.providers.bank_transfer import BankTransfer
from tests.oscar_marketplace.payments.bank_world import IBAN, OPTIONS, row, statement

DAY = date(2026, 11, 24)


def backend(**options) -> BankTransfer:
    return BankTransfer("transfer", {**OPTIONS, **options})


def read(content, **options):
    return read_statement(content if isinstance(content, bytes) else content.encode(), backend=backend(**options))


def problems(content, **options) -> list[str]:
    with pytest.raises(BadStatement) as refusal:
        read(content, **options)
    return refusal.value.problems


def test_a_plain_file():
    lines = read(statement(row("1,202.49".replace(",", ""), "ref", number="A1"), row("-3.5", "fee")))

    assert lines == [
        FileLine(DAY, 120249, "MXN", "ANA RUIZ", "ref", "A1"),
        FileLine(DAY, -350, "MXN", "ANA RUIZ", "fee"),
    ]


def test_semicolons_decimal_commas_days_first_and_names_of_its_own():
    content = "Fecha;Abono;Cargo;Concepto;Ordenante\n24/11/2026;1.202,49;;Peña 1;José\n24/11/2026;;3,50;comisión;\n"
    columns = {"DATE": "Fecha", "CREDIT": "Abono", "DEBIT": "Cargo", "TEXT": "Concepto", "PAYER": "Ordenante"}

    for encoding in ("utf-8", "utf-8-sig", "latin-1"):
        assert read(content.encode(encoding), CSV=columns) == [
            FileLine(DAY, 120249, "MXN", "José", "Peña 1"),
            FileLine(DAY, -350, "MXN", "", "comisión"),
        ]


@pytest.mark.parametrize(
    ("said", "minor"),
    [
        ("1", 100),
        ("28.5", 2850),
        ("28,50", 2850),
        ("1,234.50", 123450),
        ("1.234,50", 123450),
        ("$ 1,234,567.00", 123456700),
        ("1.234.567", 123456700),
        ("-0.01", -1),
        ("+12.00", 1200),
    ],
)
def test_amounts_that_can_be_read_in_one_way(said, minor):
    [line] = read(f'date,amount\n2026-11-24,"{said}"\n')

    assert line.amount == minor


@pytest.mark.parametrize(
    "said", ["1,234", "1.234", "", "0", "0.00", "1.2.3,4", "12,34,5", "1e5", "--5", "5-", "٣", "1.001,001", "9" * 30]
)
def test_amounts_that_could_be_two_or_none_are_refused(said):
    [problem] = problems(f'date,amount\n2026-11-24,"{said}"\n')

    assert problem.startswith("Line 2: ")


def test_the_decimal_mark_may_be_said():
    content = 'date,amount\n2026-11-24,"1,234"\n'

    assert read(content, CSV={"DECIMAL": "."})[0].amount == 123400
    assert problems(content, CSV={"DECIMAL": ","}) == ["Line 2: “1,234” is finer than the currency's smallest coin."]


def test_every_bad_line_is_named():
    content = statement(
        row("1.00"), row("x"), row("1.00", day="2026-02-30"), row("1.00", currency="peso"), "2026-11-24"
    )

    assert problems(content) == [
        "Line 3: “x” is no amount.",
        "Line 4: there is no day 2026-02-30.",
        "Line 5: “PESO” is no currency.",
        "Line 6: it has fewer columns than the first.",
    ]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "It is empty."),
        (b"a\x00b", "It is no text file."),
        (b"day,sum\n", "Its first line has no column date, amount; it has day, sum. Name them in OPTIONS['CSV']."),
        (b"x" * 5_000_001, "It is larger than 5 MB."),
        (b'date,amount\n"2026', "It is no CSV file: unexpected end of data."),
        (statement(row("1.00", number="7"), row("2.00", number="7")), "The bank's number 7 stands in it twice."),
    ],
)
def test_files_that_are_none(content, words):
    assert problems(content) == [words]


def test_two_lines_that_say_the_same_are_two_and_known_again_in_any_file():
    line, other = FileLine(DAY, 100, "MXN", "Ana", "x"), FileLine(DAY, 200, "MXN", "Ana", "x")

    first, longer = keys_of([line, line]), keys_of([other, line, line, line])

    assert len(set(first)) == 2
    assert longer[1:3] == first
    assert len(set(longer)) == 4


@given(st.binary(max_size=400))
def test_whatever_the_file_holds_it_is_read_or_refused(content):
    with suppress(BadStatement):
        read(content)


# -- camt.053 ---------------------------------------------------------------------------------------------------------

ENTRY_02 = """<Ntry><Amt Ccy="EUR">202.49</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-11-24</Dt></BookgDt><AcctSvcrRef>B77</AcctSvcrRef><NtryDtls><TxDtls>
<RltdPties><Dbtr><Nm>Ana Ruiz</Nm></Dbtr></RltdPties>
<RmtInf><Ustrd>Mercado</Ustrd><Strd><CdtrRefInf><Ref>RF471234567890</Ref></CdtrRefInf></Strd></RmtInf>
</TxDtls></NtryDtls></Ntry>"""
ENTRY_08 = (
    ENTRY_02.replace("<Sts>BOOK</Sts>", "<Sts><Cd>BOOK</Cd></Sts>")
    .replace("<Dbtr><Nm>Ana Ruiz</Nm></Dbtr>", "<Dbtr><Pty><Nm>Ana Ruiz</Nm></Pty></Dbtr>")
    .replace("<Dt>2026-11-24</Dt>", "<DtTm>2026-11-24T09:30:00+01:00</DtTm>")
)
FEE = """<Ntry><Amt Ccy="EUR">1.50</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-11-24</Dt></BookgDt><AddtlNtryInf>Fee</AddtlNtryInf></Ntry>"""
ANNOUNCED = ENTRY_02.replace("<Sts>BOOK</Sts>", "<Sts>PDNG</Sts>")
BATCH = """<Ntry><Amt Ccy="EUR">30.00</Amt><CdtDbtInd>CRDT</CdtDbtInd><Sts>BOOK</Sts>
<BookgDt><Dt>2026-11-24</Dt></BookgDt><AcctSvcrRef>B9</AcctSvcrRef><NtryDtls>
<TxDtls><AmtDtls><TxAmt><Amt Ccy="EUR">10.00</Amt></TxAmt></AmtDtls><RmtInf><Ustrd>one</Ustrd></RmtInf></TxDtls>
<TxDtls><AmtDtls><TxAmt><Amt Ccy="EUR">20.00</Amt></TxAmt></AmtDtls><RmtInf><Ustrd>two</Ustrd></RmtInf></TxDtls>
</NtryDtls></Ntry>"""


def camt(*entries, version="02", iban=IBAN, head="") -> str:
    name = f"urn:iso:std:iso:20022:tech:xsd:camt.053.001.{version}"
    account = f"<Acct><Id><IBAN>{iban}</IBAN></Id></Acct>"
    body = f"<BkToCstmrStmt><Stmt>{account}{''.join(entries)}</Stmt></BkToCstmrStmt>"
    return f'<?xml version="1.0" encoding="UTF-8"?>{head}<Document xmlns="{name}">{body}</Document>'


def read_camt(content):
    return read(content, CLABE="", IBAN=IBAN)


@pytest.mark.parametrize(("version", "entry"), [("02", ENTRY_02), ("08", ENTRY_08)])
def test_an_entry_of_both_versions(version, entry):
    assert read_camt(camt(entry, version=version)) == [
        FileLine(DAY, 20249, "EUR", "Ana Ruiz", "RF471234567890 Mercado", "B77")
    ]


def test_money_that_left_is_below_zero_and_what_is_only_announced_is_left_out():
    assert read_camt(camt(FEE, ANNOUNCED)) == [FileLine(DAY, -150, "EUR", "", "Fee")]


def test_an_entry_of_several_payments_is_several_lines():
    assert read_camt(camt(BATCH)) == [
        FileLine(DAY, 1000, "EUR", "", "one", "B9/1"),
        FileLine(DAY, 2000, "EUR", "", "two", "B9/2"),
    ]


def test_payments_that_do_not_sum_to_their_entry_stay_one_line():
    [line] = read_camt(camt(BATCH.replace("20.00", "19.00")))

    assert (line.amount, line.text) == (3000, "one two")


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (camt(ENTRY_02, iban="DE89370400440532013000"), "It is the statement of another account"),
        (camt(ENTRY_02, head=BOMB), "It is no XML file that we read."),
        (camt(ENTRY_02, head=OUTSIDE), "It is no XML file that we read."),
        ("<a/>", "It is no camt.053 of version 001.02 or 001.08."),
        (camt(ENTRY_02, version="04"), "It is no camt.053 of version 001.02 or 001.08."),
        ("<a", "It is no XML file that we read."),
        (camt(ENTRY_02.replace("202.49", "x")), "Entry 1: its amount cannot be read."),
        (camt(ENTRY_02.replace("202.49", "NaN")), "Entry 1: its amount cannot be read."),
        (camt(FEE, ENTRY_02.replace("CRDT", "?")), "Entry 2: it does not say whether money came or left."),
        (camt(ENTRY_02.replace("2026-11-24", "soon")), "Entry 1: it has no booking date."),
    ],
)
def test_xml_that_is_refused(content, words):
    [problem] = problems(content, CLABE="", IBAN=IBAN)

    assert problem.startswith(words)


# -- options ----------------------------------------------------------------------------------------------------------


def test_right_options_have_no_mistakes():
    assert backend().check() == []
    assert backend(CLABE="", IBAN="ES91 2100 0418 4502 0005 1332", BIC="CAIXESBB", REFERENCE="rf").check() == []


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"CLABE": "000000000000000014"}, "CLABE must be 18 digits"),
        ({"CLABE": 13}, "CLABE must be a text"),
        ({"CLABE": ""}, "Write one account number"),
        ({"IBAN": IBAN}, "Write one account number"),
        ({"CLABE": "", "IBAN": "ES9121000418450200051333"}, "IBAN is not right"),
        ({"HOLDER": ""}, "HOLDER must be a text"),
        ({"REFERENCE": "qr"}, "REFERENCE must be 'spei'"),
        ({"TOLERANCE": 0.5}, "TOLERANCE must be a whole number"),
        ({"DAYS": 0}, "DAYS must be a whole number"),
        ({"CSV": {"WHEN": "Fecha"}}, "CSV must be a dictionary"),
        ({"CSV": {"DECIMAL": ";"}}, "CSV['DECIMAL']"),
        ({"DAY": 2}, "OPTIONS has DAY"),
    ],
)
def test_every_wrong_option_is_named(options, words):
    [mistake] = backend(**options).check()

    assert mistake.startswith(words)
