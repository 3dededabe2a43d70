"""Closed lists of the elders."""

from __future__ import annotations

from enum import StrEnum


class Sex(StrEnum):
    """As registered."""

    FEMALE = "female"
    MALE = "male"


class ResidenceKind(StrEnum):
    """One main residence at a time; others may stand beside it."""

    MAIN = "main"
    SECOND = "second"


class LocatedBy(StrEnum):
    """How a home's point came about."""

    DOOR = "door"
    ADDRESS = "address"
    MAP = "map"


class SetStatus(StrEnum):
    """A draft set is never counted unless asked for."""

    ADOPTED = "adopted"
    DRAFT = "draft"


class Grade(StrEnum):
    """Ability grade of GB/T 42195-2022, from intact to complete loss."""

    INTACT = "intact"
    MILD = "mild"
    MODERATE = "moderate"
    SEVERE = "severe"
    COMPLETE = "complete"


class View(StrEnum):
    """How much of an elder's record somebody sees; all but `NONE` leave an access line."""

    FULL = "full"
    REQUEST = "request"  # who and where, and the ability grade: an organization with an open request
    VISIT = "visit"  # who and where: a carer on the day of a visit
    EMERGENCY = "emergency"  # who and where, for half an hour, with a reason
    CALL = "call"  # who and where: an operator with the elder or a relative on the line
    MASKED = "masked"  # surname, age band, community, the place to 100 m
    NONE = "none"  # for this reader there is no such elder


class AbsenceKind(StrEnum):
    """Why an elder is not at home."""

    HOSPITAL = "hospital"
    FAMILY = "family"
    TRAVEL = "travel"


class EventKind(StrEnum):
    """What befell an elder."""

    DIED = "died"
    MOVED_OUT = "moved_out"
    ADMITTED = "admitted"
    LEFT_INSTITUTION = "left_institution"
    GRAVE_CHANGE = "grave_change"


class MergeObstacle(StrEnum):
    """Why two records cannot become one."""

    SAME = "same"
    MERGED = "merged"
    DIED = "died"
    NO_HOME = "no_home"
    OTHER_ID_NO = "other_id_no"
    OPEN_REQUESTS = "open_requests"
    PLANNED_VISITS = "planned_visits"


class ConsentPurpose(StrEnum):
    """What an elder agrees to, or refuses."""

    REGISTER = "register"
    HEALTH = "health"
    DEVICE = "device"
    PHOTO = "photo"
    SHARE = "share"
    VISITS = "visits"


class ConsentState(StrEnum):
    """What the elder said."""

    GRANTED = "granted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class ConsentChannel(StrEnum):
    """How the elder said it."""

    APP = "app"
    PHONE = "phone"
    COUNTER = "counter"
    WORKER = "worker"
    VISIT = "visit"


class Risk(StrEnum):
    """How closely an elder is watched: weekly, twice a month, or as the set asks."""

    HIGH = "high"
    KEY = "key"
    GENERAL = "general"


class Relation(StrEnum):
    """What a contact is to the elder."""

    SPOUSE = "spouse"
    CHILD = "child"
    GRANDCHILD = "grandchild"
    SIBLING = "sibling"
    GUARDIAN = "guardian"
    NEIGHBOR = "neighbor"
    OTHER = "other"


class Adjustment(StrEnum):
    """Why a grade is worse than its score says (GB/T 42195-2022, 5.2)."""

    COMA = "coma"
    DEMENTIA = "dementia"
    MENTAL_ILLNESS = "mental_illness"
    INCIDENTS = "incidents"  # two or more falls, choking, missing, self-harm in 30 days


class Likeness(StrEnum):
    """What two elders have in common who may be one person."""

    NAME_AND_BIRTH = "name_and_birth"
    NAME_SOUND_AND_BIRTH = "name_sound_and_birth"
    HOME_AND_BIRTH = "home_and_birth"
    PHONE_AND_NAME_SOUND = "phone_and_name_sound"
    PHONE_AND_BIRTH = "phone_and_birth"


class Part(StrEnum):
    """The dated parts of an elder's record."""

    RESIDENCES = "residences"
    MEMBERSHIPS = "memberships"
    NEEDS = "needs"
    ABSENCES = "absences"
    CONSENTS = "consents"
    RISK_LEVELS = "risk_levels"
