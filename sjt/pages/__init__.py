"""The product over HTTP, one module a desk. Flask lives here and nowhere else."""

from sjt.pages import audit, authoring, delivery, invigilation, marking, registration, results, sign_in, styleguide

BLUEPRINTS = (
    sign_in.pages,
    delivery.pages,
    invigilation.pages,
    authoring.pages,
    registration.pages,
    marking.pages,
    results.pages,
    audit.pages,
    styleguide.pages,
)
