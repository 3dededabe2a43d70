"""The Chinese of what the document says about offers."""

OFFERS = {
    "the service at a site that is asked": "被派单的站点服务",
    "counts the offers of a request from 1": "这个请求的第几次派单，从 1 起",
    "goes up when the request is reopened; then everybody may be asked again": "请求重新打开一次加一；之后各家可以"
    "再派一次",
    "an answer counts that arrives before it; at it the next is asked": "在此之前到达的答复有效；到点转给下一家",
    "why it was declined, for reading": "谢绝的原因，给人看",
    "officer, rerouted (offered to another), cannot_serve (found on accepting), assigned (given directly), held, "
    "ended": "officer 民政干部撤回，rerouted 改派别家，cannot_serve 接单时发现不能服务，assigned 已直接指派，"
    "held 请求暂停，ended 请求结束",
    "of one care request": "某一个请求的",
    "made to one service at a site": "派给某个站点服务的",
    "left out: the next provider in order": "不填：排序中的下一家",
}
