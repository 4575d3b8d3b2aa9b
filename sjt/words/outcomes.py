"""Words for outcomes and the reasons behind them."""

OUTCOMES = {
    "outcome.pass": "Pass: {passed} of {of} questions were passed, all key questions among them.",
    "outcome.fail": "Not passed: {reasons}.",
    "outcome.invalid": "This paper cannot be graded: {reasons}.",
    "reason.count": "{passed} of {of} questions were passed and {needed} are needed",
    "reason.key": "the key question on {statement} ({title}) was not passed",
    "reason.questions": "it has {found} questions and must have {needed}",
    "reason.doubled": "{statement} is asked {times} times",
    "reason.foreign": "{statement} is not a statement of the {pathway} pathway",
    "reason.missing": "the essential statement {statement} ({title}) is not asked",
    "grade.not_json": "line {line}: this is not JSON: {why}",
    "grade.not_object": "line {line}: each line must be an object with “id” and “questions”",
    "grade.id": "line {line}: “id” must be a text or a whole number",
    "grade.doubled_id": "line {line}: the id {id} was already used on line {first}",
    "grade.questions": "line {line}: “questions” must be a list",
    "grade.question": "line {line}, question {number}: it must be an object with “statement” (text) and “passed” (true or false)",
}
