"""The product over HTTP, one module a desk. Flask lives here and nowhere else."""

from sjt.pages import (
    audit,
    authoring,
    bank,
    delivery,
    invigilation,
    marking,
    registration,
    results,
    sign_in,
    specifications,
    styleguide,
)

BLUEPRINTS = (
    sign_in.pages,
    delivery.pages,
    invigilation.pages,
    authoring.pages,
    bank.pages,
    specifications.pages,
    registration.pages,
    marking.pages,
    results.pages,
    audit.pages,
    styleguide.pages,
)
