"""What schemathesis has to know of the API that no description can say."""

import schemathesis

FORBIDDEN = {"__proto__", "constructor"}


@schemathesis.hook
def map_case(context, case):
    """A cursor is what a page before answered with: nobody makes one up. Wrong ones are sent all the same."""
    valid = case.meta is not None and case.meta.generation.mode.is_positive
    if valid and isinstance(case.query, dict) and "after" in case.query:
        case.query = {name: value for name, value in case.query.items() if name != "after"}
    return case


@schemathesis.hook
def filter_case(context, case):
    """Two keys are refused wherever they stand: no valid request has them. Wrong ones may."""
    valid = case.meta is not None and case.meta.generation.mode.is_positive
    return not (valid and has_forbidden_key(case.body))


def has_forbidden_key(value):
    if isinstance(value, dict):
        return not FORBIDDEN.isdisjoint(value) or any(has_forbidden_key(each) for each in value.values())
    return isinstance(value, list) and any(has_forbidden_key(each) for each in value)
