"""The Chinese of what the document says about searches for a provider and their answers."""

MATCHING = {
    "of the rules and weights of then": "当时所用规则和权重的版本",
    "SHA-256 of everything that was decided on; the same facts, the same": "全部依据的 SHA-256；依据相同则相同",
    "paid for this elder on that day; null: no price": "当日为这位老人补贴的金额；空：没有公布价格",
    "price less subsidy: what the points for price go by": "价格减补贴，即自付；价格分按它计算",
    "versions of the rules that pay a part of a price": "据以补贴的规则的版本",
}
