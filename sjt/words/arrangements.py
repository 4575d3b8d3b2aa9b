"""Words for what is arranged around a sitting: who is in the room, changes, interests, helpers, readiness, notices."""

ARRANGEMENTS = {
    "shift.not_named": "You are not named as an invigilator of this sitting, so you cannot sign in to it. Ask a manager to name you.",
    "shift.elsewhere": "You are still signed in to {title}. Sign out there first: nobody is in two rooms at a time.",
    "shift.gone": "They are not signed in any more. Somebody else noted it first; nothing was changed.",
    "shift.began": "You are signed in.",
    "shift.already": "You were signed in already.",
    "shift.ended": "{name} is signed out.",
    "shift.relieved": "You took over from {name}.",
    "shift.few": "{name} is signed out. Too few are left: {present} of {needed} for {candidates} writing. Call somebody in.",
    "ratio.short": "The gate stays shut: {present} of {needed} invigilators are signed in for {candidates} candidates. Sign in under Invigilators, or give a reason there to go ahead.",
    "ratio.overridden": "Kept. The gate may open for {candidates} with those who are signed in.",
    "ratio.count": "Enter how many candidates it is for, from 1 to {highest}.",
}
