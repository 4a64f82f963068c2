"""Agreement between annotators: the measures know no annotation tool."""

from annotate.agreement.alpha import krippendorff_alpha, masi_distance, nominal_distance
from annotate.agreement.alternative import EPSILON
from annotate.agreement.summary import Agreement, agree, describe_alpha

__all__ = ["EPSILON", "Agreement", "agree", "describe_alpha", "krippendorff_alpha", "masi_distance", "nominal_distance"]
