"""Wrong variants of consensus: each drops one half of what "chosen" means."""

from checker.dsl import action, mutant, require

from .consensus import Consensus, Value


@mutant("CO-01", breaks="agreement")
class ChooseAnother(Consensus):
    """A second value may join the first: nothing is taken back, but two are chosen."""

    @action
    def choose_value(self, v: Value) -> None:
        """Value v is chosen, whatever has been chosen before."""
        require(v not in self.chosen)
        self.chosen |= {v}


@mutant("CO-02", breaks="stability")
class ChangeMind(Consensus):
    """A second value may replace the first: never are two chosen at once, and yet two people learn different ones."""

    @action
    def choose_value(self, v: Value) -> None:
        """Value v is chosen in place of what has been chosen before."""
        self.chosen = {v}


@mutant("CO-03", breaks="termination")
class TakeBack(Consensus):
    """What is chosen may be taken back, and chosen again, without end."""

    @action
    def take_back(self) -> None:
        """Nothing is chosen any more."""
        self.chosen = set()
