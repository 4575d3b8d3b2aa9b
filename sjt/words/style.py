"""Words for the check of style and for the records of second readings."""

STYLE = {
    "style.unasked": "no sentence of this question asks for {point} ({words}), which its answer is marked by",
    "style.repeated": "this question repeats the one at {file}:{line}, word for word",
    "style.alike_question": "this question is much like the one at {file}:{line} ({alike} per cent)",
    "style.alike_situation": "this situation is much like the one at {file}:{line} ({alike} per cent)",
    "style.situation_grade": "the situation reads like grade {grade} by estimate; aim at {limit} or less",
    "style.question_grade": "the question reads like grade {grade} by estimate; aim at {limit} or less",
    "style.question_long": "the question has {words} words; aim at {limit} or less",
    "style.enough": "a guide on {statements} does not end with a line “Enough: …” that says what suffices",
    "style.watched": "“{word}”: {why}",
    "style.key_long": "the key, {key}, has {length} characters and the longest other option {other}: its length may give it away",
    "style.key_short": "the key, {key}, has {length} characters and the shortest other option {other}: its length may give it away",
    "style.key_spread": "{key} is the key of {count} of {all} single choices; about {even} would be even",
    "style.keys_longest": "in {count} of {all} single choices the key is the longest option",
    "readings.one_item": "an entry names one item, under “scenario” or under “question”",
    "readings.unknown": "there is no {kind} “{slug}” in this bank",
    "readings.version": "“{slug}” was read at version {version} and stands here at version {stands}; have it read again",
    "readings.future": "a reading cannot lie in the future",
    "readings.spec": "this file is for “{spec}” by its name, and says “{said}”",
    "note.unread": "{count} of {all} items have no second reading on record ({names})",
}
