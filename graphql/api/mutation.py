"""The way in: what can be changed."""

from api.account.mutations import AccountMutations
from api.image.mutations import ImageMutations
from api.order.mutations import OrderMutations
from api.specification.mutations import SpecificationMutations
from engine.decorators import object_type


@object_type
class Mutation(OrderMutations, ImageMutations, SpecificationMutations, AccountMutations):
    """What can be changed; clients change their own account only.

    Mutations of one document are done one after the other, and each shows what is so after it.
    """
