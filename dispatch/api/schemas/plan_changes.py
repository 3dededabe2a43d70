"""Changes of a plan by hand in JSON: what is wanted, what it would do, what was done."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from dispatch import assignment
from dispatch.api.language import say
from dispatch.api.schemas.plans import REASON_MAX, SEED_MAX, DayPlanSchema

WHO_MAX = 200
BY_HAND = [each for each in assignment.PlanChangeKind if each.value not in {"replan", "undo"}]


class PlanCheckSchema(Schema):
    """A change that somebody thinks of."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf([each.value for each in BY_HAND]),
        metadata={"description": "a visit for two moves together; split lets its carers come one after the other"},
    )
    visit_id = fields.UUID(required=True)
    carer_id = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "of move and add: who shall go"}
    )
    start_at = fields.AwareDateTime(
        load_default=None, allow_none=True, metadata={"description": "of move and split: when it shall begin"}
    )
    other_visit_id = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "of swap: whose carer comes instead"}
    )
    other_start_at = fields.AwareDateTime(
        load_default=None, allow_none=True, metadata={"description": "of split: when the other carer begins"}
    )
    other_carer_id = fields.UUID(
        load_default=None, allow_none=True, metadata={"description": "of add, for two: who else shall go"}
    )

    @post_load
    def to_wish(self, data: dict[str, Any], **_: Any) -> assignment.ChangeWish:  # noqa: ANN401 - marshmallow's signature
        """Give the value that the operation takes."""
        return assignment.ChangeWish(**data | {"kind": assignment.PlanChangeKind(data["kind"])})


class PlanChangeWishSchema(PlanCheckSchema):
    """A change that is to be made, and why."""

    reason = fields.String(required=True, validate=validate.Length(1, REASON_MAX))

    @post_load
    def to_wish(self, data: dict[str, Any], **_: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        """Give the value that the operation takes, and the reason."""
        reason = data.pop("reason")
        kind = assignment.PlanChangeKind(data["kind"])
        return {"wish": assignment.ChangeWish(**data | {"kind": kind}), "reason": reason}


class UndoSchema(Schema):
    """Why a change is taken back."""

    reason = fields.String(required=True, validate=validate.Length(1, REASON_MAX))


class PlanRuleSchema(Schema):
    """A rule that is broken, or a wish that is gone against."""

    code = fields.String(required=True, metadata={"description": "stable; the same in every language"})
    text = fields.Function(
        lambda rule: say(rule.words), required=True, metadata={"type": "string", "description": "for reading"}
    )
    visit_id = fields.UUID(required=True, allow_none=True)
    carer_id = fields.UUID(required=True, allow_none=True)
    minutes = fields.Integer(required=True, allow_none=True, metadata={"description": "by how much"})
    remedy = fields.String(
        required=True, allow_none=True, metadata={"description": "code of the smallest change that would do"}
    )
    remedy_text = fields.Function(
        lambda rule: say(rule.remedy_words) if rule.remedy_words else None,
        required=True,
        metadata={"type": ["string", "null"], "description": "for reading"},
    )


class VisitMoveSchema(Schema):
    """A visit that stands otherwise than before."""

    visit_id = fields.UUID(required=True)
    carer_before = fields.UUID(required=True, allow_none=True, metadata={"description": "null: it had no place"})
    carer_after = fields.UUID(
        required=True, allow_none=True, metadata={"description": "null: it has no place any more"}
    )
    start_before = fields.AwareDateTime(required=True, allow_none=True)
    start_after = fields.AwareDateTime(required=True, allow_none=True)


class PlanCheckedSchema(Schema):
    """What a change would do; nothing was changed."""

    plan_id = fields.UUID(required=True)
    version = fields.Integer(required=True, metadata={"description": "of the plan"})
    is_allowed = fields.Function(lambda answer: answer.blocked is None, required=True, metadata={"type": "boolean"})
    blocked = fields.Nested(
        PlanRuleSchema, required=True, allow_none=True, metadata={"description": "the hard rule that it would break"}
    )
    breaks = fields.List(
        fields.Nested(PlanRuleSchema),
        required=True,
        metadata={"description": "wishes that it goes against: it can be made all the same"},
    )
    moved = fields.List(
        fields.Nested(VisitMoveSchema),
        required=True,
        metadata={"description": "each visit with another carer or start, the changed one first"},
    )
    extra_travel_min = fields.Integer(required=True)
    cost_before = fields.Float(required=True, metadata={"description": "of the whole plan, in seconds of travel"})
    cost_after = fields.Float(required=True, metadata={"description": "of the whole plan, in seconds of travel"})


class PlanChangeSchema(Schema):
    """A change that was made: who, when, why, and what came of it."""

    seq = fields.Integer(required=True, metadata={"description": "counts the changes of a plan from 1"})
    kind = fields.Enum(assignment.PlanChangeKind, by_value=True, required=True)
    by = fields.UUID(required=True, allow_none=True, metadata={"description": "account; null: the system"})
    by_name = fields.String(required=True, allow_none=True)
    at = fields.AwareDateTime(required=True)
    reason = fields.String(required=True)
    change = fields.Dict(keys=fields.String(), required=True, metadata={"description": "as it was asked for"})
    effect = fields.Dict(
        keys=fields.String(),
        required=True,
        metadata={"description": "moved, extra_travel_min, cost_before, cost_after, breaks"},
    )
    is_undone = fields.Boolean(required=True)


class ChangedPlanSchema(Schema):
    """A plan after a change, without its tours, and the change."""

    plan = fields.Nested(DayPlanSchema, required=True)
    change = fields.Nested(PlanChangeSchema, required=True)


class PlanChangesSchema(Schema):
    """What was changed in a plan by hand, the first first."""

    items = fields.List(fields.Nested(PlanChangeSchema), required=True)


class CarerOptionSchema(Schema):
    """Who could take a visit, and when."""

    carer_ids = fields.List(fields.UUID(), required=True, metadata={"description": "one, or two who come together"})
    names = fields.List(fields.String(), required=True)
    start_at = fields.AwareDateTime(required=True)
    latest_start_at = fields.AwareDateTime(required=True)
    extra_travel_min = fields.Integer(required=True, metadata={"description": "of all carers together"})
    late_min = fields.Integer(required=True)
    cost = fields.Float(required=True, metadata={"description": "what the plan would cost more, in seconds of travel"})
    delayed = fields.Integer(required=True, metadata={"description": "how many other visits would begin later"})


class CarerRefusalSchema(PlanRuleSchema):
    """Who could not, and why."""

    name = fields.String(required=True, allow_none=True)


class WhoCanSchema(Schema):
    """Who can take a visit, when, and why not the others."""

    plan_id = fields.UUID(required=True)
    version = fields.Integer(required=True, metadata={"description": "of the plan"})
    visit_id = fields.UUID(required=True)
    options = fields.List(fields.Nested(CarerOptionSchema), required=True, metadata={"description": "best first"})
    others = fields.List(
        fields.Nested(CarerRefusalSchema), required=True, metadata={"description": "the first test that each fails"}
    )
    nobody = fields.Nested(
        PlanRuleSchema, required=True, allow_none=True, metadata={"description": "where nobody can: why"}
    )


class AbsenceFromSchema(Schema):
    """A carer who works no more."""

    carer_id = fields.UUID(required=True)
    from_at = fields.AwareDateTime(required=True)

    @post_load
    def to_absence(self, data: dict[str, Any], **_: Any) -> assignment.AbsenceFrom:  # noqa: ANN401 - marshmallow's signature
        """Give the value that the operation takes."""
        return assignment.AbsenceFrom(**data)


class OverrunSchema(Schema):
    """A visit under way that will end later."""

    visit_id = fields.UUID(required=True)
    end_at = fields.AwareDateTime(required=True)

    @post_load
    def to_overrun(self, data: dict[str, Any], **_: Any) -> assignment.Overrun:  # noqa: ANN401 - marshmallow's signature
        """Give the value that the operation takes."""
        return assignment.Overrun(**data)


class RepairWishSchema(Schema):
    """What happened, as far as the records do not say it already."""

    reason = fields.String(required=True, validate=validate.Length(1, REASON_MAX))
    absences = fields.List(
        fields.Nested(AbsenceFromSchema),
        load_default=list,
        validate=validate.Length(max=WHO_MAX),
        metadata={"description": "carers who fell ill, from a moment on; sick days on record are found"},
    )
    nobody_home = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=WHO_MAX),
        metadata={"description": "visits to be tried again later in their window"},
    )
    overruns = fields.List(
        fields.Nested(OverrunSchema),
        load_default=list,
        validate=validate.Length(max=WHO_MAX),
        metadata={"description": "visits under way that will end later; those that are late already are found"},
    )
    seconds = fields.Integer(
        load_default=assignment.REPAIR_SECONDS,
        validate=validate.Range(1, assignment.MOST_REPAIR_SECONDS),
        metadata={"description": "how long to look for a better plan"},
    )
    seed = fields.Integer(load_default=0, validate=validate.Range(0, SEED_MAX))

    @post_load
    def to_wish(self, data: dict[str, Any], **_: Any) -> assignment.RepairWish:  # noqa: ANN401 - marshmallow's signature
        """Give the value that the operation takes."""
        return assignment.RepairWish(
            reason=data["reason"],
            absences=tuple(data["absences"]),
            released=tuple(data["nobody_home"]),
            overruns=tuple(data["overruns"]),
            seconds=data["seconds"],
            seed=data["seed"],
        )


class RepairMoveSchema(Schema):
    """A visit that stands otherwise than in the signed plan."""

    visit_id = fields.UUID(required=True)
    elder_id = fields.UUID(required=True)
    carer_before = fields.UUID(required=True)
    start_before = fields.AwareDateTime(required=True)
    carer_after = fields.UUID(
        required=True, allow_none=True, metadata={"description": "null: it has no place any more"}
    )
    start_after = fields.AwareDateTime(required=True, allow_none=True)


class RepairedPlanSchema(Schema):
    """A repair that waits for a signature, and whom it moves."""

    plan = fields.Nested(DayPlanSchema, required=True)
    text = fields.String(required=True, metadata={"description": "for reading"})
    elders_moved = fields.Integer(required=True, metadata={"description": "elders whose visit moves"})
    elders_other_carer = fields.Integer(required=True, metadata={"description": "of them those with another carer"})
    elders_lost = fields.Integer(required=True, metadata={"description": "of them those who have nobody for now"})
    moved = fields.List(fields.Nested(RepairMoveSchema), required=True)
    newly_placed = fields.List(
        fields.UUID(), required=True, metadata={"description": "visits that had no place, or are new"}
    )
