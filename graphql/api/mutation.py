"""The mutation root."""

from api.account.administration import AccountAdministration
from api.account.mutations import AccountMutations
from api.account.people import AccountPeople
from api.image.mutations import ImageMutations
from api.image.operations import OperationMutations
from api.inquiry.mutations import InquiryMutations
from api.order.mutations import OrderMutations
from api.order.staff_deadlines import DeadlineMutations
from api.retouching_step.mutations import RetouchingStepMutations
from api.specification.mutations import SpecificationMutations
from engine.decorators import object_type


@object_type
class Mutation(
    OrderMutations,
    DeadlineMutations,
    ImageMutations,
    OperationMutations,
    SpecificationMutations,
    RetouchingStepMutations,
    AccountMutations,
    AccountAdministration,
    AccountPeople,
    InquiryMutations,
):
    """The root of all mutations; clients change their own account only.

    The mutations of one document are done one after the other, and the payload of each shows the state right after it.
    """
