"""When two rows tell of one place."""

from dispatch.directory.rules.rows import alike_key


def test_alike_means_the_same_words_whatever_the_signs():
    assert alike_key("鸿泰·乐尔之家（河东）", address="天津市河东区 1号") == alike_key(
        "鸿泰乐尔之家(河东)", address="河东区１号"
    )
    assert alike_key("鸿泰", address="河东区1号") != alike_key("鸿泰", address="河东区2号")
