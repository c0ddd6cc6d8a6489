"""The stand-in gateway: card tokens, how it answers, its transactions, reviews, reconciliation."""

from __future__ import annotations

from http import HTTPStatus

from infra.local.gateway.cards import TEST_CARD, CardFormError
from infra.local.gateway.modes import GatewayMode
from infra.local.problems import Problem, invalid, read_object
from infra.local.routes.request import Answer, Request, RouteTable
from infra.local.stack import LocalStack


class GatewayRoutes:
    """What a patient's card, the gateway and the schedule would do by themselves."""

    def __init__(self, stack: LocalStack) -> None:
        self._stack = stack
        self._gateway = stack.gateway

    def table(self) -> RouteTable:
        """The routes of this subject."""
        return {
            ("POST", "/local/card-token"): self.card_token,
            ("GET", "/local/gateway"): self.show_mode,
            ("PUT", "/local/gateway"): self.set_mode,
            ("GET", "/local/gateway/charges"): self.charges,
            ("POST", "/local/gateway/reviews"): self.review,
            ("POST", "/local/reconcile"): self.reconcile,
        }

    def card_token(self, request: Request) -> Answer:
        """Give a card's one-use token, as the hosted card form would."""
        card = read_object(request.body or b"{}", optional=("card_number", "zip"))
        try:
            token = self._gateway.card_token(
                card.get("card_number", TEST_CARD), card.get("zip", "")
            )
        except CardFormError as error:
            raise invalid(
                "invalid_value",
                f"The card form refuses this ({error.code}): {error.text} Leave card_number out"
                f" for a card that is good, {TEST_CARD}.",
            ) from error
        shown = {"data_descriptor": token.data_descriptor, "data_value": token.data_value}
        return HTTPStatus.OK, shown

    def show_mode(self, _: Request) -> Answer:
        """Tell how the gateway answers charges."""
        return HTTPStatus.OK, {"mode": self._gateway.mode}

    def set_mode(self, request: Request) -> Answer:
        """Change how the gateway answers charges, until it is changed again."""
        mode = read_object(request.body, required=("mode",))["mode"]
        try:
            self._gateway.set_mode(mode)
        except ValueError as error:
            modes = ", ".join(GatewayMode)
            raise invalid("invalid_value", f"mode must be one of: {modes}.") from error
        return HTTPStatus.OK, {"mode": self._gateway.mode}

    def charges(self, _: Request) -> Answer:
        """Return what the gateway was asked to charge, in order."""
        self._gateway.settle_days_before()
        return HTTPStatus.OK, {"charges": self._gateway.charges()}

    def review(self, request: Request) -> Answer:
        """Decide on a held charge, as the practice does on the gateway's own pages."""
        asked = read_object(request.body, required=("trans_id", "decision"))
        if asked["decision"] not in ("release", "refuse"):
            raise invalid("invalid_value", "decision must be one of: release, refuse.")
        try:
            self._stack.review(asked["trans_id"], release=asked["decision"] == "release")
        except ValueError as error:
            raise Problem(
                HTTPStatus.CONFLICT,
                "not_held",
                "No charge with this trans_id waits for a review;"
                " GET /local/gateway/charges shows which do (FDSPendingReview).",
            ) from error
        charges = {each["trans_id"]: each for each in self._gateway.charges()}
        return HTTPStatus.OK, charges[asked["trans_id"]]

    def reconcile(self, request: Request) -> Answer:
        """Run payment reconciliation now, and wait until all it leads to is done."""
        request.has_no_options()
        return HTTPStatus.OK, self._stack.reconcile()
