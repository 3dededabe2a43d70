"""What the business does with elders: register them, read and change their records, count a set."""

from dispatch.elders.operations.assessing import (
    AssessmentExpiredError,
    AssessmentMissingError,
    add_assessment,
    get_grade,
    list_assessments,
    require_grade,
)
from dispatch.elders.operations.befalling import (
    EventRepeatedError,
    list_events,
    record_event,
)
from dispatch.elders.operations.changing import (
    change_elder,
    create_elder,
)
from dispatch.elders.operations.comparing import (
    find_duplicates,
)
from dispatch.elders.operations.contacts import (
    list_contacts,
    put_contact,
    remove_contact,
)
from dispatch.elders.operations.exporting import (
    ElderExportRefusedError,
    ExportReasonMissingError,
    export_elders,
)
from dispatch.elders.operations.identifying import (
    IdNumberTakenError,
    InvalidElderError,
)
from dispatch.elders.operations.importing import (
    ElderSheetOptions,
    import_elders,
)
from dispatch.elders.operations.merging import (
    ElderMergeImpossibleError,
    merge_record,
)
from dispatch.elders.operations.opening import (
    ElderNotYoursError,
)
from dispatch.elders.operations.parts import (
    PartNotFoundError,
    PartOverlapError,
    add_part,
    correct_part,
    list_part,
)
from dispatch.elders.operations.reading import (
    ElderMergedError,
    ElderNotFoundError,
    check_not_merged,
    find_category_set,
    find_elders,
    find_members,
    get_elder,
    get_facts,
    get_in_care,
)
from dispatch.elders.operations.registering import (
    register_elders,
)
from dispatch.elders.operations.sets import (
    InvalidCategorySetError,
    list_category_sets,
    put_category_set,
    put_category_sets,
)

__all__ = [
    "AssessmentExpiredError",
    "AssessmentMissingError",
    "ElderExportRefusedError",
    "ElderMergeImpossibleError",
    "ElderMergedError",
    "ElderNotFoundError",
    "ElderNotYoursError",
    "ElderSheetOptions",
    "EventRepeatedError",
    "ExportReasonMissingError",
    "IdNumberTakenError",
    "InvalidCategorySetError",
    "InvalidElderError",
    "PartNotFoundError",
    "PartOverlapError",
    "add_assessment",
    "add_part",
    "change_elder",
    "check_not_merged",
    "correct_part",
    "create_elder",
    "export_elders",
    "find_category_set",
    "find_duplicates",
    "find_elders",
    "find_members",
    "get_elder",
    "get_facts",
    "get_grade",
    "get_in_care",
    "import_elders",
    "list_assessments",
    "list_category_sets",
    "list_contacts",
    "list_events",
    "list_part",
    "merge_record",
    "put_category_set",
    "put_category_sets",
    "put_contact",
    "record_event",
    "register_elders",
    "remove_contact",
    "require_grade",
]
