"""Files a person uploads at the bank's own site: SEPA credit transfers (pain.001) and a CSV for SPEI."""

import csv
import io
import string
from xml.etree import ElementTree as ET

from django.utils.translation import gettext

from oscar_marketplace.money import from_minor
from oscar_marketplace.payouts.account_numbers import BIC, is_iban, plain_number
from oscar_marketplace.payouts.methods.base import Order, PayoutFile, PayoutMethod, Transfer, bank_text

#: European Payments Council, EPC230-15: the letters every bank takes.
SEPA_LETTERS = string.ascii_letters + string.digits + "/-?:().,'+ "
#: Banks in Mexico differ; letters, digits, blanks, dots and dashes go through at all of them.
SPEI_LETTERS = string.ascii_letters + string.digits + " .-"
PAIN_VERSIONS = ("pain.001.001.03", "pain.001.001.09")
SPEI_COLUMNS = ("CLABE", "Beneficiario", "Importe", "Concepto", "Referencia")


class SepaFile(PayoutMethod):
    """OPTIONS: ``IBAN`` and ``NAME`` of the city's account; ``BIC`` if asked for; ``VERSION`` (pain.001.001.03)."""

    account_kind = "iban"
    currencies = frozenset({"EUR"})

    def label(self) -> str:
        return gettext("Bank transfer (SEPA)")

    @property
    def version(self) -> str:
        return self.options.get("VERSION", PAIN_VERSIONS[0])

    def file(self, order: Order) -> PayoutFile:
        root = ET.Element("Document", xmlns=f"urn:iso:std:iso:20022:tech:xsd:{self.version}")
        initiation = ET.SubElement(root, "CstmrCdtTrfInitn")
        self._head(initiation, order)
        payment = self._payment(initiation, order)
        for transfer in order.transfers:
            self._transfer(payment, transfer, order.currency)
        ET.indent(root)
        content = ET.tostring(root, encoding="UTF-8", xml_declaration=True)
        return PayoutFile(f"{order.reference}.xml", "application/xml", content)

    def _head(self, parent: ET.Element, order: Order) -> None:
        head = ET.SubElement(parent, "GrpHdr")
        _say(head, "MsgId", order.reference)
        _say(head, "CreDtTm", order.made_at.strftime("%Y-%m-%dT%H:%M:%S"))
        self._sums(head, order)
        _say(ET.SubElement(head, "InitgPty"), "Nm", _sepa(self.options["NAME"], 70))

    def _payment(self, parent: ET.Element, order: Order) -> ET.Element:
        payment = ET.SubElement(parent, "PmtInf")
        _say(payment, "PmtInfId", order.reference)
        _say(payment, "PmtMtd", "TRF")
        self._sums(payment, order)
        _say(ET.SubElement(ET.SubElement(payment, "PmtTpInf"), "SvcLvl"), "Cd", "SEPA")
        day = ET.SubElement(payment, "ReqdExctnDt")
        if self.version == PAIN_VERSIONS[0]:
            day.text = order.pay_on.isoformat()
        else:
            _say(day, "Dt", order.pay_on.isoformat())
        _say(ET.SubElement(payment, "Dbtr"), "Nm", _sepa(self.options["NAME"], 70))
        account = ET.SubElement(payment, "DbtrAcct")
        _say(ET.SubElement(account, "Id"), "IBAN", plain_number(self.options["IBAN"]))
        self._bank(payment, "DbtrAgt", self.options.get("BIC", ""))
        _say(payment, "ChrgBr", "SLEV")
        return payment

    def _transfer(self, payment: ET.Element, transfer: Transfer, currency: str) -> None:
        each = ET.SubElement(payment, "CdtTrfTxInf")
        _say(ET.SubElement(each, "PmtId"), "EndToEndId", transfer.reference)
        amount = _say(ET.SubElement(each, "Amt"), "InstdAmt", f"{from_minor(transfer.amount, currency):.2f}")
        amount.set("Ccy", currency)
        if transfer.bic:
            self._bank(each, "CdtrAgt", transfer.bic)
        _say(ET.SubElement(each, "Cdtr"), "Nm", _sepa(transfer.holder, 70))
        account = ET.SubElement(each, "CdtrAcct")
        _say(ET.SubElement(account, "Id"), "IBAN", transfer.number)
        _say(ET.SubElement(each, "RmtInf"), "Ustrd", _sepa(transfer.reference, 140))

    def _sums(self, parent: ET.Element, order: Order) -> None:
        _say(parent, "NbOfTxs", str(len(order.transfers)))
        whole = sum(transfer.amount for transfer in order.transfers)
        _say(parent, "CtrlSum", f"{from_minor(whole, order.currency):.2f}")

    def _bank(self, parent: ET.Element, name: str, bic: str) -> None:
        bank = ET.SubElement(ET.SubElement(parent, name), "FinInstnId")
        if bic:
            _say(bank, "BIC" if self.version == PAIN_VERSIONS[0] else "BICFI", bic)
        else:
            _say(ET.SubElement(bank, "Othr"), "Id", "NOTPROVIDED")

    def check(self) -> list[str]:
        mistakes = []
        if not is_iban(plain_number(str(self.options.get("IBAN", "")))):
            mistakes.append('Write the IBAN of the city\'s own account: {"IBAN": "ES91 …"}.')
        if not str(self.options.get("NAME", "")).strip():
            mistakes.append('Write who pays, as the bank knows it: {"NAME": "Ayuntamiento de …"}.')
        if self.options.get("BIC") and not BIC.fullmatch(self.options["BIC"]):
            mistakes.append("BIC has 8 or 11 signs; leave it out if the bank does not ask for it.")
        if self.version not in PAIN_VERSIONS:
            mistakes.append(f"VERSION is one of: {', '.join(PAIN_VERSIONS)}.")
        return mistakes


class SpeiCsv(PayoutMethod):
    """A CSV for the bank's bulk SPEI upload. OPTIONS: ``CONCEPT`` (the text at the receiver's, at most 40 signs)."""

    account_kind = "clabe"
    currencies = frozenset({"MXN"})

    def label(self) -> str:
        return gettext("Bank transfer (SPEI)")

    def file(self, order: Order) -> PayoutFile:
        out = io.StringIO()
        rows = csv.writer(out, lineterminator="\r\n")
        rows.writerow(SPEI_COLUMNS)
        for transfer in order.transfers:
            rows.writerow(
                [
                    transfer.number,
                    _spei(transfer.holder),
                    f"{from_minor(transfer.amount, order.currency):.2f}",
                    _spei(f"{self.options.get('CONCEPT', 'Mercado')} {transfer.reference}"),
                    f"{transfer.numeric_reference:07d}",
                ]
            )
        return PayoutFile(f"{order.reference}.csv", "text/csv; charset=us-ascii", out.getvalue().encode("ascii"))

    def check(self) -> list[str]:
        concept = self.options.get("CONCEPT", "")
        if not isinstance(concept, str) or len(concept) > 20:
            return ["CONCEPT is a text of at most 20 signs; the reference of the payout follows it."]
        return []


def _say(parent: ET.Element, name: str, text: str) -> ET.Element:
    child = ET.SubElement(parent, name)
    child.text = text
    return child


def _sepa(text: str, most: int) -> str:
    # A slash at an end, and two in a row, mean something else to SWIFT.
    plain = bank_text(text, allowed=SEPA_LETTERS, most=most)
    while "//" in plain:
        plain = plain.replace("//", "/")
    return plain.strip("/ ") or "-"


def _spei(text: str) -> str:
    """At most 40 signs, none of which a spreadsheet takes for a formula at the beginning."""
    return bank_text(text, allowed=SPEI_LETTERS, most=40).lstrip(" .-") or "SIN NOMBRE"
