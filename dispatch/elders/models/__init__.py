"""Tables of the elders."""

from dispatch.elders.models.dated import Absence, Assessment, Consent, Membership, Need, OfElder, Residence, RiskLevel
from dispatch.elders.models.people import Contact, Elder, ElderEvent, NameKey
from dispatch.elders.models.sets import CategorySet

__all__ = [
    "Absence",
    "Assessment",
    "CategorySet",
    "Consent",
    "Contact",
    "Elder",
    "ElderEvent",
    "Membership",
    "NameKey",
    "Need",
    "OfElder",
    "Residence",
    "RiskLevel",
]
