"""The Chinese of what the document says about searches for a provider and their answers."""

MATCHING = {
    "of the rules and weights of then": "当时所用规则和权重的版本",
    "SHA-256 of everything that was decided on; the same facts, the same": "全部依据的 SHA-256；依据相同则相同",
}
