"""The way in: what can be changed."""

from api.account_mutations import AccountMutations
from api.describing import object_type
from api.image_mutations import ImageMutations
from api.order_mutations import OrderMutations
from api.specification_mutations import SpecificationMutations


@object_type
class Mutation(OrderMutations, ImageMutations, SpecificationMutations, AccountMutations):
    """What can be changed; clients change their own account only.

    Mutations of one document are done one after the other, and each shows what is so after it.
    """
