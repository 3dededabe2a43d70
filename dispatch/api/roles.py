"""What the roles and the purposes of a look are called."""

from dispatch.actor import Role
from dispatch.journal import AccessPurpose
from dispatch.words import Words

ROLE_NAMES = {
    Role.ELDER: Words("老人", "elder"),
    Role.FAMILY: Words("家属", "family member"),
    Role.COMMUNITY_WORKER: Words("社区工作者", "community worker"),
    Role.COORDINATOR: Words("机构调度员", "coordinator of an organization"),
    Role.CARER: Words("护理人员", "carer"),
    Role.PLANNER: Words("规划人员", "planner"),
    Role.DISTRICT_OFFICER: Words("民政干部", "district officer"),
    Role.OPERATOR: Words("热线话务员", "phone operator"),
    Role.ADMINISTRATOR: Words("系统管理员", "administrator"),
}

# domain, section 3.6: access_purpose
PURPOSE_NAMES = {
    AccessPurpose.CARE: Words("服务", "care"),
    AccessPurpose.VISIT: Words("探访", "visit"),
    AccessPurpose.REQUEST: Words("代办", "on behalf of the elder"),
    AccessPurpose.SUPERVISION: Words("监管", "supervision"),
    AccessPurpose.EMERGENCY: Words("紧急", "emergency"),
    AccessPurpose.OWN: Words("本人查询", "the elder or the family"),
}
