"""The files a person uploads at a bank: every element a bank's validator asks for, in the order of the standard."""

import csv
import io
import re
from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET

import pytest

from oscar_marketplace.payouts.methods.base import Order, Transfer
from oscar_marketplace.payouts.methods.manual_file import PAIN_VERSIONS, SEPA_LETTERS, SepaFile, SpeiCsv
from tests.oscar_marketplace.payouts.conftest import CLABE, IBAN

OTHER_IBAN = "DE89370400440532013000"
OPTIONS = {"IBAN": "ES91 2100 0418 4502 0005 1332", "NAME": "Ayuntamiento de Málaga & Cía.", "BIC": "CAIXESBBXXX"}


def make_order(currency="EUR", number=OTHER_IBAN, **kwargs):
    transfers = (
        Transfer("P20261124-0A0B0C0D-1", 3205, "Chayo", number, "Muñoz & Söhne «=2+2» ", numeric_reference=17),
        Transfer("P20261124-0A0B0C0D-2", 100000, "Beto", number, "=HYPERLINK(1)", "DEUTDEFF", 1234567),
    )
    made_at = datetime(2026, 11, 24, 15, 30, tzinfo=UTC)
    return Order(
        "P20261124-0A0B0C0D", made_at, date(2026, 11, 25), "Ciudad", currency, kwargs.get("transfers", transfers)
    )


@pytest.fixture(params=PAIN_VERSIONS)
def version(request):
    return request.param


@pytest.fixture
def root(version):
    return ET.fromstring(SepaFile("sepa", {**OPTIONS, "VERSION": version}).file(make_order()).content)


def names(element):
    return [re.sub(r"\{.*\}", "", each.tag) for each in element]


def text(element, path):
    return element.findtext("/".join(f"{{*}}{name}" for name in path.split("/")))


def test_it_is_in_the_namespace_of_its_version(root, version):
    namespace = f"urn:iso:std:iso:20022:tech:xsd:{version}"
    assert root.tag == f"{{{namespace}}}Document"
    assert {re.match(r"\{(.*)\}", each.tag)[1] for each in root.iter()} == {namespace}


def test_the_head_counts_and_sums(root):
    head = root.find("{*}CstmrCdtTrfInitn/{*}GrpHdr")
    assert names(head) == ["MsgId", "CreDtTm", "NbOfTxs", "CtrlSum", "InitgPty"]
    assert text(head, "MsgId") == "P20261124-0A0B0C0D"
    assert text(head, "CreDtTm") == "2026-11-24T15:30:00"
    assert (text(head, "NbOfTxs"), text(head, "CtrlSum")) == ("2", "1032.05")
    assert text(head, "InitgPty/Nm") == "Ayuntamiento de Malaga + Cia."


def test_the_payment_is_a_sepa_transfer_from_the_citys_account(root, version):
    payment = root.find("{*}CstmrCdtTrfInitn/{*}PmtInf")
    start = ["PmtInfId", "PmtMtd", "NbOfTxs", "CtrlSum", "PmtTpInf", "ReqdExctnDt", "Dbtr", "DbtrAcct", "DbtrAgt"]
    assert names(payment) == [*start, "ChrgBr", "CdtTrfTxInf", "CdtTrfTxInf"]
    assert (text(payment, "PmtMtd"), text(payment, "ChrgBr")) == ("TRF", "SLEV")
    assert text(payment, "PmtTpInf/SvcLvl/Cd") == "SEPA"
    is_old = version == "pain.001.001.03"
    assert text(payment, "ReqdExctnDt" if is_old else "ReqdExctnDt/Dt").strip() == "2026-11-25"
    assert text(payment, f"DbtrAgt/FinInstnId/{'BIC' if is_old else 'BICFI'}") == "CAIXESBBXXX"
    assert text(payment, "DbtrAcct/Id/IBAN") == IBAN


def test_each_transfer_has_its_own_reference_and_amount(root):
    first, second = root.findall(".//{*}CdtTrfTxInf")
    assert names(first) == ["PmtId", "Amt", "Cdtr", "CdtrAcct", "RmtInf"]
    assert names(second) == ["PmtId", "Amt", "CdtrAgt", "Cdtr", "CdtrAcct", "RmtInf"]
    assert [text(each, "PmtId/EndToEndId") for each in (first, second)] == [
        "P20261124-0A0B0C0D-1",
        "P20261124-0A0B0C0D-2",
    ]
    amount = first.find("{*}Amt/{*}InstdAmt")
    assert (amount.text, amount.get("Ccy")) == ("32.05", "EUR")
    assert text(first, "Cdtr/Nm") == "Munoz + Sohne 2+2"
    assert text(first, "CdtrAcct/Id/IBAN") == OTHER_IBAN
    assert text(first, "RmtInf/Ustrd") == "P20261124-0A0B0C0D-1"


def test_only_letters_that_every_bank_takes(root):
    written = "".join((each.text or "").strip() for each in root.iter())
    assert set(written) <= set(SEPA_LETTERS)


def test_identifiers_are_short_enough_and_do_not_begin_with_a_slash(root):
    ids = [each.text for name in ("MsgId", "PmtInfId", "EndToEndId") for each in root.iterfind(f".//{{*}}{name}")]
    assert all(len(each) <= 35 and not each.startswith("/") and "//" not in each for each in ids)
    assert all(len(each.text) <= 70 for each in root.iterfind(".//{*}Nm"))


def test_twice_the_same_batch_is_the_same_file(version):
    method = SepaFile("sepa", {**OPTIONS, "VERSION": version})
    assert method.file(make_order()) == method.file(make_order())


def test_without_a_bic_the_bank_is_not_provided():
    options = {name: value for name, value in OPTIONS.items() if name != "BIC"}
    root = ET.fromstring(SepaFile("sepa", options).file(make_order()).content)
    assert text(root, "CstmrCdtTrfInitn/PmtInf/DbtrAgt/FinInstnId/Othr/Id") == "NOTPROVIDED"


def test_the_csv_for_spei():
    file = SpeiCsv("spei", {"CONCEPT": "Mercados"}).file(make_order("MXN", CLABE))

    assert (file.name, file.content_type) == ("P20261124-0A0B0C0D.csv", "text/csv; charset=us-ascii")
    assert list(csv.reader(io.StringIO(file.content.decode("ascii")))) == [
        ["CLABE", "Beneficiario", "Importe", "Concepto", "Referencia"],
        [CLABE, "Munoz Sohne 2 2", "32.05", "Mercados P20261124-0A0B0C0D-1", "0000017"],
        [CLABE, "HYPERLINK 1", "1000.00", "Mercados P20261124-0A0B0C0D-2", "1234567"],
    ]


@pytest.mark.parametrize("holder", ["=1+1", "+34", "-5", "@x", "\t=1", "\r\n=1", "李明", "", "'=1", '"=1'])
def test_no_cell_of_the_csv_is_a_formula(holder):
    transfer = Transfer("P1-1", 100, "n", CLABE, holder, numeric_reference=1)
    content = SpeiCsv("spei", {}).file(make_order("MXN", transfers=(transfer,))).content.decode("ascii")

    for row in csv.reader(io.StringIO(content)):
        assert len(row) == 5
        assert all(cell and cell[0].isalnum() and len(cell) <= 40 for cell in row)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [({"IBAN": "ES00"}, "IBAN"), ({"NAME": " "}, "NAME"), ({"BIC": "X"}, "BIC"), ({"VERSION": "pain.1"}, "VERSION")],
)
def test_wrong_options_are_named(wrong, says):
    mistakes = SepaFile("sepa", {**OPTIONS, **wrong}).check()
    assert len(mistakes) == 1 and says in mistakes[0]


def test_right_options_are_right():
    assert SepaFile("sepa", OPTIONS).check() == [] == SpeiCsv("spei", {}).check()
    assert "CONCEPT" in SpeiCsv("spei", {"CONCEPT": "x" * 21}).check()[0]
